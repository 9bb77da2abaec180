"""The generic report reader, with one report: the agreements in the shape of a database view."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from seatsync.simulator.book import Record
from seatsync.simulator.conditions import parse_conditions
from seatsync.simulator.messages import Answer, Call, answer
from seatsync.simulator.paging import turn_to
from seatsync.simulator.refusals import not_found, unrecognized
from seatsync.simulator.schema import Member
from seatsync.simulator.state import Simulator
from seatsync.simulator.views import show

# Column, its type, the member of an agreement that fills it.
_COLUMNS: Final = (
    ("AGR_Header_RecID", "Numeric", "id"),
    ("AGR_Name", "Text", "name"),
    ("AGR_Type_Desc", "Text", "type/name"),
    ("Company_RecID", "Numeric", "company/id"),
    ("Company_Name", "Text", "company/name"),
    ("AGR_Status", "Text", "agreementStatus"),
    ("AGR_Date_Start", "DateTime", "startDate"),
    ("AGR_Date_End", "DateTime", "endDate"),
    ("AGR_Cancel_Flag", "Boolean", "cancelledFlag"),
)
_KINDS: Final = {"Numeric": "int", "Text": "text", "DateTime": "day", "Boolean": "bool"}
REPORT: Final = "Agreement"


def list_reports(_simulator: Simulator, _type_name: str, _call: Call) -> Answer:
    """Answer with the names of the reports."""
    return answer([{"name": REPORT}])


def read_report(simulator: Simulator, _type_name: str, call: Call) -> Answer:
    """Answer with a page of rows below the definition of their columns. Raises Refusal."""
    rows = turn_to(_rows(simulator, call), call.query, call.url).records
    return answer({"column_definitions": _definitions(), "row_values": [list(row.values()) for row in rows]})


def list_columns(_simulator: Simulator, _type_name: str, call: Call) -> Answer:
    """Answer with the definition of each column. Raises Refusal."""
    _must_be_known(call)
    return answer(_definitions())


def count_rows(simulator: Simulator, _type_name: str, call: Call) -> Answer:
    """Answer with the number of rows that the query means. Raises Refusal."""
    return answer({"count": len(_rows(simulator, call))})


def _rows(simulator: Simulator, call: Call) -> list[Record]:
    _must_be_known(call)
    condition = parse_conditions(call.query.get("conditions", ""), _column)
    today, book = simulator.today(), simulator.book
    agreements = (
        show(book, "Agreement", record, today) for record in simulator.records("Agreement").values()
    )
    rows = ({column: _value(agreement, path) for column, _, path in _COLUMNS} for agreement in agreements)
    return [row for row in rows if condition(row)]


def _must_be_known(call: Call) -> None:
    if call.name != REPORT:
        raise not_found("Report", call.name)


def _definitions() -> list[Mapping[str, Any]]:
    return [
        {column: {"type": kind, "isNullable": path != "id", "identityColumn": path == "id"}}
        for column, kind, path in _COLUMNS
    ]


def _column(path: str) -> Member:
    for column, kind, _ in _COLUMNS:
        if column == path:
            return Member(_KINDS[kind])
    raise unrecognized(path)


def _value(agreement: Record, path: str) -> str | int | bool | Decimal | None:
    value: Any = agreement
    for name in path.split("/"):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str | int | bool | Decimal) else None
