"""Commands that write to ConnectWise, each in two steps: push, undo."""

from typing import TYPE_CHECKING, Annotated

import typer

from seatsync.cli.common import (
    WAITING,
    JsonOption,
    TeamOption,
    await_run,
    exit_after,
    exit_with,
    keys_of,
    open_desk,
    pairs,
    whole,
)
from seatsync.console import answer, print_outcomes, print_plan, say, tell
from seatsync.errors import DigestMismatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatsync.answers import Json
    from seatsync.desk import Desk
    from seatsync.journal import Operation, Outcome
    from seatsync.model import OperationId
    from seatsync.pushes import Proposal
    from seatsync.undos import LookBack
    from seatsync.wiring import Wiring

DigestOption = Annotated[str, typer.Option(help="The digest of the approved plan; without it, only plan.")]
BrakesOption = Annotated[int | None, typer.Option(help="The number of cancels, to pass a brake.")]
RehearseOption = Annotated[bool, typer.Option("--rehearse", help="Do every read and no write.")]


def push(
    export: Annotated[str, typer.Argument(metavar="EXPORT_ID", help="The export's id, from preview.")],
    select: Annotated[str, typer.Option(help="default, all, or row keys with commas between.")],
    digest: DigestOption = "",
    agreement: Annotated[
        list[str] | None, typer.Option(help="Where a create goes: KEY=AGREEMENT_ID.")
    ] = None,
    accept_brakes: BrakesOption = None,
    rehearse: RehearseOption = False,
    team: TeamOption = "",
    json: JsonOption = False,
) -> None:
    """Plan a push of chosen rows; with the plan's digest, push exactly that plan."""
    from seatsync import pushes
    from seatsync.model import AgreementId, ExportId

    chosen = {
        key: AgreementId(whole(id_, "--agreement"))
        for key, id_ in pairs(agreement or [], "--agreement").items()
    }
    keys = select if select in ("default", "all") else keys_of(select)
    with open_desk(team) as (wiring, desk):
        proposal = pushes.propose(desk, ExportId(whole(export, "EXPORT_ID")), keys, chosen)
        if _only_rehearses(desk, digest) or rehearse:
            _rehearse(desk, proposal, digest, json)
        elif digest and (proposal.plan.changes or digest != proposal.plan.digest):
            _push(wiring, desk, proposal, digest, accept_brakes, json)
        else:
            _show_plan(proposal, json)


def undo(
    operation: Annotated[str, typer.Argument(metavar="OPERATION_ID", help="The push or undo to take back.")],
    select: Annotated[str, typer.Option(help="all, or keys of its changes with commas between.")] = "all",
    digest: DigestOption = "",
    accept_brakes: BrakesOption = None,
    rehearse: RehearseOption = False,
    team: TeamOption = "",
    json: JsonOption = False,
) -> None:
    """Plan the undo of a push or an undo; with the plan's digest, undo exactly that."""
    from seatsync import undos
    from seatsync.model import OperationId

    number = OperationId(whole(operation, "OPERATION_ID"))
    with open_desk(team) as (wiring, desk):
        proposal = undos.propose_undo(desk, number, "all" if select == "all" else keys_of(select))
        if _only_rehearses(desk, digest) or rehearse:
            _rehearse(desk, proposal, digest, json)
        elif digest and (proposal.plan.changes or digest != proposal.plan.digest):
            _push(wiring, desk, proposal, digest, accept_brakes, json)
        else:
            _show_plan(proposal, json, undos.look_back(desk, number))


def _push(
    wiring: "Wiring", desk: "Desk", proposal: "Proposal", digest: str, accepted: int | None, json: bool
) -> None:
    from seatsync import pushes

    operation = await_run(wiring, desk, pushes.push(desk, proposal, digest, accepted))
    _report(desk, operation, wiring.store.operations.outcomes(operation.id), json)


def _only_rehearses(desk: "Desk", digest: str) -> bool:
    """Say loudly that the team only rehearses; with a digest, what would have been a push is a rehearsal."""
    from seatsync.rehearsals import ONLY

    only = desk.rules.rehearse
    if only:
        tell(f"REHEARSAL. {ONLY}")
    return only and bool(digest)


def _rehearse(desk: "Desk", proposal: "Proposal", digest: str, json: bool) -> None:
    from seatsync.console import print_rehearsal
    from seatsync.pushes import rehearse_plan
    from seatsync.rehearsals import rehearsal_json

    if digest and digest != proposal.plan.digest:
        raise DigestMismatch("The plan has changed since it was approved. Review the new plan.")
    rehearsed = rehearse_plan(desk, proposal.plan)
    if json:
        answer({**rehearsal_json(proposal.plan.digest, rehearsed), **_undoes(proposal.plan.undoes)})
    else:
        print_rehearsal(rehearsed)
        say("Rehearsed: everything was read, nothing was written.")
    exit_with(WAITING if rehearsed else 0)


def _show_plan(proposal: "Proposal", json: bool, back: "LookBack | None" = None) -> None:
    from seatsync.answers import brake_json, left_out_json, push_json
    from seatsync.journal import planned

    plan = proposal.plan
    outcomes = planned(plan.changes)
    if json:
        said = {**push_json(plan.digest, "planned", outcomes), "brake": brake_json(proposal.brake)}
        answer({**said, **_undoes(plan.undoes), **({"left_out": left_out_json(back)} if back else {})})
    else:
        print_plan(plan, outcomes, proposal.brake)
        for each in back.outcomes if back else ():
            if each.change is None:
                change = each.outcome.change
                say(f"Left out: {change.company.name} ({change.product.identifier}). {each.why}")
    exit_with(WAITING if plan.changes else 0)


def _undoes(operation: "OperationId | None") -> "Json":
    return {} if operation is None else {"undoes": operation}


def _report(desk: "Desk", operation: "Operation", outcomes: "Sequence[Outcome]", json: bool) -> None:
    from seatsync.answers import push_json
    from seatsync.reports import sentence_of
    from seatsync.undos import look_back

    sentence = sentence_of(desk, look_back(desk, operation.id))

    if json:
        said = push_json(operation.digest, operation.status.value, outcomes, operation)
        answer({**said, "sentence": sentence, **_undoes(operation.undoes)})
    else:
        print_outcomes(outcomes)
        say(sentence)
    exit_after(operation)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (push, undo):
        app.command()(command)
