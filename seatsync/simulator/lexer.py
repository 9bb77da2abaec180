"""The words of a ``conditions`` expression: names, signs, and the four kinds of literal."""

import re
from dataclasses import dataclass
from typing import Final

from seatsync.simulator.refusals import bad_condition

ADVICE: Final = (
    "String values should be enclosed with double or single quotes; DateTime values should be enclosed in "
    "square brackets; numbers should consist of only digits, and optionally a decimal point and a negation "
    "sign; boolean values should be indicated with the keywords true or false; null values should be "
    "indicated by the keyword null."
)

_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<date>\[[^\]]*\])
    | (?P<number>-?\d+(?:\.\d+)?(?![\w/.]))
    | (?P<name>[A-Za-z_][\w]*(?:/[A-Za-z_]\w*)*)
    | (?P<sign><=|>=|!=|=|<|>|\(|\)|,)
    )""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the expression; ``kind`` is text, date, number, name, sign or end."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """The token in lower case, for keywords."""
        return self.text.lower()

    @property
    def literal(self) -> str:
        """What the vendor's messages call a literal of this kind."""
        if self.kind == "name":
            return "boolean" if self.word in ("true", "false") else "name"
        return {"text": "string", "date": "DateTime", "number": "numeric"}.get(self.kind, self.kind)

    @property
    def unquoted(self) -> str:
        """The text of a string literal; a backslash takes the next character as it is."""
        return re.sub(r"\\(.)", r"\1", self.text[1:-1], flags=re.DOTALL)


def tokenize(text: str) -> list[Token]:
    """Split an expression into tokens, the last of kind *end*. Raises Refusal (400 ApiFindCondition)."""
    tokens: list[Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise bad_condition(f"Syntax error: '{text[at:end].lstrip()[:20]}' was not expected. {ADVICE}")
        tokens.append(Token(match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return [*tokens, Token("end", "")]
