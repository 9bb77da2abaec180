"""Write a preview as a page to print: what is chosen and what waits, status by status."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from seatsync.answers import cents
from seatsync.html_page import facts_html, html_page, text_html, when_html
from seatsync.model import Team, number
from seatsync.preview import PreviewRow
from seatsync.previews import Review
from seatsync.status import Status
from seatsync.summary import counted
from seatsync.sums import Sums, add_up
from seatsync.worksheet import client_of

_COLUMNS = ("", "Company", "Product", "Billed", "Export", "Diff.", "Monthly effect", "Why")
_NUMERIC = frozenset({"Billed", "Export", "Diff.", "Monthly effect"})


def preview_page(team: Team, review: Review, made_at: datetime) -> str:
    """Write every row but those without a change, a table for each status; rows to be pushed have a tick."""
    rows, export = review.preview.rows, review.export
    chosen = add_up(row for row in rows if review.ticked(row))
    facts = [
        ("Export", f"{text_html(export.name)}, uploaded {when_html(export.uploaded_at)}"),
        ("Compared with", f"ConnectWise as of {when_html(review.snapshot.taken_at)}"),
        ("Chosen", _sums(chosen)),
    ]
    parts = [
        f'<p class="kind">Preview of Avanan seats · Team {text_html(team.name)}</p>',
        f"<h1>{text_html(export.name)}</h1>",
        f'<p class="lead">{counted(chosen.rows, "chosen change")}, not pushed by this page.</p>',
        *_warning(review),
        facts_html(facts),
        *(_table(review, status) for status in Status if status is not Status.NO_CHANGE),
        _foot(review, made_at),
    ]
    return html_page(f"Preview of {export.name}", "".join(parts))


def _warning(review: Review) -> list[str]:
    said = review.preview.incomplete
    return [f'<p class="warning" role="note">Incomplete export. {text_html(said)}</p>'] if said else []


def _sums(sums: Sums) -> str:
    seats = f"{number(sums.seats_now)} to {number(sums.seats_new)} seats"
    return text_html(", ".join([counted(sums.rows, "row"), seats, *_money(sums)]))


def _money(sums: Sums) -> Iterable[str]:
    return (f"{_signed(sum_)} {currency} a month" for currency, sum_ in sorted(sums.money.items()))


def _signed(sum_: Decimal) -> str:
    return f"{'+' if sum_ > 0 else ''}{cents(sum_)}"


def _table(review: Review, status: Status) -> str:
    rows = [row for row in review.preview.rows if row.status is status]
    if not rows:
        return ""
    heads = "".join(f'<th scope="col"{_numeric(name)}>{name}</th>' for name in _COLUMNS)
    body = "".join(_row(review, row) for row in rows)
    title = f"{status.label}: {counted(len(rows), 'row')}"
    return f"<table><caption>{title}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _numeric(name: str) -> str:
    return ' class="number"' if name in _NUMERIC else ""


def _row(review: Review, row: PreviewRow) -> str:
    box = "☑" if review.ticked(row) else "☐" if row.selectable else ""
    effect = "" if row.monthly_delta is None else f"{_signed(row.monthly_delta)} {row.currency}"
    cells: Sequence[str] = (
        box,
        client_of(row),
        row.product.identifier if row.product else "",
        _count(row.quantity_now),
        _count(row.quantity_new),
        _count(row.difference),
        effect,
        row.reason,
    )
    return "".join(
        [
            "<tr>",
            *(
                f"<td{_numeric(name)}>{text_html(cell)}</td>"
                for name, cell in zip(_COLUMNS, cells, strict=True)
            ),
            "</tr>",
        ]
    )


def _count(quantity: Decimal | None) -> str:
    return "" if quantity is None else number(quantity)


def _foot(review: Review, made_at: datetime) -> str:
    same = sum(row.status is Status.NO_CHANGE for row in review.preview.rows)
    left = [f"{counted(same, 'row')} without a change", *review.preview.left_out]
    return (
        f"<footer>Not listed: {text_html('; '.join(left))}. "
        f"Made by SeatSync on {when_html(made_at)}.</footer>"
    )
