"""Find the header of an export and decide which column is taken for what; ask rather than guess."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from seatsync.errors import ColumnUnclear, ExportRefused
from seatsync.export_cells import INSTEAD, Table

NEEDED = ("tenant", "tier", "users")
EVIDENCE = ("company", "msp", "addons", "region", "limit")

# The first name of each is the one that a person would be told; the names come from the vendor's documents.
_NAMES: Mapping[str, tuple[str, ...]] = {
    field: tuple(names.split(", "))
    for field, names in {
        "tenant": "Tenant, Tenant Name, Customer, Customer Name, Company, Company Name, Account, "
        "Account Name, Name",
        "portal": "Portal, Portal Name, Portal URL, Portal Identifier, Domain, Tenant Domain, Tenant ID, ID",
        "tier": "License, Licence, License Package, Licence Package, Package, Package Name, Plan, SKU, "
        "Package (SKU)",
        "users": "Users, User, User Count, Number of Users, Protected Users",
        "state": "Status, Tenant Status, State, Mode, Type, Contract type, Contracts Status, Contract Status",
        "expires": "Expiration, Expiration Date, Expiry, Expiry Date, Expires, Expires on, POC Expiration, "
        "POC Date Expiration, POC Expiration Date, Trial Expiration",
        "company": "Company, Company Name",
        "msp": "MSP, MSP Name, Partner, Parent",
        "addons": "Add-ons",
        "region": "Region, Data Region",
        "limit": "Max Licensed Users, Maximum Licensed Users, Licensed Users Limit, Max Users, Limit",
    }.items()
}
_ATTESTED = frozenset({"tenant", "portal", "license", "users", "status"})
_UNCLEAR_USERS = "licensedusers"
_INFINITY_ALONE = frozenset(
    "servicename servicestatus quantitythreshold pastdayusage monthlyusage monthlypayasyougo"
    " yearlysubscriptions contractid usercenterid".split()
)
_INFINITY = _INFINITY_ALONE | {"packagesku", "contractsstatus", "contracttype"}
_MONEY = frozenset({"price", "priceusd", "dailyprice", "cost", "costusd"})
_AGREEMENT = frozenset({"agreement", "agreementname", "agreementtype"})
_LINE = frozenset(
    "addition additions product productid quantity qty unitprice unitcost effectivedate cancelleddate"
    " billcustomer enddate".split()
)
_STEERING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_HEADER_WITHIN = 20
_LISTED = 20
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table: its place among the records, its cells, and how many needed fields it names.

    ``other`` is the line of a second header, whose columns differ; 0 when there is none near.
    """

    table: Table
    position: int
    line: int
    cells: tuple[str, ...]
    score: int
    other: int = 0

    @property
    def folded(self) -> list[str]:
        """The cells as they are compared."""
        return [fold(cell) for cell in self.cells]


@lru_cache(maxsize=4096)
def fold(header: str) -> str:
    """Fold case and drop all but letters, digits, ``%`` and ``#``, so that ``Add-ons`` equals ``add_ons``.

    Blank for a text that is too long for a header.
    """
    if len(header) > _LONGEST:
        return ""
    return "".join(letter for letter in header.casefold() if letter.isalnum() or letter in "%#")


_ALIASES = {field: frozenset(map(fold, names)) for field, names in _NAMES.items()}


def find_header(table: Table, choices: Mapping[str, str]) -> Header:
    """Find the first record that names most of the needed fields, within the first twenty."""
    best = Header(table, 0, 1, (), -1)
    for position, record in enumerate(islice(table.records(), _HEADER_WITHIN)):
        cells = tuple(cell.strip("\ufeff \t\r\n\u00a0") for cell in record.cells)
        if any(cells):
            found = Header(table, position, record.line, cells, _score(cells, choices))
            if found.score == best.score == len(NEEDED) and found.folded != best.folded:
                return replace(best, other=found.line)
            best = found if found.score > best.score else best
    return best


