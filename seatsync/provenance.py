"""A pivot, the seat rows behind it and its exports as tables; and in sentences, what it leaves out."""

from collections.abc import Iterator, Sequence

from seatsync.explore import Pivot
from seatsync.holdings import File, Held, Holdings
from seatsync.model import SeatRow, number
from seatsync.present import Cell
from seatsync.question import Asked, Column
from seatsync.seats import Treatment
from seatsync.status import TenantState
from seatsync.summary import counted, listed, moment

_LEFT_OUT = {
    Treatment.EXPIRED: "expired or deleted",
    Treatment.SKIPPED: "proof of concept or not for resale",
    Treatment.NO_CHARGE: "on a no-charge license",
    Treatment.UNREADABLE: "unreadable",
}
_STATES = {
    TenantState.TRIAL: "Proof of concept",
    TenantState.NOT_FOR_RESALE: "Not for resale",
    TenantState.EXPIRED: "Expired",
    TenantState.DELETED: "Deleted",
}
UNKNOWN = "unknown"
NO_PRICE = "Seats without price"
ROW_COLUMNS = (
    "Month",
    "Tenant",
    "License",
    "Users",
    "Counted",
    "Status",
    "Portal",
    "File",
    "Line",
    "Remark",
)
FILE_COLUMNS = ("Month", "File", "Rows", "Paid", "Expired", "Not billed", "No-charge", "Unreadable")


def state_of(held: Held) -> str:
    """Say in a word or two what a seat row is."""
    match held.treatment:
        case Treatment.PAID:
            return "Paid"
        case Treatment.NO_CHARGE:
            return "No-charge license"
        case Treatment.UNREADABLE:
            return "Unreadable"
        case Treatment.EXPIRED if held.row.state is TenantState.TRIAL:
            return "Proof of concept, ended"
    return _STATES.get(held.row.state, "Not paid")


def row_cells(held: Held, columns: Sequence[Column], files: Sequence[File]) -> tuple[Cell, ...]:
    """Return a seat row's cells in the order of ``ROW_COLUMNS``."""
    label = next((column.label for column in columns if column.file == held.file), "")
    row: SeatRow = held.row
    return (
        label,
        row.tenant,
        row.tier,
        row.users,
        held.seats,
        state_of(held),
        row.portal,
        files[held.file].dated.export.name,
        row.line,
        str(row.problem or ""),
    )


def pivot_columns(asked: Asked, found: Pivot) -> tuple[str, ...]:
    """Name the columns of a pivot as a file."""
    question = asked.question
    extra = ("Currency", NO_PRICE) if question.measure.of_money else ()
    name = question.dimension.label
    return (name, *(column.label for column in found.columns), "Change", *extra, "Unreadable rows")


def pivot_cells(asked: Asked, found: Pivot) -> list[tuple[Cell, ...]]:
    """Return the rows of a pivot in the order of ``pivot_columns``; what is not known is said to be so."""
    money = asked.question.measure.of_money
    return [
        (
            row.label,
            *(UNKNOWN if cell is None else cell for cell in (*row.cells, row.change)),
            *((asked.question.currency, row.unpriced) if money else ()),
            row.unread,
        )
        for row in found.rows
    ]


def incomplete(asked: Asked, holdings: Holdings) -> str:
    """Say which of the columns are of files that are not whole; empty when all are."""
    found = [column for column in asked.question.columns if not column.whole]
    if not found:
        return ""
    names = listed([f"{each.label} ({holdings.files[each.file].dated.export.name})" for each in found])
    one = len(found) == 1
    return f"{names} {'is' if one else 'are'} incomplete: who is missing there need not be gone."


def remarks(asked: Asked, holdings: Holdings, found: Pivot) -> tuple[str, ...]:
    """Say what the numbers count and what they leave out, a sentence each."""
    return (
        *_left_out(asked, holdings),
        *_of_files(asked, holdings),
        *(_of_money(asked, found) if asked.question.measure.of_money else ()),
    )


def _left_out(asked: Asked, holdings: Holdings) -> Iterator[str]:
    counts = holdings.files[asked.last.file].counts
    parts = [f"{counts[each]:,} {said}" for each, said in _LEFT_OUT.items() if counts.get(each)]
    rows = f" Of the rows of {asked.last.label}, {listed(parts)} are left out." if parts else ""
    yield f"Only paid seats count.{rows}"
    unread = sum(holdings.files[each.file].counts.get(Treatment.UNREADABLE, 0) for each in asked.shown)
    if unread:
        yield (
            f"{counted(unread, 'row')} of the exports shown can't be read; what no other row says is "
            "unknown, not 0."
        )


def _of_files(asked: Asked, holdings: Holdings) -> Iterator[str]:
    if asked.several and not asked.every_file:
        yield from _chosen(asked, holdings)
    shown = [holdings.files[column.file] for column in asked.question.columns]
    undated = [file.dated.export.name for file in shown if file.dated.by_upload]
    if undated:
        yield f"No month stands in the name {listed(undated)}, so the day of its upload counts."
    nameless = [file.dated.export.name for file in shown if file.by_name]
    if nameless and len(nameless) < len(shown):
        yield f"{listed(nameless)} has no portals: its tenants are recognised by name."
    if holdings.older:
        yield f"{counted(holdings.older, 'older export')} not looked at."


def _chosen(asked: Asked, holdings: Holdings) -> Iterator[str]:
    for column in asked.question.columns:
        month = holdings.files[column.file].dated.month
        many = sum(file.dated.month == month for file in holdings.files)
        if many > 1:
            name = holdings.files[column.file].dated.export.name
            yield f"{column.label} has {many} exports; the last whole one stands for it ({name})."


def _of_money(asked: Asked, found: Pivot) -> Iterator[str]:
    yield (
        "Money is a month's, at the prices of the snapshot in use: the price of the company's own billing "
        "line, or the catalogue's where it has none; included seats are not billed."
    )
    if found.total.unpriced:
        seats = number(found.total.unpriced)
        yield (
            f"{seats} seats of {asked.last.label} have no known price and are in no sum: no company, no "
            "product, several lines or a billing cycle that can't be converted."
        )
    others = [code for code in asked.currencies if code != asked.question.currency]
    if others:
        yield f"What is billed in {listed(others)} is not in these sums."


def file_cells(file: File) -> tuple[Cell, ...]:
    """Return an export's cells in the order of ``FILE_COLUMNS``."""
    counts = [file.counts.get(each, 0) for each in (Treatment.PAID, *_LEFT_OUT)]
    return (str(file.dated.at), file.dated.export.name, file.dated.export.rows, *counts)


def file_remark(file: File, shown: bool) -> str:
    """Say what is special about an export; ``shown`` says that a column is made of it."""
    export = file.dated.export
    said = [] if shown else ["not shown"]
    if not file.dated.whole:
        said.append("incomplete")
    if export.declared:
        said.append("declared complete")
    return ", ".join((*said, f"uploaded {moment(export.uploaded_at)} by {export.uploaded_by}"))
