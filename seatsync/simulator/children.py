"""``childConditions`` and ``customFieldConditions``: records are meant by what one of their lists holds."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from seatsync.simulator.conditions import Condition, parse_conditions
from seatsync.simulator.refusals import bad_condition, unrecognized
from seatsync.simulator.schema import SCHEMAS, Member, find, schema

Record = Mapping[str, Any]


@lru_cache(maxsize=256)
def compile_child_conditions(text: str, type_name: str) -> Condition:
    """Accept a record when one entry of a list fits the whole expression, such as ``types/name="Client"``.

    Every name begins with the same list, and *in* is refused. Raises Refusal (400 ApiFindCondition).
    """
    lists: set[str] = set()

    def resolve(path: str) -> Member:
        head, _, rest = path.partition("/")
        of = schema(type_name).get(head)
        found = find(of.of, rest) if of is not None and of.kind == "list" and of.of in SCHEMAS else None
        if found is None:
            raise unrecognized(path)
        lists.add(head)
        if len(lists) > 1:
            raise bad_condition("childConditions can only look into one list at a time.")
        return found

    inner = parse_conditions(text, resolve, lists=False)
    if not lists:
        return inner
    [head] = lists
    return Condition(
        lambda record: any(inner({head: entry}) for entry in record.get(head) or ()), frozenset(lists)
    )


@lru_cache(maxsize=256)
def compile_field_conditions(text: str, type_name: str) -> Condition:
    """Accept a record when one custom field fits the expression, such as ``caption="Tier" and value="Gold"``.

    *in* is refused. Raises Refusal (400 ApiFindCondition).
    """

    def resolve(path: str) -> Member:
        found = find("CustomFieldValue", path) if "customFields" in schema(type_name) else None
        if found is None:
            raise unrecognized(path)
        return found

    inner = parse_conditions(text, resolve, lists=False)
    if not inner.names:
        return inner
    return Condition(
        lambda record: any(inner(entry) for entry in record.get("customFields") or ()),
        frozenset({"customFields"}),
    )
