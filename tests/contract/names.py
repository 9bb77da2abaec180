"""The names in ``conditions``, ``orderBy`` and ``fields``, which must be members of the answer's records."""

import re
from collections.abc import Iterator

from tests.contract.schemas import Schema, Schemas

_LITERAL = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[[^\]]*\])""")
_NAME = re.compile(r"[A-Za-z_][\w/]*", re.ASCII)
_WORDS = frozenset("and or not in like contains null true false asc desc".split())


def names_in(parameter: str, text: str) -> Iterator[str]:
    """Yield every name that the text of a query parameter uses, in its order."""
    if parameter == "fields":
        yield from (part.strip() for part in text.split(","))
    elif parameter == "orderBy":
        yield from (part.strip().partition(" ")[0] for part in text.split(","))
    else:
        plain = _LITERAL.sub(" ", text)
        yield from (name for name in _NAME.findall(plain) if name.lower() not in _WORDS)


def is_member(schemas: Schemas, record: Schema, path: str) -> bool:
    """Say whether a slash path such as ``company/name`` leads to a member of the record.

    ``lastUpdated`` may stand alone in conditions, as the vendor's own examples have it.
    """
    if path == "lastUpdated":
        return True
    head, _, rest = path.partition("/")
    members = schemas.resolve(record).get("properties", {})
    if head not in members:
        return False
    if not rest:
        return True
    inner = schemas.resolve(members[head])
    return "additionalProperties" in inner or is_member(schemas, inner, rest)
