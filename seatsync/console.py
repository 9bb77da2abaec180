"""What the command line prints for people: short tables and sentences; JSON instead when asked for."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from seatsync.status import Kind, Status

if TYPE_CHECKING:
    from seatsync.brakes import Brake
    from seatsync.journal import Operation, Outcome
    from seatsync.plan import Plan
    from seatsync.preview import PreviewRow
    from seatsync.previews import Review
    from seatsync.rehearsals import Rehearsed

_WIDEST = 44


def answer(content: Any) -> None:
    """Write JSON to standard output, and nothing else there."""
    sys.stdout.write(json.dumps(content, indent=1) + "\n")


def say(text: str) -> None:
    """Write a line for a person to standard output."""
    sys.stdout.write(_plain(text) + "\n")


def tell(text: str) -> None:
    """Write progress or a message to standard error."""
    sys.stderr.write(_plain(text) + "\n")
    sys.stderr.flush()


def _plain(text: str) -> str:
    """Drop control characters: names from outside must not steer a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table with aligned columns; cells that are too long are cut."""
    cells = [[_cut(_plain("" if cell is None else str(cell))) for cell in row] for row in rows]
    widths = [max(len(line[place]) for line in [list(columns), *cells]) for place in range(len(columns))]
    for line in [list(columns), ["-" * width for width in widths], *cells]:
        sys.stdout.write(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
        )


def _cut(text: str) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def print_review(review: "Review") -> None:
    """Print a preview: the account of the file, the rows except No change, and what was left out."""
    from seatsync.answers import cents

    preview, counts = review.preview, review.preview.counts
    say(
        f"Export {review.export.id} ({review.export.name}): {counts.rows} rows = {counts.paid} paid, "
        f"{counts.skipped} skipped, {counts.expired} expired, {counts.no_charge} no-charge, "
        f"{counts.unreadable} unreadable, {counts.ignored} ignored."
    )
    for note in review.export.notes:
        say(note)
    if review.snapshot.suspicion:
        say(f"THE SCAN MAY NOT HAVE SEEN EVERYTHING. {review.snapshot.suspicion}")
    if preview.incomplete:
        say(f"INCOMPLETE EXPORT, orphans are not looked for. {preview.incomplete}")
    shown = [row for row in preview.rows if row.status is not Status.NO_CHANGE]
    if shown:
        say("")
        table(
            ("", "Status", "Company or tenant", "Product or license", "Now", "Export", "Key"),
            [_cells(row, review.ticked(row)) for row in shown],
        )
        say("")
    by_status = preview.totals.by_status
    say(
        ", ".join(f"{by_status[status]} {status.label}" for status in Status if by_status.get(status))
        or "No rows."
    )
    for left in preview.left_out:
        say(f"Not shown: {left}.")
    for currency, amount in sorted(preview.totals.monthly_delta.items()):
        say(f"Chosen by default: {cents(amount)} {currency} a month.")


def _cells(row: "PreviewRow", ticked: bool) -> tuple[object, ...]:
    from seatsync.model import number

    tenants = " + ".join(dict.fromkeys(part.tenant for part in row.parts))
    tiers = " + ".join(dict.fromkeys(part.tier for part in row.parts))
    return (
        "[x]" if ticked else "[ ]" if row.selectable else "",
        row.status.label,
        row.company.name if row.company else tenants,
        row.product.identifier if row.product else tiers,
        "" if row.quantity_now is None else number(row.quantity_now),
        "" if row.quantity_new is None else number(row.quantity_new),
        row.key,
    )


def plan_sentence(plan: "Plan") -> str:
    """Say what a plan does: counts, decreases by name, dates and money."""
    from seatsync.answers import cents

    words = {kind: (kind.value, f"{kind.value}s") for kind in Kind}
    words[Kind.BILL_AGAIN] = ("line billed again", "lines billed again")
    found = {kind: len(plan.of(kind)) for kind in Kind}
    counts = ", ".join(
        f"{count} {words[kind][count != 1]}"
        for kind, count in found.items()
        if count or kind is not Kind.BILL_AGAIN
    )
    said = [f"{len(plan.changes)} changes: {counts}."]
    if plan.decreases:
        names = ", ".join(f"{change.company.name} ({change.product.identifier})" for change in plan.decreases)
        said.append(f"Fewer seats: {names}.")
    for currency, amount in sorted(plan.money.items()):
        said.append(f"{cents(amount)} {currency} a month.")
    if plan.without_money:
        said.append(f"{plan.without_money} changes have no known money effect.")
    return " ".join(said)


def print_plan(plan: "Plan", outcomes: "Sequence[Outcome]", brake: "Brake | None") -> None:
    """Print a plan and how to push it."""
    say(plan_sentence(plan))
    print_outcomes(outcomes)
    if brake is not None:
        say(f"BRAKE. {brake} On the command line: --accept-brakes {brake.cancels}.")
    say(f"Digest: {plan.digest}")
    if plan.changes:
        say("Nothing is written yet. Carry out exactly this plan with --digest.")


def print_outcomes(outcomes: "Sequence[Outcome]") -> None:
    """Print outcomes as a table."""
    if outcomes:
        table(
            ("Result", "Change", "Company", "Product", "Before", "After", "Date", "Message"),
            [
                (
                    outcome.result.value,
                    outcome.kind.value,
                    outcome.change.company.name,
                    outcome.change.product.identifier,
                    outcome.before,
                    outcome.after,
                    outcome.day,
                    outcome.message,
                )
                for outcome in outcomes
            ],
        )


def print_rehearsal(rehearsed: "Sequence[Rehearsed]") -> None:
    """Print what each change would send, byte for byte; paths are below the API's root."""
    print_outcomes([each.outcome for each in rehearsed])
    for each in rehearsed:
        for place, request in enumerate(each.requests):
            then = "If that date is refused: " if place else f"{each.outcome.change.company.name}: "
            say(f"{then}{request.method} {request.path} {request.body}")


def print_operations(operations: "Sequence[Operation]") -> None:
    """Print runs as a table, newest first."""
    from seatsync.answers import instant

    table(
        ("Id", "Kind", "Status", "Who", "Started", "Done", "Message"),
        [
            (
                operation.id,
                operation.kind.label,
                operation.status.label,
                operation.who,
                instant(operation.started_at),
                f"{operation.done}/{operation.total}",
                operation.message,
            )
            for operation in operations
        ],
    )