def wrong_table(name: str, header: Header) -> str:
    """Say what else the table is; empty when nothing speaks against a tenant list.

    A table with all columns of a tenant list may have any others beside them, but for a day and a price.
    """
    names = set(header.folded)
    if names >= {"tenant", "license", "users"} and names & {"portal", "status"}:
        return daily_report(name) if "day" in names and _MONEY & names else ""
    if {"billednow", "seatsinexport"} <= names:
        return f'"{name}" is a preview that SeatSync saved, not an export of Avanan. {INSTEAD}'
    if {"before", "after"} <= names and names & {"change", "action"}:
        return f'"{name}" is a report or log that SeatSync saved, not an export of Avanan. {INSTEAD}'
    if len(_INFINITY & names) >= 2 and _INFINITY_ALONE & names:
        return (
            f'"{name}" is a usage or contract table of the Infinity Portal, which mixes services. {INSTEAD}'
        )
    if {"priceusd", "costusd"} <= names or (
        "day" in names and (_MONEY & names or {"package", "user"} <= names)
    ):
        return daily_report(name)
    if _AGREEMENT & names and len(_LINE & names) >= 2:
        return f'"{name}" is a list of billing lines of ConnectWise, not an export of Avanan. {INSTEAD}'
    return ""


def daily_report(name: str) -> str:
    """Say that a file is the daily usage report."""
    return f'"{name}" is the daily usage report, with one row per tenant and day. {INSTEAD}'


def names_columns(cells: Iterable[str]) -> bool:
    """Say whether a row names two needed columns, as only a header does."""
    folded = {fold(cell) for cell in cells}
    return sum(bool(_ALIASES[field] & folded) for field in NEEDED) >= 2


def rival_states(header: Header, columns: Mapping[str, int]) -> tuple[int, ...]:
    """List the columns that could hold the state and hold nothing else, where another one was taken."""
    if "state" not in columns:
        return ()
    taken = columns.values()
    return tuple(at for at, text in enumerate(header.folded) if text in _ALIASES["state"] and at not in taken)


def unused_columns(headers: Sequence[str], used: Collection[int]) -> str:
    """List the headers from which nothing is read, for a sentence; blank when there are none."""
    return _quoted([text for at, text in enumerate(headers) if text and at not in used])


def why_column(field: str, header: str) -> str:
    """Say why a column was taken for a field: ``attested name``, ``alias`` or ``chosen by a person``."""
    folded = fold(header)
    if folded not in _ALIASES.get(field, frozenset()):
        return "chosen by a person"
    return "attested name" if folded in _ATTESTED else "alias"


def choose_columns(name: str, header: Header, choices: Mapping[str, str]) -> dict[str, int]:
    """Decide which column holds which field, by position. Raises ExportRefused or ColumnUnclear."""
    chosen = {field: _chosen(name, header, field, text) for field, text in choices.items()}
    if len(set(chosen.values())) < len(chosen):
        raise ExportRefused(
            f'"{name}": one column is chosen for two fields. Choose another one for one of them.'
        )
    free = [(index, text) for index, text in enumerate(header.folded) if index not in chosen.values()]
    candidates = {field: _candidates(field, free) for field in _NAMES if field not in chosen}
    missing = [field for field in NEEDED if candidates.get(field) == []]
    if missing:
        raise ExportRefused(_missing(name, header, missing), header.cells)
    taken = dict(chosen)
    for field, indexes in candidates.items():
        indexes = [index for index in indexes if index not in taken.values()]
        if not indexes:
            continue
        if field not in EVIDENCE:
            _refuse_unclear(name, header, field, indexes)
        taken[field] = indexes[0]
    return {field: taken[field] for field in _NAMES if field in taken}


def _score(cells: Sequence[str], choices: Mapping[str, str]) -> int:
    """Count the needed fields that a record would name if it were the header."""
    folded = {fold(cell) for cell in cells}
    return sum(
        fold(choices[field]) in folded
        if field in choices
        else bool(_ALIASES[field] & folded) or (field == "users" and _UNCLEAR_USERS in folded)
        for field in NEEDED
    )


