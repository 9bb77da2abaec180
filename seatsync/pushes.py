"""Plan a push, start a push or an undo when the digest is the approved one, or rehearse it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from seatsync.brakes import Brake, check_brake, find_brake
from seatsync.desk import Desk
from seatsync.errors import DigestMismatch, NotReady, PushRefused
from seatsync.jobs.push import rehearse
from seatsync.journal import AuditDraft, Operation, Outcome, planned
from seatsync.model import AgreementId, ExportId
from seatsync.people import Permission
from seatsync.plan import Plan, choose, make_plan
from seatsync.previews import build_preview
from seatsync.runs import open_run
from seatsync.status import OperationKind


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan of a push or an undo, and the brake that it trips, if any."""

    plan: Plan
    brake: Brake | None


def propose(
    desk: Desk,
    export: ExportId,
    select: str | Collection[str] = "default",
    agreements: Mapping[str, AgreementId] | None = None,
    *,
    with_ticks: bool = False,
) -> Proposal:
    """Make the plan of the chosen rows from what is saved now; nothing is read from or sent to ConnectWise.

    ``select`` is ``default``, ``all`` or row keys; ``with_ticks`` takes the checkboxes that a person set into
    account. Raises NotReady without a license mapping, InvalidChoice, NotFound.
    """
    desk.require(Permission.MANAGE, "push.plan", str(export))
    if not desk.store.choices.mappings(desk.team.id):
        raise NotReady(
            "No license is mapped yet, so there is nothing to push. Map the licenses first "
            "(Mappings page, or: python -m seatsync map)."
        )
    review = build_preview(desk, export, agreements)
    rows = choose(review.preview, select, review.ticks if with_ticks else {})
    rules = desk.rules
    plan = make_plan(
        rows,
        review.book,
        desk.today,
        rules.agreement_types,
        team_id=desk.team.id,
        export_id=export,
        export_sha256=review.export.sha256,
        snapshot_id=review.snapshot.id,
    )
    return Proposal(plan, find_brake(plan, review.preview.billed, rules.brakes))


def push(desk: Desk, proposal: Proposal, digest: str, accepted: int | None = None) -> Operation:
    """Start a plan that was rebuilt just now, of a push or an undo, if ``digest`` is its digest.

    ``accepted`` is the number of cancels typed to pass a brake. Nothing is written unless all checks pass.
    Raises DigestMismatch, BrakeTripped, RunInProgress, PushRefused, NotConfigured.
    """
    plan = proposal.plan
    desk.require(Permission.MANAGE, f"{_verb(plan)}.start", _source(plan))
    try:
        _check(proposal, digest, accepted)
        with desk.connect():
            pass
        operation = open_run(desk, lambda: _opened(desk, plan, _draft(desk, proposal, "ok")))
    except PushRefused:
        desk.store.audit.append(_draft(desk, proposal, "refused"))
        raise
    desk.runner().start(operation)
    return operation


def _opened(desk: Desk, plan: Plan, draft: AuditDraft) -> Operation:
    return desk.store.operations.open(
        desk.team.id,
        OperationKind.SEAT_SYNC if plan.undoes is None else OperationKind.UNDO,
        desk.person.name,
        digest=plan.digest,
        export=plan.export_id,
        snapshot=plan.snapshot_id,
        changes=plan.changes,
        undoes=plan.undoes,
        audit=draft,
    )


def _verb(plan: Plan) -> str:
    return "push" if plan.undoes is None else "undo"


def _source(plan: Plan) -> str:
    return f"export {plan.export_id}" if plan.undoes is None else f"operation {plan.undoes}"


def _check(proposal: Proposal, digest: str, accepted: int | None) -> None:
    if digest != proposal.plan.digest:
        raise DigestMismatch(
            "The plan has changed since it was approved, so nothing was written. "
            "Review the new plan and confirm it."
        )
    if not proposal.plan.changes:
        chosen = "No row is chosen, so there is nothing to push. Choose rows in the preview."
        undone = "No change is chosen, so there is nothing to undo. Choose changes of the operation."
        raise PushRefused(chosen if proposal.plan.undoes is None else undone)
    check_brake(proposal.brake, accepted)


def _draft(desk: Desk, proposal: Proposal, result: str) -> AuditDraft:
    plan = proposal.plan
    return desk.draft(
        Permission.MANAGE,
        f"{_verb(plan)}.start",
        _source(plan),
        {},
        {"digest": plan.digest, "changes": len(plan.changes), "brake": str(proposal.brake or "")},
        result,
    )


def rehearse_plan(desk: Desk, plan: Plan) -> tuple[Outcome, ...]:
    """Do every read of a plan and no write; each outcome says what would be sent, or why not.

    Raises NotConfigured.
    """
    desk.require(Permission.MANAGE, f"{_verb(plan)}.rehearse", _source(plan))
    with desk.connect() as connectwise:
        return rehearse(planned(plan.changes), connectwise, desk.today, plan.undoes)
