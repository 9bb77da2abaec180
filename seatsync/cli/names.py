"""The command that matches names alone: tenants with companies, each with the reason."""

import csv
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seatsync.cli.common import JsonOption, TeamOption
from seatsync.cli.reviews import read_file
from seatsync.console import answer, table
from seatsync.errors import ExportRefused

if TYPE_CHECKING:
    from seatsync.matching import NameIndex, Verdict

_WORTH_SHARING = 1000  # names; below, starting other processes takes longer than it saves
_SHARE = 100

_index: "NameIndex[str] | None" = None


def match(
    tenants: Annotated[Path, typer.Argument(help="CSV with the columns query_id and name.")],
    companies: Annotated[Path, typer.Argument(help="CSV with the columns id and name.")],
    team: TeamOption = "",  # noqa: ARG001 - every command takes it
    json: JsonOption = False,
) -> None:
    """Match tenant names with company names, and say why; nothing is saved."""
    from seatsync.matching import NameIndex

    global _index
    queries = _names(tenants, "query_id")
    _index = NameIndex(_one_name_each(companies))
    found = _match_all([name for _, name in queries])
    verdicts = [(query, name, verdict) for (query, name), verdict in zip(queries, found, strict=True)]
    if json:
        answer(
            [
                {
                    "query_id": query,
                    "decision": verdict.decision.value,
                    "company_id": verdict.chosen,
                    "score": verdict.score,
                    "reason": verdict.reason,
                    "candidates": [
                        {"company_id": c.id, "name": c.name, "score": c.score} for c in verdict.candidates
                    ],
                }
                for query, _, verdict in verdicts
            ]
        )
    else:
        table(
            ("Tenant", "Decision", "Company", "Score", "Reason"),
            [(name, v.decision.value, v.chosen or "", v.score, v.reason) for _, name, v in verdicts],
        )


def _names(file: Path, key: str) -> list[tuple[str, str]]:
    """Read ids and names. Raises ExportRefused for a file of another kind."""
    try:
        text = read_file(file).decode("utf-8-sig")
        reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
        if not {key, "name"} <= set(reader.fieldnames or ()):
            found = ", ".join(reader.fieldnames or ()) or "none"
            raise ExportRefused(f"{file} needs the columns {key} and name. Its columns: {found[:200]}.")
        return [(row[key] or "", row["name"] or "") for row in reader]
    except UnicodeDecodeError as error:
        raise ExportRefused(f"{file} is not UTF-8 text. Save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise ExportRefused(f"{file} is damaged, or no CSV with commas: {error}. Save it again.") from error


def _one_name_each(file: Path) -> list[tuple[str, str]]:
    """Read the companies, each id once. Raises ExportRefused for a blank id, or one with two names."""
    named: dict[str, str] = {}
    for id_, name in _names(file, "id"):
        if not id_.strip():
            raise ExportRefused(f'{file}: the company "{name[:80]}" has no id. Give each company its own.')
        if named.setdefault(id_, name) != name:
            raise ExportRefused(f"{file}: the id {id_[:80]} has two names. Give each company its own id.")
    return list(named.items())


def _match_all(names: Sequence[str]) -> "list[Verdict[str]]":
    """Match the names in order; many of them on every processor, each process with the index as it is."""
    workers = min(os.cpu_count() or 1, len(names) // _WORTH_SHARING + 1)
    if workers < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return _match_some(names)
    shares = [names[start : start + _SHARE] for start in range(0, len(names), _SHARE)]
    with ProcessPoolExecutor(workers, multiprocessing.get_context("fork")) as pool:
        return [verdict for share in pool.map(_match_some, shares) for verdict in share]


def _match_some(names: Sequence[str]) -> "list[Verdict[str]]":
    assert _index is not None
    found = {name: _index.match(name) for name in dict.fromkeys(names)}
    return [found[name] for name in names]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(match)
