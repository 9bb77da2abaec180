"""JSON whose numbers stay exact: decimals are read as Decimal and written digit for digit."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from json.encoder import encode_basestring_ascii as quoted
from typing import Any, Final

_MOST_KEYS: Final = 4096


class NotJson(ValueError):
    """The text is not JSON, or holds a number that no double could carry."""


def loads(text: str | bytes) -> Any:
    """Read JSON; whole numbers become int, others Decimal. Raises NotJson."""
    try:
        return json.loads(text, parse_float=_decimal, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from error


def dumps(value: Any) -> str:
    """Write JSON; a Decimal keeps its digits and always shows a decimal point, as in ``12.0``.

    Raises TypeError for a value of another type than JSON's own, Decimal and tuple.
    """
    return _WRITERS[type(value)](value)


def number(value: Decimal) -> str:
    """Write a decimal without an exponent and with a decimal point."""
    text = str(value)
    if "E" in text:
        text = format(value, "f")
    return text if "." in text else text + ".0"


class _Writers(dict[type, Callable[[Any], str]]):
    def __missing__(self, kind: type) -> Callable[[Any], str]:
        raise TypeError(f"{kind.__name__} has no JSON form")


class _Keys(dict[str, str]):
    def __missing__(self, name: str) -> str:
        text = quoted(name) + ":"
        if len(self) < _MOST_KEYS:
            self[name] = text
        return text


def _object(value: Mapping[str, Any]) -> str:
    return "{" + ",".join([_KEYS[name] + _WRITERS[type(item)](item) for name, item in value.items()]) + "}"


def _array(value: list[Any] | tuple[Any, ...]) -> str:
    return "[" + ",".join([_WRITERS[type(item)](item) for item in value]) + "]"


_KEYS: Final = _Keys()
# One look-up a value: a third of the time of a match statement, and answers are mostly small values.
_WRITERS: Final = _Writers(
    {
        type(None): lambda _: "null",
        bool: lambda value: "true" if value else "false",
        str: quoted,
        int: str,
        Decimal: number,
        dict: _object,
        list: _array,
        tuple: _array,
    }
)


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    # Past the range of a double the vendor can't hold it; a plain 1e999999 would also be written in full.
    if not -320 < (value.adjusted() if value else int(value.as_tuple().exponent)) < 308:
        raise ValueError(f"{text} is out of range")
    return value


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")
