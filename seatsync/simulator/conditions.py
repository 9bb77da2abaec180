"""The grammar of ``conditions``: text to a syntax tree, checked against a record type, then to a test."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from seatsync.simulator.lexer import ADVICE, Token, tokenize
from seatsync.simulator.refusals import Refusal, bad_condition, unrecognized
from seatsync.simulator.schema import Member, find
from seatsync.simulator.wildcards import fits, split_at_wildcards

Record = Mapping[str, Any]
Test = Callable[[Record], bool]
Resolve = Callable[[str], Member]
Literal = str | Decimal | bool | datetime | None

MAX_DEPTH: Final = 50
"""Parentheses deeper than this are refused, long before the interpreter's own limit."""

_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WANTED: Final = {
    "int": "numeric",
    "number": "numeric",
    "bool": "boolean",
    "day": "DateTime",
    "instant": "DateTime",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of records, and the names of the members that it looks at."""

    test: Test
    names: frozenset[str]

    def __call__(self, record: Record) -> bool:
        """Say whether a record as answered is meant."""
        return self.test(record)


@lru_cache(maxsize=1024)
def compile_conditions(text: str, type_name: str) -> Condition:
    """Turn an expression into a test of records of a type; blank text accepts all.

    Text compares without case, as the vendor's database does; a missing member fails every comparison but
    that with ``null``. Raises Refusal (400 ApiFindCondition).
    """
    return parse_conditions(text, lambda path: member_at(type_name, path))


def parse_conditions(text: str, resolve: Resolve, *, lists: bool = True) -> Condition:
    """Turn an expression over the names that ``resolve`` knows into a test.

    Without ``lists``, *in* is refused. Raises Refusal (400 ApiFindCondition).
    """
    tokens = tokenize(text)
    if tokens[0].kind == "end":
        return Condition(lambda _record: True, frozenset())
    parser = _Parser(tokens, resolve, lists)
    test = parser.either(0)
    parser.expect_end()
    return Condition(test, frozenset(parser.names))


def member_at(type_name: str, path: str) -> Member:
    """Find the member that a path names. Raises Refusal (400 ApiFindCondition)."""
    # lastUpdated is the one member of _info that may be named without it.
    member = Member("instant") if path == "lastUpdated" else find(type_name, path)
    if member is None:
        raise unrecognized(path)
    return member


def value_at(record: Record, path: str) -> Any:
    """Follow a slash path into a record; None where something on the way is missing."""
    value: Any = record
    for name in path.split("/"):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def comparable(value: Any, member: Member) -> Any:
    """Return a record's value as literals of its kind are held."""
    if value is None:
        return None
    match member.kind:
        case "int" | "number":
            return Decimal(value)
        case "day" | "instant":
            return _instant(str(value))
        case "bool":
            return value
        case "any" if isinstance(value, bool | int | Decimal):
            return value if isinstance(value, bool) else Decimal(value)
        case _:
            return str(value).casefold()


class _Parser:
    def __init__(self, tokens: list[Token], resolve: Resolve, lists: bool) -> None:
        self._tokens = tokens
        self._at = 0
        self._resolve = resolve
        self._lists = lists
        self.names: set[str] = set()

    def either(self, depth: int) -> Test:
        tests = [self._both(depth)]
        while self._take_word("or"):
            tests.append(self._both(depth))
        return tests[0] if len(tests) == 1 else lambda record: any(test(record) for test in tests)

    def expect_end(self) -> None:
        if self._peek.kind != "end":
            raise self._unexpected()

    def _both(self, depth: int) -> Test:
        tests = [self._one(depth)]
        while self._take_word("and"):
            tests.append(self._one(depth))
        return tests[0] if len(tests) == 1 else lambda record: all(test(record) for test in tests)

    def _one(self, depth: int) -> Test:
        if depth > MAX_DEPTH:
            raise bad_condition("The conditions are nested too deeply.")
        if self._take_sign("("):
            test = self.either(depth + 1)
            self._need_sign(")")
            return test
        return self._comparison()

    def _comparison(self) -> Test:
        if self._peek.kind != "name":
            raise self._unexpected()
        path = self._next().text
        member = self._resolve(path)
        path = "_info/lastUpdated" if path == "lastUpdated" else path
        self.names.add(path.partition("/")[0])
        if self._peek.kind == "sign" and self._peek.text in _COMPARE:
            return _compared(path, member, self._next().text, self._literal(member, path))
        negated = self._take_word("not")
        if self._take_word("in"):
            return _listed(path, member, self._list(member, path), negated)
        if self._take_word("contains"):
            return _like(path, ["", self._text(member).casefold(), ""], negated)
        if self._take_word("like"):
            return _like(path, split_at_wildcards(self._text(member)), negated)
        raise self._unexpected()

    def _list(self, member: Member, path: str) -> frozenset[Any]:
        if not self._lists:
            raise bad_condition("The operator in is not supported here.")
        self._need_sign("(")
        values = [self._literal(member, path)]
        while self._take_sign(","):
            values.append(self._literal(member, path))
        self._need_sign(")")
        return frozenset(values)

    def _text(self, member: Member) -> str:
        if member.kind not in ("text", "enum", "uuid", "any"):
            raise bad_condition(f"Only text can be searched. {ADVICE}")
        if self._peek.kind != "text":
            raise _mistyped("string", self._peek)
        return self._next().unquoted

    def _literal(self, member: Member, path: str) -> Literal:
        token = self._next()
        if token.kind == "name" and token.word == "null":
            return None
        if member.kind in ("ref", "list", "map"):
            raise unrecognized(path)
        wanted = token.literal if member.kind == "any" else _WANTED.get(member.kind, "string")
        if token.literal != wanted:
            raise _mistyped(wanted, token)
        match wanted:
            case "numeric":
                return Decimal(token.text)
            case "boolean":
                return token.word == "true"
            case "DateTime":
                return _date_literal(token.text)
        if token.kind != "text":
            raise _mistyped("string", token)
        text = token.unquoted
        if member.kind == "enum" and text.casefold() not in {choice.casefold() for choice in member.choices}:
            raise bad_condition("Enum value supplied was invalid")
        return text.casefold()

    @property
    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._peek
        if token.kind != "end":
            self._at += 1
        return token

    def _take_word(self, word: str) -> bool:
        return self._take("name", word)

    def _take_sign(self, sign: str) -> bool:
        return self._take("sign", sign)

    def _take(self, kind: str, word: str) -> bool:
        found = self._peek.kind == kind and self._peek.word == word
        self._at += found
        return found

    def _need_sign(self, sign: str) -> None:
        if not self._take_sign(sign):
            raise self._unexpected()

    def _unexpected(self) -> Refusal:
        found = f"'{self._peek.text}'" if self._peek.kind != "end" else "the end"
        return bad_condition(f"Syntax error: {found} was not expected. {ADVICE}")


def _compared(path: str, member: Member, sign: str, literal: Literal) -> Test:
    if literal is None:
        if sign not in ("=", "!="):
            raise bad_condition(f"null can only be compared with = and !=. {ADVICE}")
        return lambda record: (value_at(record, path) is None) == (sign == "=")

    holds = _COMPARE[sign]

    def test(record: Record) -> bool:
        value = comparable(value_at(record, path), member)
        # Values of any kind stand beside a literal of another kind; only like is compared with like.
        return isinstance(value, type(literal)) and holds(value, literal)

    return test


def _listed(path: str, member: Member, literals: frozenset[Any], negated: bool) -> Test:
    def test(record: Record) -> bool:
        value = comparable(value_at(record, path), member)
        return value is not None and (value in literals) != negated

    return test


def _like(path: str, pieces: list[str], negated: bool) -> Test:
    def test(record: Record) -> bool:
        value = value_at(record, path)
        return value is not None and fits(str(value).casefold(), pieces) != negated

    return test


def _mistyped(wanted: str, token: Token) -> Refusal:
    return bad_condition(f"Expected a {wanted} value, not a {token.literal}. {ADVICE}")


def _date_literal(text: str) -> datetime:
    moment = _instant(text[1:-1].strip())
    if moment is None:
        raise bad_condition(f"{text} is not a valid DateTime. {ADVICE}")
    return moment


@lru_cache(maxsize=4096)
def _instant(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
