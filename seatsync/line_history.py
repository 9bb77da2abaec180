"""What a company's seats of one product were, export by export, and what was pushed for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from seatsync.desk import Desk
from seatsync.journal import Outcome
from seatsync.model import CompanyId, ExportId, OperationId, ProductId, decimals
from seatsync.people import Permission
from seatsync.preview import PreviewRow
from seatsync.status import OperationKind
from seatsync.summary import deed


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: an export that was kept, or a change that was sent to ConnectWise.

    ``seats`` is what the export says, or what the line bills after the change; None where that is not known.
    """

    at: datetime
    what: str
    source: str
    seats: Decimal | None
    operation: OperationId | None = None


def history_of(desk: Desk, row: PreviewRow) -> tuple[Event, ...]:
    """List what happened to the seats of a preview row, newest first.

    Exports count the paid seats of the tenants that are linked to its company now, on the licenses that are
    mapped to its product now. Empty for a row whose company or product is not known.
    """
    desk.require(Permission.SEE, "preview.view", row.key)
    if row.company is None or row.product is None:
        return ()
    company, product = row.company.id, row.product.id
    events = [*_exports(desk, row, company, product), *_changes(desk, company, product)]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))


def _exports(desk: Desk, row: PreviewRow, company: CompanyId, product: ProductId) -> Iterable[Event]:
    team, store = desk.team.id, desk.store
    keys = {part.key for part in row.parts}
    keys |= {link.key for link in store.choices.links(team) if link.company_id == company}
    tiers = {m.tier for m in store.choices.mappings(team) if m.product_id == product}
    found: dict[ExportId, list[Decimal]] = {}
    for export, part in store.exports.rows_of(team, keys):
        if part.tier in tiers and part.users is not None and part.problem is None:
            found.setdefault(export, []).append(part.users)
    for record in store.exports.all(team):
        if record.id in found:
            yield Event(record.uploaded_at, "Export uploaded", record.name, decimals(found[record.id]))
        elif record.accepted:
            yield Event(record.uploaded_at, "Export uploaded, not in it", record.name, None)


def _changes(desk: Desk, company: CompanyId, product: ProductId) -> Iterable[Event]:
    store = desk.store.operations
    for outcome in store.outcomes_of(desk.team.id, company):
        if outcome.change.product.id == product and (outcome.result.written or outcome.unknown):
            run = store.get(desk.team.id, outcome.operation_id)
            kind = "Undo" if run.kind is OperationKind.UNDO else "Push"
            yield Event(
                run.started_at, deed(outcome), f"{kind} by {run.who}", _after(outcome), outcome.operation_id
            )


def _after(outcome: Outcome) -> Decimal | None:
    return Decimal(outcome.after) if outcome.result.written and outcome.after else None
