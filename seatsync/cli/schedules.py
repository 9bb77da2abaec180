"""The command that says and sets when scans start by themselves: schedule."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from seatsync.cli.common import JsonOption, TeamOption, open_desk
from seatsync.console import answer, say
from seatsync.errors import InvalidChoice


def schedule(
    cron: Annotated[
        str | None,
        typer.Argument(metavar="[CRON]", help='When scans start, such as "0 6 * * 1"; shown if left out.'),
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Start no scan by itself any more.")] = False,
    team: TeamOption = "",
    json: JsonOption = False,
) -> None:
    """Show or set when scans start by themselves while the app runs, in the team's time zone."""
    from seatsync.answers import instant
    from seatsync.schedules import next_due, read_cron, save_schedule, schedule_of, told

    if off and cron is not None:
        raise InvalidChoice("Give either a schedule or --off, not both.")
    with open_desk(team) as (wiring, desk):
        if off:
            save_schedule(desk, "")
        elif cron is not None:
            save_schedule(desk, read_cron(cron).text)
        kept, zone, now = schedule_of(desk), wiring.timezone(desk.team.id), datetime.now(UTC)
    if json:
        due = next_due(kept, zone, now) if kept else None
        answer(
            {
                "cron": kept.text if kept else "",
                "timezone": zone,
                "next": instant(due) if due else None,
            }
        )
    elif kept:
        say(f"Scans start {told(kept, zone, now)}.")
    else:
        say("No scan starts by itself.")


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(schedule)
