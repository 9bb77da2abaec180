"""Reading: lists, counts and single records."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Final

from seatsync.simulator.book import Record
from seatsync.simulator.children import compile_child_conditions, compile_field_conditions
from seatsync.simulator.conditions import Condition, compile_conditions
from seatsync.simulator.messages import Answer, Call, Query, answer
from seatsync.simulator.paging import Fields, only_fields, read_fields, read_order, step_forward, turn_to
from seatsync.simulator.refusals import Refusal, not_found
from seatsync.simulator.state import Simulator
from seatsync.simulator.views import show

CORRUPT: Final = "String was not recognized as a valid Boolean."

_COMPILERS = {
    "conditions": compile_conditions,
    "childConditions": compile_child_conditions,
    "customFieldConditions": compile_field_conditions,
}


def list_records(simulator: Simulator, type_name: str, call: Call) -> Answer:
    """Answer with a page of the records that the query means. Raises Refusal."""
    query, quirks = call.query, simulator.book.quirks
    forward = call.headers.get(b"pagination-type", b"").lower() == b"forward-only"
    forward = forward and type_name not in quirks.no_forward_only
    fields = read_fields(query.get("fields", ""))
    order = read_order(query.get("orderBy", ""), type_name)
    records = _found(simulator, type_name, call)
    if order.terms and not forward:
        book, today = simulator.book, simulator.today()
        records = order.arranged(records, lambda record: show(book, type_name, record, today, order.names))
    if quirks.list_limit:
        records = records[: quirks.list_limit]
    if forward:
        page = step_forward(records, query, call.url)
    else:
        page = turn_to(records, query, call.url, question_mark=quirks.link_question_mark)
    return answer([_shown(simulator, type_name, record, fields) for record in page.records], link=page.link)


def count_records(simulator: Simulator, type_name: str, call: Call) -> Answer:
    """Answer with the number of records that the query means. Raises Refusal."""
    return answer({"count": len(_found(simulator, type_name, call))})


def read_record(simulator: Simulator, type_name: str, call: Call) -> Answer:
    """Answer with the record of the last id in the path; conditions that it does not meet hide it.

    Raises Refusal.
    """
    number = call.ids[-1]
    record = simulator.records(type_name, call.ids[0]).get(number)
    if record is None or not all(
        test(show(simulator.book, type_name, record, simulator.today(), tuple(test.names)))
        for test in _conditions(call.query, type_name)
    ):
        raise not_found(type_name, number)
    return answer(_shown(simulator, type_name, record, read_fields(call.query.get("fields", ""))))


def _found(simulator: Simulator, type_name: str, call: Call) -> list[Record]:
    """Return the stored records that the query means, in the order of their ids."""
    parent = call.ids[0] if call.ids else None
    records: Mapping[int, Record] = simulator.records(type_name, parent)
    conditions = _conditions(call.query, type_name)
    if not conditions:
        found = list(records.values())
    else:
        records = simulator.lag.as_searched(type_name, records, parent, simulator.served)
        names = tuple(frozenset[str]().union(*(condition.names for condition in conditions)))
        book, today = simulator.book, simulator.today()
        found = []
        for record in records.values():
            shown = show(book, type_name, record, today, names)
            if all(condition(shown) for condition in conditions):
                found.append(record)
    found.sort(key=itemgetter("id"))
    return found


def _conditions(query: Query, type_name: str) -> list[Condition]:
    compiled = [compiler(query[name], type_name) for name, compiler in _COMPILERS.items() if query.get(name)]
    return [condition for condition in compiled if condition.names]


def _shown(simulator: Simulator, type_name: str, record: Record, fields: Fields) -> Record:
    if simulator.corrupt and (type_name, record["id"]) in simulator.corrupt:
        raise Refusal(500, "ConnectWiseApi", CORRUPT)
    shown = show(simulator.book, type_name, record, simulator.today(), fields.names)
    return shown if fields.flat else only_fields(shown, fields.tree)
