"""A month's work as a script does it, on the sample book: what runs is a process of its own."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from seatsync.simulator.app import create_app
from seatsync.simulator.book import SimulatedBook
from tests.contract.proxy import running
from tests.jobs.installation import Installation
from tests.jobs.worlds import TODAY

from .conftest import NOVEMBER, Run

LOCKED = "c284-p3409 c285-p3409 c279-p3409 c280-p3409".split()
CREATES = "c292-p3409 c297-p3409 c296-p3410 c295-p3409 c294-p3409 c293-p3409".split()
CANCELS = "c275-p3409 c276-p3410 c277-p3409 c278-p3409".split()
OPTED = ["c307-p3409", *CREATES, *CANCELS]
NEEDS_A_PERSON = {"unmatched", "ambiguous", "license_unmapped", "multiple_additions", "unreadable"}


class Journey:
    """Runs commands, and reads their JSON: in processes of their own, the quick ones in this one."""

    def __init__(self, installation: Installation, run: Run) -> None:
        self.installation = installation
        self._run = run

    def here(self, *arguments: str, code: int = 0) -> Any:
        ended = self._run(*arguments, "--json")
        assert ended.code == code, f"{arguments}: {ended.err}"
        return json.loads(ended.out)

    def __call__(self, *arguments: str, code: int = 0) -> Any:
        ended = self.installation.run(*arguments, "--json")
        assert ended.returncode == code, f"{arguments}: {ended.stderr}"
        assert "Traceback" not in ended.stderr
        return json.loads(ended.stdout)


@pytest.fixture
def journey(sqlite_url: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journey]:
    """An empty installation on a simulator of its own."""
    with running(create_app(SimulatedBook.sample(), today=TODAY)) as url:
        installation = Installation(sqlite_url, url)
        for name, value in installation.environment.items():
            monkeypatch.setenv(name, value)
        yield Journey(installation, run)
        installation.close()


def promised(preview: dict[str, Any], keys: set[str]) -> list[dict[str, Any]]:
    return [row for row in preview["rows"] if row["key"] in keys]


def assert_server_holds(installation: Installation, rows: list[dict[str, Any]]) -> None:
    """Compare the server with what the preview promised, line by line."""
    lines = installation.lines()
    for row in rows:
        if row["change"] == "update":
            assert Decimal(str(lines[row["addition_id"]]["quantity"])) == Decimal(row["quantity_new"])
        elif row["change"] == "cancel":
            assert lines[row["addition_id"]]["cancelledDate"] >= "2026-11-30"
        else:
            made = [
                line
                for line in lines.values()
                if line["product"]["id"] == row["product"]["id"]
                and line["agreementId"] in {a["id"] for a in row["agreements"]}
                and line["effectiveDate"] >= "2026-11-22"
            ]
            assert [Decimal(str(line["quantity"])) for line in made] == [Decimal(row["quantity_new"])], row[
                "key"
            ]


def test_a_month_from_the_first_scan_to_nothing_left_to_push(journey: Journey, run: Run) -> None:
    installation = journey.installation
    untouched = installation.lines()
    scanned = journey("scan")
    assert (scanned["status"], scanned["companies"], scanned["additions"]) == ("completed", 66, 255)
    for tier, product in (("Advanced", "3409"), ("Complete", "3410"), ("Basic", "AV-EBP")):
        journey.here("map", f"Email {tier} Protect", "--product", product)
    mapped = journey.here("map", "Archiving Add-on Only", "--no-charge")
    assert [(m["product"] or {}).get("id") for m in mapped] == [None, 3409, 3411, 3410]
    assert installation.writes() == []

    preview = journey("preview", str(NOVEMBER), code=2)
    assert preview["export"]["rows"] == 63
    default = {row["key"] for row in preview["rows"] if row["selected"]}
    assert len(default) == 18

    # First push: what is chosen by default, in two steps.
    plan = journey("push", "1", "--select", "default", code=2)
    assert (plan["status"], plan["operation"]) == ("planned", None)
    assert {outcome["key"] for outcome in plan["outcomes"]} == default
    assert installation.writes() == []
    pushed = journey("push", "1", "--select", "default", "--digest", plan["digest"])
    assert (pushed["status"], pushed["updated"], pushed["digest"]) == ("completed", 18, plan["digest"])
    assert {o["result"] for o in pushed["outcomes"]} == {"updated"}
    assert_server_holds(installation, promised(preview, default))
    assert len(installation.writes()) == 18

    # The same plan again is refused, and nothing is written.
    again = run("push", "1", "--select", "default", "--digest", plan["digest"])
    assert (again.code, again.out) == (1, "")
    assert "pushed already as operation 2" in again.err
    assert len(installation.writes()) == 18

    # Second push: creates, cancels and a decrease to 0, by key.
    options = ["1", "--select", ",".join(OPTED), "--agreement", "c293-p3409=126"]
    plan = journey.here("push", *options, code=2)
    assert Counter(o["change"] for o in plan["outcomes"]) == {"update": 1, "create": 6, "cancel": 4}
    assert plan["brake"] is None
    rehearsed = journey.here("push", *options, "--rehearse", code=2)
    assert all("would send P" in o["message"] for o in rehearsed["outcomes"])
    assert len(installation.writes()) == 18
    pushed = journey("push", *options, "--digest", plan["digest"])
    assert (pushed["created"], pushed["updated"], pushed["cancelled"]) == (6, 1, 4)
    assert (pushed["skipped"], pushed["failed"]) == (0, 0)
    dates = {o["change"]: o["date"] for o in pushed["outcomes"]}
    assert dates["update"] is None
    assert_server_holds(installation, promised(preview, set(OPTED)))

    # Nothing is left but what a person has to see to, and no other line was touched.
    journey("scan")
    left = journey.here("preview", str(NOVEMBER), code=2)
    open_rows = {row["key"] for row in left["rows"] if row["status"] not in {"no_change", "skipped"}}
    undecided = {row["key"] for row in left["rows"] if row["status"] in NEEDS_A_PERSON}
    assert open_rows == undecided | set(LOCKED)
    assert not [row["key"] for row in left["rows"] if row["selected"]]
    changed = {row["addition_id"] for row in promised(preview, default | set(OPTED))} - {None}
    now = installation.lines()
    assert {
        number: line for number, line in now.items() if number in untouched and number not in changed
    } == {number: line for number, line in untouched.items() if number not in changed}
    assert len(now) == len(untouched) + 6

    # Every write has its audit entry, and the chain holds.
    entries = Counter(entry["action"] for entry in journey.here("audit"))
    writes = installation.writes()
    # A create whose date was refused is sent again with a later one.
    assert len([w for w in writes if w["status"] in (200, 201)]) == 18 + 11
    assert entries["push.update"] == 19
    assert (entries["push.create"], entries["push.cancel"]) == (6, 4)
    assert journey.here("audit", "verify")["ok"] is True
    listed = journey.here("operations")
    assert [(o["kind"], o["status"]) for o in listed] == [
        ("scan", "completed"),
        ("seat_sync", "completed"),
        ("seat_sync", "completed"),
        ("scan", "completed"),
    ]
    shown = journey.here("operations", "3")
    assert (shown["done"], shown["total"], len(shown["outcomes"])) == (11, 11, 11)
    assert journey.here("resume", "3")["status"] == "completed", "an ended run is only shown"


def test_a_plan_that_cuts_much_needs_the_number_of_its_cancels(
    scanned: Installation, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The first half of the export, called complete: the clients of the other half look like orphans."""
    half = tmp_path / "half.csv"
    half.write_bytes(b"\n".join(NOVEMBER.read_bytes().splitlines()[:31]) + b"\n")
    with running(create_app(SimulatedBook.sample(), today=TODAY)) as url:
        monkeypatch.setenv("SEATSYNC_CONNECTWISE_URL", url)
        server = Installation(scanned.database, url)
        assert run("preview", str(half), "--complete", "the other half has left").code == 2
        options = ["push", "1", "--select", "all"]
        plan = json.loads(run(*options, "--json").out)
        cancels = sum(o["change"] == "cancel" for o in plan["outcomes"])
        assert plan["brake"]["cancels"] == cancels > 10

        for given in ([], ["--accept-brakes", str(cancels - 1)]):
            braked = run(*options, "--digest", plan["digest"], *given)
            assert (braked.code, braked.out) == (1, "")
            assert f"The plan cancels {cancels} of " in braked.err
            assert f"give the number of cancels: {cancels}." in braked.err
        assert server.writes() == []
        done = run(*options, "--digest", plan["digest"], "--accept-brakes", str(cancels), "--json")

        assert done.code == 0, done.err
        assert json.loads(done.out)["cancelled"] == cancels
        refused = [e for e in json.loads(run("audit", "--json").out) if e["result"] == "refused"]
        assert [e["action"] for e in refused] == ["push.start", "push.start"]


