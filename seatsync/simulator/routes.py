"""The routes of the simulated ConnectWise API: which path and method leads where."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from seatsync.simulator import changing, reading, reports
from seatsync.simulator.messages import Answer, Call, answer
from seatsync.simulator.refusals import no_endpoint, wrong_method
from seatsync.simulator.state import Simulator

Handler = Callable[[Simulator, str, Call], Answer]
Methods = Mapping[str, tuple[Handler, str]]

_REPORTS: Final = "/system/reports/"
_LONGEST_ID: Final = 10


def serve(simulator: Simulator, call: Call) -> Answer:
    """Answer a request that was let in. Raises Refusal."""
    route, ids, name = _route(call.path)
    methods = _ROUTES.get(route)
    if methods is None:
        raise no_endpoint()
    if call.method not in methods:
        raise wrong_method(call.method)
    handler, type_name = methods[call.method]
    return handler(simulator, type_name, replace(call, ids=ids, name=name))


def _route(path: str) -> tuple[str, tuple[int, ...], str]:
    """Return a path with ``{}`` for its numbers or its report, and what stood there."""
    if path.startswith(_REPORTS):
        name, slash, rest = path.removeprefix(_REPORTS).partition("/")
        return f"{_REPORTS}{{}}{slash}{rest}", (), name
    ids = []
    parts = path.split("/")
    for position, part in enumerate(parts):
        if part.isascii() and part.isdigit() and len(part) <= _LONGEST_ID:
            ids.append(int(part))
            parts[position] = "{}"
    return "/".join(parts), tuple(ids), ""


def _describe(simulator: Simulator, _type_name: str, _call: Call) -> Answer:
    server = simulator.book.server
    return answer(
        {
            "version": f"v{server.version}",
            "isCloud": True,
            "serverTimeZone": server.time_zone,
            "licenseBits": [],
            "cloudRegion": "NA",
            "maxWorkFlowRecordsAllowed": 1000,
        }
    )


def _collection(path: str, type_name: str, *, written: bool) -> Iterator[tuple[str, Methods]]:
    listing: dict[str, Handler] = {"GET": reading.list_records}
    one: dict[str, Handler] = {"GET": reading.read_record}
    if written:
        listing["POST"] = changing.create_record
        one["PUT"] = changing.replace_record
        one["PATCH"] = changing.patch_record
        one["DELETE"] = changing.delete_record
    count: dict[str, Handler] = {"GET": reading.count_records}
    for end, methods in (("", listing), ("/count", count), ("/{}", one)):
        yield path + end, {method: (handler, type_name) for method, handler in methods.items()}


_ROUTES: Final[Mapping[str, Methods]] = {
    **dict(_collection("/finance/agreements", "Agreement", written=True)),
    **dict(_collection("/finance/agreements/{}/additions", "Addition", written=True)),
    **dict(_collection("/finance/agreements/types", "AgreementType", written=True)),
    **dict(_collection("/procurement/catalog", "CatalogItem", written=True)),
    **dict(_collection("/company/companies", "Company", written=False)),
    **dict(_collection("/system/members", "Member", written=False)),
    "/finance/agreements/{}/invoice": {"POST": (changing.refuse_invoice, "Agreement")},
    "/procurement/catalog/{}/pricing": {"POST": (changing.price_for_company, "CatalogItem")},
    "/system/info": {"GET": (_describe, "Info")},
    "/system/reports": {"GET": (reports.list_reports, "Report")},
    "/system/reports/{}": {"GET": (reports.read_report, "ReportDataResponse")},
    "/system/reports/{}/columns": {"GET": (reports.list_columns, "ReportColumnDefinition")},
    "/system/reports/{}/count": {"GET": (reports.count_rows, "Count")},
}