def _candidates(field: str, free: Sequence[tuple[int, str]]) -> list[int]:
    """List the columns that could hold a field; the attested name beats the others."""
    fitting = [(index, text) for index, text in free if text in _ALIASES[field]]
    attested = [index for index, text in fitting if text in _ATTESTED]
    if field == "users" and not attested:
        fitting += [(index, text) for index, text in free if text == _UNCLEAR_USERS]
    return attested or [index for index, _ in fitting]


def _refuse_unclear(name: str, header: Header, field: str, indexes: Sequence[int]) -> None:
    """Raise unless there is one candidate, and one that needs no confirmation."""
    if len(indexes) == 1 and header.folded[indexes[0]] != _UNCLEAR_USERS:
        return
    texts = list(dict.fromkeys(header.cells[index] for index in indexes))
    if len(texts) == 1 and len(indexes) > 1:
        raise _twice(name, texts[0], indexes)
    raise ColumnUnclear(field, texts, header.cells)


def _chosen(name: str, header: Header, field: str, text: str) -> int:
    """Return the column that a person chose for a field. Raises ExportRefused when that can't be done."""
    if field not in _NAMES:
        raise ExportRefused(
            f'"{shorten(field)}" is no field of an export; the fields are {", ".join(_NAMES)}. '
            f'The columns of "{name}" are {_listed(header)}.'
        )
    wanted = text.strip()
    exact = [index for index, cell in enumerate(header.cells) if cell and cell == wanted]
    found = exact or [i for i, folded in enumerate(header.folded) if folded and folded == fold(wanted)]
    if not found:
        raise ExportRefused(
            f'"{name}" has no column "{shorten(wanted)}" to take for {field}. '
            f"Its columns are {_listed(header)}."
        )
    if len(found) > 1:
        raise _twice(name, header.cells[found[0]], found)
    if field == "users" and _is_limit(header.folded[found[0]]):
        raise ExportRefused(
            f'"{name}": column "{header.cells[found[0]]}" holds a limit, not the number of users in use. '
            "Choose the column with the user count."
        )
    return found[0]


def _is_limit(folded: str) -> bool:
    """Say whether a header speaks of a limit."""
    return folded in _ALIASES["limit"] or "limit" in folded or folded.startswith("max")


def _twice(name: str, text: str, indexes: Sequence[int]) -> ExportRefused:
    """Build the refusal of a file in which one header stands over two columns."""
    places = " and ".join(str(index + 1) for index in indexes[:2])
    return ExportRefused(
        f'"{name}" has two columns called "{shorten(text)}" (columns {places}). '
        "Rename or remove one and upload the file again."
    )


_SAID = {"tier": "license", "tenant": "tenant name", "users": "number of users"}


def _missing(name: str, header: Header, fields: Sequence[str]) -> str:
    """Say which needed columns are missing, what is there, and which names are known."""
    named = [_SAID.get(field, field) for field in fields]
    wanted = " ".join(
        f"For the {said}: {', '.join(_NAMES[field])}." for said, field in zip(named, fields, strict=True)
    )
    limits = [cell for cell, text in zip(header.cells, header.folded, strict=True) if _is_limit(text)]
    limit = (
        f' Column "{shorten(limits[0])}" holds a limit, which is no count.'
        if limits and "users" in fields
        else ""
    )
    lead = f'"{name}" has no column for the {" and the ".join(named)}. Its columns are {_listed(header)}.'
    cure = "Export the tenant list again, or name its columns like these."
    return f"{lead}{limit} Known names are: {wanted} {cure}"


def _listed(header: Header) -> str:
    """List the headers of a file for a sentence."""
    return _quoted([cell for cell in header.cells if cell]) or "all blank"


def _quoted(texts: Sequence[str]) -> str:
    """List texts in quotation marks, the first of many."""
    more = f" and {len(texts) - _LISTED:,} more" if len(texts) > _LISTED else ""
    return ", ".join(f'"{shorten(text)}"' for text in texts[:_LISTED]) + more


def shorten(text: str, most: int = 60) -> str:
    """Cut a text from outside to a length that fits a sentence, without what would steer a terminal."""
    short = text if len(text) <= most else text[: most - 1] + "…"
    return _STEERING.sub("\ufffd", short)
