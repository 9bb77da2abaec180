"""The command line: the same actions as the browser's, for people's scripts and schedulers."""

import io
import os
import sys
import traceback
from collections.abc import Sequence

import typer
from typer._click.exceptions import ClickException, NoArgsIsHelpError

from seatsync.cli import choices, names, pushes, reviews, runs, schedules, servers
from seatsync.errors import SeatSyncError

app = typer.Typer(
    help="Reconcile Avanan seats with ConnectWise agreement additions.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for module in (servers, runs, pushes, schedules, choices, reviews, names):
    module.register(app)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 2 done and something waits, 1 could not be done."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a character gets a question mark, not an error.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = typer.main.get_command(app).main(
            args=list(arguments), prog_name="python -m seatsync", standalone_mode=False
        )
    except NoArgsIsHelpError as error:
        error.show()
        return 1
    except ClickException as error:
        sys.stderr.write(f"{error.format_message().rstrip('.')}. See: python -m seatsync --help\n")
        return 1
    except BrokenPipeError:
        # Whoever reads the output has gone; the interpreter would complain when it flushes at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except SeatSyncError as error:
        sys.stderr.write(f"{error} {error.hint}".rstrip() + "\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (typer.Abort, KeyboardInterrupt):
        sys.stderr.write("Stopped.\n")
        return 1
    except Exception as error:  # noqa: BLE001 - the outermost edge: a defect is one sentence, not a traceback
        if os.environ.get("SEATSYNC_DEBUG"):
            traceback.print_exc()
        sys.stderr.write(
            f"SeatSync met a defect ({type(error).__name__}: {error}). Set SEATSYNC_DEBUG=1 to see where.\n"
        )
        return 1
    return code if isinstance(code, int) else 0
