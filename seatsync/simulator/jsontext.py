"""JSON whose numbers stay exact: decimals are read as Decimal and written digit for digit."""

import json
from decimal import Decimal
from json.encoder import encode_basestring_ascii as quoted
from typing import Any


class NotJson(ValueError):
    """The text is not JSON, or holds a number that no double could carry."""


def loads(text: str | bytes) -> Any:
    """Read JSON; whole numbers become int, others Decimal. Raises NotJson."""
    try:
        return json.loads(text, parse_float=_decimal, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from error


def dumps(value: Any) -> str:
    """Write JSON; a Decimal keeps its digits and always shows a decimal point, as in ``12.0``."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case int():
            return str(value)
        case Decimal():
            return number(value)
        case dict():
            return "{" + ",".join([f"{quoted(key)}:{dumps(item)}" for key, item in value.items()]) + "}"
        case list() | tuple():
            return "[" + ",".join([dumps(item) for item in value]) + "]"
        case _:
            raise TypeError(f"{type(value).__name__} has no JSON form")


def number(value: Decimal) -> str:
    """Write a decimal without an exponent and with a decimal point."""
    text = format(value, "f")
    return text if "." in text else text + ".0"


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    # Past the range of a double the vendor can't hold it; a plain 1e999999 would also be written in full.
    if value and not -320 < value.adjusted() < 308:
        raise ValueError(f"{text} is out of range")
    return value


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")
