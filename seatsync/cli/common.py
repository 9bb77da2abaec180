"""What every command shares: its options, its desk, and how it exits."""

import gc
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from seatsync.console import tell
from seatsync.errors import InvalidChoice
from seatsync.status import OperationKind, OperationStatus, Result

if TYPE_CHECKING:
    from seatsync.desk import Desk
    from seatsync.journal import Operation
    from seatsync.wiring import Wiring

TeamOption = Annotated[str, typer.Option("--team", help="The team, by name; the root team if left out.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON on standard output.")]

WAITING = 2
FAILED = 1
_LARGEST = 2**31 - 1


def collect_again() -> None:
    """Turn on the garbage collector, which is off while a command imports; what is there by now stays."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


@contextmanager
def open_desk(team: str) -> "Iterator[tuple[Wiring, Desk]]":
    """Open the installation of the environment's settings at a team's desk."""
    from seatsync.settings import load_settings
    from seatsync.wiring import Wiring

    collect_again()
    with Wiring(load_settings()) as wiring:
        yield wiring, wiring.desk(team)


def exit_with(code: int) -> None:
    """End the command with an exit code other than 0."""
    if code:
        raise typer.Exit(code)


def waits(operation: "Operation") -> int:
    """Return the exit code of a run: whether it left something for a person."""
    short = operation.counts.get(Result.SKIPPED, 0) + operation.counts.get(Result.FAILED, 0)
    return WAITING if short or operation.status is not OperationStatus.COMPLETED else 0


def exit_after(operation: "Operation") -> None:
    """End the command as the run ended; why a run could not be carried out is told."""
    if operation.status is OperationStatus.FAILED:
        tell(operation.message)
        exit_with(FAILED)
    exit_with(waits(operation))


def pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    """Read ``NAME=VALUE`` options. Raises InvalidChoice for one that is not so."""
    found = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise InvalidChoice(f'Option {option} takes NAME=VALUE, not "{text}".')
        found[name.strip()] = value.strip().strip('"')
    return found


def keys_of(select: str) -> list[str]:
    """Read keys with commas between."""
    return [key.strip() for key in select.split(",") if key.strip()]


def whole(text: str, what: str) -> int:
    """Read an id. Raises InvalidChoice for one that is not a whole number."""
    if not text.strip().isascii() or not text.strip().isdigit():
        raise InvalidChoice(f'{_told(what)} is a whole number, not "{text}".')
    if int(text) > _LARGEST:
        raise InvalidChoice(f"{_told(what)} is at most {_LARGEST}, not {text}.")
    return int(text)


def _told(what: str) -> str:
    return f"Option {what}" if what.startswith("-") else what


class Terminated(BaseException):
    """The process is asked to end: what waits for a run is to let go of it."""


@contextmanager
def letting_go() -> Iterator[None]:
    """Turn a request to terminate into Terminated, so that the runner is closed in good order."""

    def terminate(*_: object) -> None:
        raise Terminated

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def await_run(wiring: "Wiring", desk: "Desk", operation: "Operation") -> "Operation":
    """Wait for a run, telling its progress; an interrupt asks it to stop after the change in flight.

    A request to terminate a push or undo finishes the changes in flight and leaves the rest to be resumed.
    """
    from seatsync.jobs.durable import wait_for
    from seatsync.runs import stop

    said = ""

    def watch(now: "Operation") -> None:
        nonlocal said
        line = f"{now.kind.label} {now.id}: {now.status.label}"
        if not now.status.finished:
            line += f", {now.done} of {now.total}" if now.total else ""
            line += f"; {now.message}" if now.message else ""
        if line != said:
            said = line
            tell(line)

    try:
        # A scan has nothing to finish: it is begun anew, and the snapshot before it stays.
        with nullcontext() if operation.kind is OperationKind.SCAN else letting_go():
            return wait_for(wiring.store, desk.team.id, operation.id, watch)
    except KeyboardInterrupt:
        tell("Stopping after the change in flight.")
        stop(desk, operation.id)
        return wait_for(wiring.store, desk.team.id, operation.id, watch)
    except Terminated:
        tell("Ending after the changes in flight.")
        wiring.let_go()
        left = wiring.store.operations.get(desk.team.id, operation.id)
        if left.status.finished:
            return left
        tell(f"What is left goes on with: python -m seatsync resume {operation.id}")
        raise typer.Exit(FAILED) from None
