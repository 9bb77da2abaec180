"""Plan a push, start a push or an undo when the digest is the approved one, or rehearse it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from seatsync.brakes import Brake, check_brake, find_brake
from seatsync.desk import Desk
from seatsync.errors import DigestMismatch, NotReady, PushRefused
from seatsync.jobs.rehearsal import rehearse
from seatsync.journal import AuditDraft, Operation, planned
from seatsync.model import AgreementId, ExportId
from seatsync.owner_tag import with_serials
from seatsync.people import Permission
from seatsync.plan import Change, Plan, choose, make_plan
from seatsync.previews import build_preview
from seatsync.rehearsals import ONLY, Rehearsed
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
        _check(proposal, digest, accepted, desk.rules.rehearse)
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
        changes=_as_sent(desk, plan),
        undoes=plan.undoes,
        audit=draft,
    )


def _as_sent(desk: Desk, plan: Plan) -> tuple[Change, ...]:
    return with_serials(plan.changes, desk.rules.owner_tag, plan.digest)


def _verb(plan: Plan) -> str:
    return "push" if plan.undoes is None else "undo"


def _source(plan: Plan) -> str:
    return f"export {plan.export_id}" if plan.undoes is None else f"operation {plan.undoes}"


def _check(proposal: Proposal, digest: str, accepted: int | None, rehearses: bool) -> None:
    if rehearses:
        raise PushRefused(f"{ONLY} Rehearse the plan, or let an admin switch the setting off.")
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


def rehearse_plan(desk: Desk, plan: Plan) -> tuple[Rehearsed, ...]:
    """Do every read of a plan and no write; say of each change what would be sent, byte for byte, or why not.

    Raises NotConfigured.
    """
    desk.require(Permission.MANAGE, f"{_verb(plan)}.rehearse", _source(plan))
    with desk.connect() as connectwise:
        return rehearse(planned(_as_sent(desk, plan)), connectwise, desk.today, plan.undoes)