def test_a_preview_written_to_files_is_harmless_in_a_spreadsheet(scanned: Installation, run: Run) -> None:
    folder = NOVEMBER.parent
    text = (folder / NOVEMBER.name).read_text("utf-8-sig").splitlines()
    hostile = text[1].replace("Brambeck Freight Limited", '"=HYPERLINK(""http://x"")"', 1)
    database = scanned.database.removeprefix("sqlite:///")
    export = f"{database}.csv"
    with open(export, "w", encoding="utf-8") as file:
        file.write("\n".join([text[0], hostile, *text[2:]]))

    assert run("preview", export, "--csv", f"{database}-out.csv", "--xlsx", f"{database}-out.xlsx").code == 2

    with open(f"{database}-out.csv", encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    risky = [
        c
        for c in cells
        if (c and c[0] in "=+@\t\r") or (c[:1] == "-" and not c[1:].replace(".", "").isdigit())
    ]
    assert risky == []


def test_a_choice_reclassifies_the_export_without_another_upload_or_scan(
    scanned: Installation, run: Run
) -> None:
    def statuses() -> dict[str, Any]:
        said = json.loads(run("preview", str(NOVEMBER), "--json").out)
        return {row["key"]: row for row in said["rows"]}

    def planned(*options: str) -> set[str]:
        return {o["key"] for o in json.loads(run("push", "1", *options, "--json").out)["outcomes"]}

    statuses()
    requests = len(scanned.lines()), planned("--select", "default")
    assert "c285-p3409" not in requests[1]

    # Iskford Plastics is on a license that is spelled otherwise: mapped, its locked orphan is its row.
    assert run("map", "email advanced protect", "--product", "3409").code == 0
    assert planned("--select", "default") == requests[1]
    assert statuses()["c285-p3409"]["status"] == "no_change"

    # A tenant of nobody's name gets its company by a link: it is billed there, and can be added.
    before = statuses()
    portal = before["tb27c764ae2c4"]["tenants"][0]["portal"]
    assert run("link", portal, "--company", "301").code == 0
    assert "tb27c764ae2c4" not in statuses()
    run("link", portal, "--clear")
    assert statuses()["tb27c764ae2c4"]["status"] == "unmatched"

    # Another agreement type: lines of the rest no longer count, so that no update of theirs is planned.
    assert run("agreement-types", "--set", "Project").code == 0
    assert planned("--select", "default") < requests[1]
    assert run("agreement-types", "--clear").code == 0
    assert planned("--select", "default") == requests[1]
