"""The columns that a person chose, remembered by team for every file with the same header."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from seatsync.desk import Desk
from seatsync.errors import ColumnUnclear, ExportRefused, InvalidChoice
from seatsync.export_columns import fold, shorten
from seatsync.model import ExportRecord, ParsedExport
from seatsync.people import Permission
from seatsync.vendor_export import read_export

_ACTION = "export.choose_columns"


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as it was read; ``by_hand`` is the part of its chosen columns that was chosen just now."""

    parsed: ParsedExport
    by_hand: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HeaderAccount:
    """What a person chose for the header of a kept export.

    ``remembered`` says that the choice still holds for files with this header; else ``chosen_by`` is empty
    and ``chosen_at`` None.
    """

    chosen: Mapping[str, str] = field(default_factory=dict)
    chosen_by: str = ""
    chosen_at: datetime | None = None
    remembered: bool = False


def fingerprint(header: Sequence[str]) -> str:
    """Name a header by a hash of its cells, folded as the reader compares them; blank ends don't count."""
    folded = [fold(cell) for cell in header]
    while folded and not folded[-1]:
        folded.pop()
    return hashlib.sha256(json.dumps(folded).encode()).hexdigest()


def read_with_choices(desk: Desk, name: str, content: bytes, by_hand: Mapping[str, str]) -> Reading:
    """Read an export with the columns chosen by hand, and with those remembered for its header.

    What is chosen by hand wins; a remembered choice that does not fit is left aside, with a note. Raises
    ExportRefused, and ColumnUnclear while a column is still unclear.
    """
    first = _attempt(desk, name, content, by_hand)
    kept = {
        each: column
        for each, column in _remembered(desk, first.header).items()
        if each not in by_hand and column not in by_hand.values()
    }
    note = ""
    if kept:
        both = {**kept, **by_hand}
        again = _attempt(desk, name, content, both)
        if isinstance(again, ColumnUnclear):
            raise again
        if isinstance(again, ParsedExport):
            return Reading(replace(again, chosen=both), by_hand)
        note = f"Columns chosen before for files with this header don't fit and are not used: {listed(kept)}."
    if isinstance(first, ExportRefused):
        raise first
    notes = (*first.notes, note) if note else first.notes
    return Reading(replace(first, notes=notes, chosen=by_hand), by_hand)


def _attempt(
    desk: Desk, name: str, content: bytes, columns: Mapping[str, str]
) -> ParsedExport | ExportRefused:
    try:
        return read_export(name, content, columns=columns, limit=desk.export_limit)
    except ExportRefused as refusal:
        return refusal


def _remembered(desk: Desk, header: Sequence[str]) -> Mapping[str, str]:
    return desk.store.choices.column_choice(desk.team.id, fingerprint(header)).columns if header else {}


def listed(columns: Mapping[str, str]) -> str:
    """Write choices in one line, as in ``users = "Licensed Users"``."""
    return ", ".join(f'{each} = "{shorten(column)}"' for each, column in columns.items())


def remember(desk: Desk, reading: Reading) -> bool:
    """Remember what was chosen by hand for the header of a file; say whether that is new."""
    header = fingerprint(reading.parsed.header)
    before = desk.store.choices.column_choice(desk.team.id, header).columns
    if not reading.by_hand or before == reading.parsed.chosen:
        return False
    _save(desk, reading.parsed.name, header, before, reading.parsed.chosen)
    return True


def forget(desk: Desk, export: ExportRecord) -> None:
    """Forget what was chosen for files with the header of this one. Raises InvalidChoice if nothing was."""
    desk.require(Permission.MANAGE, _ACTION, export.name)
    header = fingerprint(export.header)
    before = desk.store.choices.column_choice(desk.team.id, header).columns
    if not before:
        raise InvalidChoice(f'No column is remembered for files with the header of "{export.name}".')
    _save(desk, export.name, header, before, {})


def _save(desk: Desk, name: str, header: str, before: Mapping[str, str], columns: Mapping[str, str]) -> None:
    draft = desk.draft(
        Permission.MANAGE,
        _ACTION,
        name,
        {"columns": dict(before)},
        {"columns": dict(columns), "header": header},
    )
    desk.store.choices.save_column_choice(desk.team.id, header, columns, draft)


def account_of(desk: Desk, export: ExportRecord) -> HeaderAccount:
    """Return what a person chose for a kept export's header; who and when while the choice still holds."""
    kept = desk.store.choices.column_choice(desk.team.id, fingerprint(export.header))
    if not export.chosen or kept.columns != export.chosen:
        return HeaderAccount(export.chosen)
    return HeaderAccount(export.chosen, kept.chosen_by, kept.chosen_at, remembered=True)
