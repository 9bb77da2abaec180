"""Commands that run and watch: scan, push, undo, operations, resume, cancel."""

from pathlib import Path
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
from seatsync.cli.reports import write_reports
from seatsync.console import answer, print_operations, print_outcomes, print_plan, say, tell
from seatsync.errors import DigestMismatch, InvalidChoice
from seatsync.status import OperationStatus, Result

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
    keys = select if select in ("default", "all") else _keys(select)
    with open_desk(team) as (wiring, desk):
        proposal = pushes.propose(desk, ExportId(whole(export, "EXPORT_ID")), keys, chosen)
        if rehearse:
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
        proposal = undos.propose_undo(desk, number, "all" if select == "all" else _keys(select))
        if rehearse:
            _rehearse(desk, proposal, digest, json)
        elif digest and (proposal.plan.changes or digest != proposal.plan.digest):
            _push(wiring, desk, proposal, digest, accept_brakes, json)
        else:
            _show_plan(proposal, json, undos.look_back(desk, number))


def _keys(select: str) -> list[str]:
    return [key.strip() for key in select.split(",") if key.strip()]


def _push(
    wiring: "Wiring", desk: "Desk", proposal: "Proposal", digest: str, accepted: int | None, json: bool
) -> None:
    from seatsync import pushes

    operation = await_run(wiring, desk, pushes.push(desk, proposal, digest, accepted))
    _report(desk, operation, wiring.store.operations.outcomes(operation.id), json)


def _rehearse(desk: "Desk", proposal: "Proposal", digest: str, json: bool) -> None:
    from seatsync.answers import push_json
    from seatsync.pushes import rehearse_plan

    if digest and digest != proposal.plan.digest:
        raise DigestMismatch("The plan has changed since it was approved. Review the new plan.")
    outcomes = rehearse_plan(desk, proposal.plan)
    if json:
        answer({**push_json(proposal.plan.digest, "rehearsed", outcomes), **_undoes(proposal.plan.undoes)})
    else:
        print_outcomes(outcomes)
        say("Rehearsed: everything was read, nothing was written.")
    exit_with(WAITING if outcomes else 0)


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
    if operation.status is OperationStatus.FAILED:
        tell(operation.message)
        exit_with(FAILED)
    short = any(outcome.result in (Result.SKIPPED, Result.FAILED) for outcome in outcomes)
    exit_with(WAITING if short or operation.status is not OperationStatus.COMPLETED else 0)


def operations(
    operation: Annotated[str, typer.Argument(metavar="[ID]", help="One run, with its outcomes.")] = "",
    csv_: Annotated[
        Path | None, typer.Option("--csv", help="Also write its outcomes to this CSV file.")
    ] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Also write its outcomes to this workbook.")] = None,
    html: Annotated[
        Path | None,
        typer.Option(help="Also write an evidence sheet per company, and an index, to this folder."),
    ] = None,
    team: TeamOption = "",
    json: JsonOption = False,
) -> None:
    """List the tracked runs, or show one with its outcomes and write its reports."""
    from seatsync.answers import operation_json

    with open_desk(team) as (_, desk):
        if operation:
            named = _find(desk, operation)
            _show(desk, named, json, write_reports(desk, named.id, csv_, xlsx, html))
            return
        if csv_ or xlsx or html:
            raise InvalidChoice(
                "A report is of one operation. Give its ID, as in: python -m seatsync operations 5 --csv OUT."
            )
        found = desk.store.operations.all(desk.team.id)
    if json:
        answer([{**operation_json(each, desk.team.name), "undoes": each.undoes} for each in found])
    elif found:
        print_operations(found)
    else:
        say("Nothing has run yet.")


def _find(desk: "Desk", operation: str) -> "Operation":
    from seatsync.model import OperationId
    from seatsync.runs import look_up

    return look_up(desk, OperationId(whole(operation, "ID")))[0]


def _show(desk: "Desk", operation: "Operation", json: bool, files: "Sequence[str]" = ()) -> None:
    from seatsync.answers import look_back_json, operation_json
    from seatsync.reports import sentence_of
    from seatsync.undos import look_back

    back = look_back(desk, operation.id)
    if json:
        told = {"sentence": sentence_of(desk, back), **({"files": list(files)} if files else {})}
        answer({**operation_json(operation, desk.team.name), **look_back_json(back), **told})
        return
    print_operations([operation])
    print_outcomes([each.outcome for each in back.outcomes])
    say(sentence_of(desk, back))
    if operation.status is OperationStatus.FAILED:
        say(operation.message)
    for line in back.said:
        say(line)


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
        _show(desk, found, json)
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
        _show(desk, found, json)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (scan, push, undo, operations, resume, cancel):
        app.command()(command)
