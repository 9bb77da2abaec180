"""Commands that run and watch: scan, operations, resume, cancel, look-again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seatsync.cli.common import (
    FAILED,
    JsonOption,
    TeamOption,
    await_run,
    exit_after,
    exit_with,
    keys_of,
    open_desk,
    waits,
    whole,
)
from seatsync.cli.reports import write_reports
from seatsync.console import answer, print_operations, print_outcomes, say, tell
from seatsync.errors import InvalidChoice
from seatsync.status import OperationStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatsync.desk import Desk
    from seatsync.journal import Operation


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
        exit_after(found)


def look_again(
    operation: Annotated[str, typer.Argument(metavar="OPERATION_ID", help="A push or undo that has ended.")],
    select: Annotated[str, typer.Option(help="all, or keys of its changes with commas between.")] = "all",
    team: TeamOption = "",
    json: JsonOption = False,
) -> None:
    """Read what became of the writes of a run whose outcome is unknown; nothing is sent."""
    from seatsync.look_again import look_again as settle
    from seatsync.model import OperationId

    with open_desk(team) as (_, desk):
        number = OperationId(whole(operation, "OPERATION_ID"))
        found, _ = settle(desk, number, "all" if select == "all" else keys_of(select))
        _show(desk, found, json)
        exit_with(waits(found))


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
    for command in (scan, operations, resume, cancel, look_again):
        app.command()(command)
