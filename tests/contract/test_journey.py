"""A whole month through the validating proxy: commands in front, the simulator behind, nothing broken."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seatsync.cli import main
from seatsync.simulator.app import create_app
from tests.contract.contract import Contract
from tests.contract.document import EXCERPT, OWN, Document
from tests.contract.market import (
    EXPORT,
    INVOICED,
    LEFT,
    STARTING,
    TODAY,
    UPDATED,
    agreement_of,
    market,
)
from tests.contract.proxy import Checked, running
from tests.jobs.installation import Installation

KEYS = [f"c{company}-p3409" for company in (UPDATED, STARTING, INVOICED, LEFT)]


class Month:
    """Runs commands in this process against the simulator behind the proxy."""

    def __init__(
        self, installation: Installation, checked: Checked, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.installation = installation
        self.checked = checked
        self._capsys = capsys

    def __call__(self, *arguments: str, code: int = 0) -> Any:
        """Run a command and read its JSON."""
        self._capsys.readouterr()
        ended = main([*arguments, "--json"])
        out, err = self._capsys.readouterr()
        assert ended == code, f"{arguments}: {err}"
        return json.loads(out)

    def line(self, company: int) -> dict[str, Any]:
        """Return the one line that the server holds for a company."""
        lines = self.installation.lines().values()
        (found,) = [line for line in lines if line["agreementId"] == agreement_of(company)]
        return found

    def writes(self, company: int) -> list[tuple[str, int, Any]]:
        """Return method, status and body of each write for a company."""
        part = f"/finance/agreements/{agreement_of(company)}/"
        return [
            (entry["method"], entry["status"], json.loads(entry["body"]))
            for entry in self.installation.writes()
            if part in entry["path"]
        ]


@pytest.fixture
def month(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Month]:
    """An empty installation, and a proxy that holds each exchange against every document at hand."""
    contracts = [Contract(Document.load(path)) for path in (OWN, EXCERPT) if path.exists()]
    checked = Checked(create_app(market(), today=TODAY), contracts)
    with running(checked) as url:
        installation = Installation(sqlite_url, url)
        for name, value in installation.environment.items():
            monkeypatch.setenv(name, value)
        yield Month(installation, checked, capsys)


def pushed(month: Month, export: Path) -> Any:
    """Scan, map, preview, and push all that the month brings."""
    export.write_text(EXPORT)
    assert month("scan")["additions"] == 4
    month("map", "Email Advanced Protect", "--product", "3409")
    preview = month("preview", str(export), code=2)
    statuses = {row["key"]: row["status"] for row in preview["rows"]}
    assert [statuses[key] for key in KEYS] == ["ready", "no_addition", "no_addition", "orphaned"]
    chosen = ["push", "1", "--select", ",".join(KEYS)]
    plan = month(*chosen, code=2)
    month(*chosen, "--rehearse", code=2)
    assert month.installation.writes() == []
    return month(*chosen, "--digest", plan["digest"])


def test_a_month_breaks_no_contract_on_either_side(month: Month, tmp_path: Path) -> None:
    done = pushed(month, tmp_path / "november.csv")

    counts = {name: done[name] for name in ("created", "updated", "cancelled", "skipped", "failed")}
    assert counts == {"created": 2, "updated": 1, "cancelled": 1, "skipped": 0, "failed": 0}
    # Each create was refused for the date that its agreement does not take, and then taken for a later one.
    assert [
        (status, body["effectiveDate"][:10])
        for method, status, body in month.writes(STARTING)
        if method == "POST"
    ] == [(400, "2026-11-22"), (400, "2026-12-01"), (201, "2026-12-15")]
    assert [
        (status, body["effectiveDate"][:10])
        for method, status, body in month.writes(INVOICED)
        if method == "POST"
    ] == [(400, "2026-11-22"), (201, "2026-12-01")]
    assert month.line(UPDATED)["quantity"] == 17
    assert month.line(STARTING)["effectiveDate"] == "2026-12-15T00:00:00Z"
    assert month.line(INVOICED)["effectiveDate"] == "2026-12-01T00:00:00Z"
    assert month.line(LEFT)["cancelledDate"] == "2026-11-30T00:00:00Z"
    month("scan")
    left = month("preview", str(tmp_path / "november.csv"))
    assert {row["status"] for row in left["rows"]} == {"no_change"}

    kinds = {entry.partition(" ")[0] for entry in month.checked.seen}
    assert kinds == {"GET", "POST", "PATCH"}
    assert month.checked.breaches == {}


def test_a_push_taken_back_breaks_no_contract_and_leaves_the_book_as_it_was(
    month: Month, tmp_path: Path
) -> None:
    before = {company: month.line(company) for company in (UPDATED, LEFT)}
    operation = str(pushed(month, tmp_path / "november.csv")["operation"])

    plan = month("undo", operation, code=2)
    assert (plan["status"], plan["operation"]) == ("planned", None)
    sent = len(month.installation.writes())
    done = month("undo", operation, "--digest", plan["digest"])

    assert (done["skipped"], done["failed"]) == (0, 0)
    assert len(month.installation.writes()) == sent + 4
    for company, line in before.items():
        assert {**month.line(company), "_info": None} == {**line, "_info": None}
    # A line that the push made is cancelled on the day it starts: nothing is ever deleted.
    for company in (STARTING, INVOICED):
        line = month.line(company)
        assert line["cancelledDate"] == line["effectiveDate"]
        assert month.writes(company)[-1][0] == "PATCH"
    assert month.writes(LEFT)[-1][2] == [{"op": "remove", "path": "cancelledDate"}]
    shown = month("operations", str(done["operation"]))
    assert (shown["kind"], shown["status"], shown["done"]) == ("undo", "completed", 4)
    assert month.checked.breaches == {}
