"""Plan a push, start it when the digest is the approved one, or rehearse it."""

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
from seatsync.previews import Review, build_preview
from seatsync.runs import open_run
from seatsync.status import OperationKind


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan with the preview it was made from and the brake that it trips, if any."""

    review: Review
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
    return Proposal(review, plan, find_brake(plan, review.preview.billed, rules.brakes))


def push(desk: Desk, proposal: Proposal, digest: str, accepted: int | None = None) -> Operation:
    """Start the push of a plan that was rebuilt just now, if ``digest`` is its digest.

    ``accepted`` is the number of cancels typed to pass a brake. Nothing is written unless all checks pass.
    Raises DigestMismatch, BrakeTripped, RunInProgress, PushRefused, NotConfigured.
    """
    export = proposal.plan.export_id
    desk.require(Permission.MANAGE, "push.start", str(export))
    try:
        _check(proposal, digest, accepted)
        with desk.connect():
            pass
        operation = open_run(desk, lambda: _opened(desk, proposal))
    except PushRefused:
        desk.store.audit.append(_draft(desk, proposal, "refused"))
        raise
    desk.runner().start(operation)
    return operation


def _opened(desk: Desk, proposal: Proposal) -> Operation:
    plan = proposal.plan
    return desk.store.operations.open(
        desk.team.id,
        OperationKind.SEAT_SYNC,
        desk.person.name,
        digest=plan.digest,
        export=plan.export_id,
        snapshot=plan.snapshot_id,
        changes=plan.changes,
        audit=_draft(desk, proposal, "ok"),
    )


def _check(proposal: Proposal, digest: str, accepted: int | None) -> None:
    if digest != proposal.plan.digest:
        raise DigestMismatch(
            "The plan has changed since it was approved, so nothing was written. "
            "Review the new plan and confirm it."
        )
    if not proposal.plan.changes:
        raise PushRefused("No row is chosen, so there is nothing to push. Choose rows in the preview.")
    check_brake(proposal.brake, accepted)


def _draft(desk: Desk, proposal: Proposal, result: str) -> AuditDraft:
    plan = proposal.plan
    return desk.draft(
        Permission.MANAGE,
        "push.start",
        f"export {plan.export_id}",
        {},
        {"digest": plan.digest, "changes": len(plan.changes), "brake": str(proposal.brake or "")},
        result,
    )


def rehearse_plan(desk: Desk, plan: Plan) -> tuple[Outcome, ...]:
    """Do every read of a push and no write; each outcome says what would be sent, or why not.

    Raises NotConfigured.
    """
    desk.require(Permission.MANAGE, "push.rehearse", f"export {plan.export_id}")
    with desk.connect() as connectwise:
        return rehearse(planned(plan.changes), connectwise, desk.today)
