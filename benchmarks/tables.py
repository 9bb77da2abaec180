"""Write tables and JSON to standard output."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def say(text: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def answer(content: Mapping[str, Any]) -> None:
    """Write JSON."""
    say(json.dumps(content, indent=1))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table: the first column to the left, figures to the right."""
    lines = [list(columns), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    for first, *others in lines:
        figures = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        say("  ".join([first.ljust(widths[0]), *figures]))


def percent(share: float | None, places: int = 1) -> str:
    """Show a share as per cent; a share of nothing is a dash."""
    return "-" if share is None else f"{100 * share:.{places}f}"
