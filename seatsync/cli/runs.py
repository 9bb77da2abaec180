"""Commands that run and watch: scan, push, operations, resume, cancel."""

from typing import TYPE_CHECKING, Annotated

import typer

from seatsync.cli.common import (
    FAILED,
    WAITING,
    JsonOption,
    TeamOption,
    await_run,
    exit_with,
    open_desk,
    pairs,
    whole,
)
from seatsync.console import answer, print_operations, print_outcomes, print_plan, say, tell
from seatsync.errors import DigestMismatch
from seatsync.status import OperationStatus, Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatsync.desk import Desk
    from seatsync.journal import Operation, Outcome
    from seatsync.pushes import Proposal
    from seatsync.wiring import Wiring


def scan(team: TeamOption = "", json: JsonOption = False) -> None:
    """Take a snapshot of ConnectWise: companies, agreements, additions, products."""
    from seatsync.answers import scan_json
    from seatsync.runs import start_scan

    with open_desk(team) as (wiring, desk):
        operation = await_run(wiring, desk, start_scan(desk))
    if json:
        answer(scan_json(operation))
    elif operation.status is OperationStatus.COMPLETED:
        say(operation.message)
    if operation.status is not OperationStatus.COMPLETED:
        tell(operation.message)
        exit_with(FAILED)


def push(
    export: Annotated[str, typer.Argument(metavar="EXPORT_ID", help="The export's id, from preview.")],
    select: Annotated[str, typer.Option(help="default, all, or row keys with commas between.")],
    digest: Annotated[str, typer.Option(help="The digest of the approved plan; without it, only plan.")] = "",
    agreement: Annotated[
        list[str] | None, typer.Option(help="Where a create goes: KEY=AGREEMENT_ID.")
    ] = None,
    accept_brakes: Annotated[int | None, typer.Option(help="The number of cancels, to pass a brake.")] = None,
    rehearse: Annotated[bool, typer.Option("--rehearse", help="Do every read and no write.")] = False,
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
    keys = (
        select if select in ("default", "all") else [key.strip() for key in select.split(",") if key.strip()]
    )
    with open_desk(team) as (wiring, desk):
        proposal = pushes.propose(desk, ExportId(whole(export, "EXPORT_ID")), keys, chosen)
        if rehearse:
            _rehearse(desk, proposal, digest, json)
        elif digest and (proposal.plan.changes or digest != proposal.plan.digest):
            operation = pushes.push(desk, proposal, digest, accept_brakes)
            operation = await_run(wiring, desk, operation)
            _report(operation, wiring.store.operations.outcomes(operation.id), json)
        else:
            _show_plan(proposal, json)


def _rehearse(desk: "Desk", proposal: "Proposal", digest: str, json: bool) -> None:
    from seatsync.answers import push_json
    from seatsync.pushes import rehearse_plan

    if digest and digest != proposal.plan.digest:
        raise DigestMismatch("The plan has changed since it was approved. Review the new plan.")
    outcomes = rehearse_plan(desk, proposal.plan)
    if json:
        answer(push_json(proposal.plan.digest, "rehearsed", outcomes))
    else:
        print_outcomes(outcomes)
        say("Rehearsed: everything was read, nothing was written.")
    exit_with(WAITING if outcomes else 0)


def _show_plan(proposal: "Proposal", json: bool) -> None:
    from seatsync.answers import brake_json, push_json
    from seatsync.journal import planned

    plan = proposal.plan
    outcomes = planned(plan.changes)
    if json:
        answer({**push_json(plan.digest, "planned", outcomes), "brake": brake_json(proposal.brake)})
    else:
        print_plan(plan, outcomes, proposal.brake)
    exit_with(WAITING if plan.changes else 0)


def _report(operation: "Operation", outcomes: "Sequence[Outcome]", json: bool) -> None:
    from seatsync.answers import push_json

    if json:
        answer(push_json(operation.digest, operation.status.value, outcomes, operation))
    else:
        print_outcomes(outcomes)
        say(f"Operation {operation.id}: {operation.status.label}. {operation.message}")
    if operation.status is OperationStatus.FAILED:
        tell(operation.message)
        exit_with(FAILED)
    short = any(outcome.result in (Result.SKIPPED, Result.FAILED) for outcome in outcomes)
    exit_with(WAITING if short or operation.status is not OperationStatus.COMPLETED else 0)


def operations(
    operation: Annotated[str, typer.Argument(metavar="[ID]", help="One run, with its outcomes.")] = "",
    team: TeamOption = "",
    json: JsonOption = False,
) -> None:
    """List the tracked runs, or show one with its outcomes."""
    from seatsync.answers import operation_json

    with open_desk(team) as (wiring, desk):
        if operation:
            _show(wiring, desk, _find(desk, operation), json)
            return
        found = desk.store.operations.all(desk.team.id)
    if json:
        answer([operation_json(each, desk.team.name) for each in found])
    elif found:
        print_operations(found)
    else:
        say("Nothing has run yet.")


def _find(desk: "Desk", operation: str) -> "Operation":
    from seatsync.model import OperationId
    from seatsync.runs import look_up

    return look_up(desk, OperationId(whole(operation, "ID")))[0]


def _show(wiring: "Wiring", desk: "Desk", operation: "Operation", json: bool) -> None:
    from seatsync.answers import operation_json, outcome_json

    outcomes = wiring.store.operations.outcomes(operation.id)
    if json:
        shown = operation_json(operation, desk.team.name)
        answer({**shown, "outcomes": [outcome_json(outcome) for outcome in outcomes]})
    else:
        print_operations([operation])
        print_outcomes(outcomes)


def resume(
    operation: Annotated[str, typer.Argument(metavar="ID")], team: TeamOption = "", json: JsonOption = False
) -> None:
    """Go on with a run whose process died, and wait for its end."""
    with open_desk(team) as (wiring, desk):
        found = _find(desk, operation)
        if not found.status.finished:
            from seatsync.runs import take_over

            # Another process may get hold of the run first, and die: this one then takes it over again.
            wiring.runner(watch=True)
            take_over(desk, found)
            found = await_run(wiring, desk, found)
        _show(wiring, desk, found, json)
        if found.status is OperationStatus.FAILED:
            tell(found.message)
            exit_with(FAILED)
        short = found.counts.get(Result.SKIPPED, 0) + found.counts.get(Result.FAILED, 0)
        exit_with(WAITING if short or found.status is not OperationStatus.COMPLETED else 0)


def cancel(
    operation: Annotated[str, typer.Argument(metavar="ID")], team: TeamOption = "", json: JsonOption = False
) -> None:
    """Ask a run to stop after the change in flight."""
    from seatsync.model import OperationId
    from seatsync.runs import is_dead, stop, take_over

    with open_desk(team) as (wiring, desk):
        found = stop(desk, OperationId(whole(operation, "ID")))
        if is_dead(desk, found):
            take_over(desk, found)
            found = await_run(wiring, desk, found)
        _show(wiring, desk, found, json)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (scan, push, operations, resume, cancel):
        app.command()(command)
