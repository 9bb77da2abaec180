"""Whatever is wrong: exit code 1, one sentence on standard error, nothing on standard output or done."""

import re
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from seatsync.connectwise import client
from seatsync.connectwise.pacing import Clock
from seatsync.simulator.app import create_app
from tests.contract.proxy import running
from tests.jobs.installation import ROOT, Installation
from tests.jobs.worlds import TODAY, simulated_book

from .conftest import NOVEMBER, Ended, Run

EXPORTS = ROOT / "tests" / "exports"


def assert_refused(ended: Ended, *words: str) -> None:
    """Check the form of a refusal, and that it says all of ``words``."""
    assert ended.code == 1
    assert ended.out == ""
    assert ended.err.count("\n") == 1, ended.err
    assert re.match(r'^[A-Z0-9"/]', ended.err), "a sentence begins with a capital, a name or a number"
    assert ended.err.rstrip().endswith((".", "--help")), ended.err
    assert "Traceback" not in ended.err
    assert "defect" not in ended.err
    for word in words:
        assert word in ended.err


def contents(installation: Installation) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the audit log, to which a refusal may add itself."""
    path = installation.database.removeprefix("sqlite:///")
    connection = sqlite3.connect(path)
    try:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if "audit" not in name and not name.startswith("sqlite_")
        ]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
    finally:
        connection.close()


def test_all_wrong_settings_are_told_at_once(
    empty: Installation, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSYNC_IN_FLIGHT", "many")
    monkeypatch.setenv("SEATSYNC_TIMEZONE", "Mars/Olympus")
    monkeypatch.setenv("SEATSYNC_DATABASE_URL", "mysql://anna:private-key@db/seats")
    monkeypatch.delenv("SEATSYNC_CONNECTWISE_COMPANY")

    ended = run("scan")

    names = ("IN_FLIGHT", "TIMEZONE", "DATABASE_URL", "CONNECTWISE_COMPANY")
    assert_refused(ended, *(f"SEATSYNC_{name}: " for name in names))
    assert "private-key" not in ended.err


@pytest.mark.parametrize("command", ["scan", "map", "link", "operations", "audit", "serve"])
def test_a_database_that_cannot_be_opened(
    command: str, empty: Installation, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SEATSYNC_DATABASE_URL", f"sqlite:///{tmp_path}/file/seatsync.db")

    assert_refused(run(command, *(("--port", "0") if command == "serve" else ())), f"{tmp_path}/file")


def test_a_file_that_is_no_database(empty: Installation, run: Run, tmp_path: Path) -> None:
    (tmp_path / "seatsync.db").write_text("a shopping list, and a long one at that" * 99)

    assert_refused(run("operations"), "file is not a database", "seatsync.db")


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize("command", ["serve", "simulator", "demo"])
def test_a_port_in_use(command: str, taken_port: int, empty: Installation, run: Run) -> None:
    assert_refused(run(command, "--port", str(taken_port)), f"Port {taken_port}", "--port")


def test_a_port_that_is_none(empty: Installation, run: Run) -> None:
    assert_refused(run("serve", "--port", "70000"), "Port 70000")


def test_serving_the_neighbourhood_without_sign_in(empty: Installation, run: Run) -> None:
    assert_refused(run("serve", "--host", "0.0.0.0"), "local mode")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--fault", "drop_after=2"], "not within 0 and 1"),
        (["--fault", "flood=0.1"], "'flood' is not a fault"),
        (["--fault", "slow"], 'takes NAME=VALUE, not "slow"'),
        (["--book", "/does/not/exist.json"], "/does/not/exist.json"),
        (["--book", str(NOVEMBER)], "not JSON"),
    ],
)
def test_a_simulator_that_cannot_start(options: list[str], words: str, empty: Installation, run: Run) -> None:
    assert_refused(run("simulator", "--port", "0", *options), words)


def last_line(ended: Ended) -> Ended:
    """Leave out the progress of a run that began."""
    return Ended(ended.code, ended.out, ended.err.splitlines(keepends=True)[-1])


def test_connectwise_that_cannot_be_reached(
    empty: Installation, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    quick = Clock(monotonic=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds))
    monkeypatch.setattr(client, "Clock", lambda: quick)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = listener.getsockname()[1]
    monkeypatch.setenv("SEATSYNC_CONNECTWISE_URL", f"http://127.0.0.1:{nobody}")

    assert_refused(last_line(run("scan")), "can't be reached")
    assert run("preview", str(NOVEMBER)).err.startswith('Team "Root" has no snapshot')


def test_connectwise_that_refuses_the_key(
    empty: Installation, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSYNC_CONNECTWISE_PRIVATE_KEY", "another-key")

    ended = run("scan")

    assert_refused(last_line(ended), "refused the credentials", "both keys")
    assert "another-key" not in ended.err


def test_a_company_that_connectwise_does_not_know(
    empty: Installation, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSYNC_CONNECTWISE_COMPANY", "nobody")

    assert_refused(last_line(run("scan")), 'knows no company "nobody"')


def test_no_connection_at_all(empty: Installation, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "COMPANY", "PUBLIC_KEY", "PRIVATE_KEY", "CLIENT_ID"):
        monkeypatch.delenv(f"SEATSYNC_CONNECTWISE_{name}")

    assert_refused(run("scan"), "ConnectWise is not configured for this team")
    assert run("operations", "--json").out == "[]\n"


def test_a_preview_before_the_first_scan(empty: Installation, run: Run) -> None:
    assert_refused(run("preview", str(NOVEMBER)), "no snapshot", "python -m seatsync scan")


def test_a_mapping_before_the_first_scan(empty: Installation, run: Run) -> None:
    assert_refused(run("map", "Email Advanced Protect", "--product", "3409"), "no snapshot")


def test_a_push_before_the_first_mapping(scanned: Installation, run: Run) -> None:
    for tier in ("Advanced", "Complete", "Basic"):
        run("map", f"Email {tier} Protect", "--clear")
    run("preview", str(NOVEMBER))

    assert_refused(run("push", "1", "--select", "default"), "No license is mapped yet", "seatsync map")


FILES = {
    "daily_usage_report.csv": "daily usage report",
    "damaged_workbook.xlsx": "damaged",
    "empty.csv": "empty",
    "header_only.csv": "header",
    "infinity_usage_table.csv": "Infinity",
    "invoice.pdf": "PDF",
    "limit_column_only.csv": "Maximum Licensed Users",
    "sign_in_page.csv": "HTML",
    "users_column_twice.csv": "",
    "licensed_users_only.csv": "--column users=",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_export(name: str, scanned: Installation, run: Run) -> None:
    before = contents(scanned)

    assert_refused(run("preview", str(EXPORTS / name)), FILES[name])
    assert contents(scanned) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["preview", "/does/not/exist.csv"], "/does/not/exist.csv can't be read"),
        (["preview", str(EXPORTS)], "is a folder"),
        (["preview", str(NOVEMBER), "--column", "users"], 'takes NAME=VALUE, not "users"'),
        (["preview", str(NOVEMBER), "--column", "users=Nonsense"], "Nonsense"),
        (["preview", str(NOVEMBER), "--column", "colour=Users"], "colour"),
        (["match", str(EXPORTS), str(NOVEMBER)], "is a folder"),
        (["match", str(NOVEMBER), str(NOVEMBER)], "needs the columns query_id and name"),
        (["match", str(EXPORTS / "invoice.pdf"), str(NOVEMBER)], "invoice.pdf"),
        (["scan", "--team", "Nobody"], "Nobody"),
        (["map", "--team", "Nobody"], "Nobody"),
        (["map", "Email Advanced Protect"], "--product ID, --no-charge and --clear"),
        (["map", "X", "--no-charge", "--clear"], "one of --product ID"),
        (["map", "X", "--product", "99999"], '"99999"'),
        (["map", "X", "--clear"], 'The license "X" has no mapping'),
        (["map", " ", "--no-charge"], "needs the license"),
        (["link", "portal"], "one of --company ID"),
        (["link", "portal", "--company", "Contoso"], 'whole number, not "Contoso"'),
        (["link", "portal", "--company", "99999"], "99999 is not in the last scan"),
        (["link", "portal", "--clear"], "has no link"),
        (["link", "portal", "--company", "250", "--not", "250"], "one of --company ID"),
        (["link", "portal", "--ruled-out"], "one of --company ID"),
        (["link", "--not", "250"], "one of --company ID"),
        (["link", " ", "--not", "250"], "needs the tenant's portal"),
        (["link", "portal", "--not", "99999"], "99999 is not in the last scan"),
        (["link", "portal", "--allow", "250"], "250 is not ruled out for the portal"),
        (["agreement-types", "--set", "Nonsense"], 'No agreement type "Nonsense"'),
        (["agreement-types", "--set", "Managed Services", "--clear"], "not both"),
        (["push", "99", "--select", "default"], "99"),
        (["push", "x", "--select", "default"], 'whole number, not "x"'),
        (["push", "1"], "--select"),
        (["operations", "99"], "no operation 99"),
        (["operations", "99999999999999999999"], "at most"),
        (["operations", "-1"], "-1"),
        (["resume", "99"], "no operation 99"),
        (["cancel", "99"], "no operation 99"),
        (["cancel", "¹"], "whole number"),
        (["audit", "check"], "check"),
        (["conquer"], "conquer"),
        (["scan", "--fast"], "--fast"),
        (["simulator", "--port", "high"], "--port"),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)
def test_a_command_that_cannot_be_carried_out(
    arguments: list[str], words: str, scanned: Installation, run: Run
) -> None:
    before = contents(scanned)

    assert_refused(run(*arguments), words)
    assert contents(scanned) == before


@pytest.fixture
def previewed(scanned: Installation, run: Run) -> Installation:
    """The installation after a preview of the November sample, export 1."""
    assert run("preview", str(NOVEMBER)).code == 2
    return scanned


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--select", "c1-p1"], "Row c1-p1 is not in this preview"),
        (["--select", "c287-p3410"], "Row c287-p3410 (Multiple additions) can't be chosen"),
        (["--select", "c284-p3409"], "(Orphaned) can't be chosen"),
        (["--select", "c293-p3409"], "Choose the agreement to add it to"),
        (["--select", "c293-p3409", "--agreement", "c293-p3409=99"], "can't go to agreement 99"),
        (["--select", "default", "--agreement", "c274-p3409=81"], "needs no agreement"),
        (["--select", "default", "--agreement", "nowhere=81"], "Row nowhere needs no agreement"),
        (["--select", "default", "--agreement", "c293-p3409"], "takes NAME=VALUE"),
        (["--select", "default", "--digest", "0" * 64], "The plan has changed since it was approved"),
        (["--select", "default", "--digest", "0" * 64, "--rehearse"], "The plan has changed"),
        (["--select", "default", "--accept-brakes", "three"], "--accept-brakes"),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)
def test_a_push_that_cannot_be_planned_or_is_not_the_approved_one(
    arguments: list[str], words: str, previewed: Installation, run: Run
) -> None:
    before, seen = contents(previewed), len(previewed.writes())

    assert_refused(run("push", "1", *arguments), words)
    assert contents(previewed) == before
    assert len(previewed.writes()) == seen


def test_a_wrong_digest_is_in_the_audit_log_as_refused(previewed: Installation, run: Run) -> None:
    run("push", "1", "--select", "default", "--digest", "0" * 64)

    assert '"result": "refused"' in run("audit", "--json").out


def test_an_output_file_that_cannot_be_written(scanned: Installation, run: Run, tmp_path: Path) -> None:
    ended = run("preview", str(NOVEMBER), "--csv", str(tmp_path / "none" / "out.csv"))

    assert_refused(ended, "out.csv can't be written")


def test_a_preview_is_refused_when_the_server_holds_another_books_companies(
    scanned: Installation, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A push against another server finds its lines gone and writes nothing."""
    run("preview", str(NOVEMBER))
    with running(create_app(simulated_book(), today=TODAY)) as url:
        monkeypatch.setenv("SEATSYNC_CONNECTWISE_URL", url)
        ended = run("push", "1", "--select", "c274-p3409", "--rehearse", "--json")

        assert ended.code == 2
        assert "no longer in ConnectWise" in ended.out
        assert Installation(scanned.database, url).writes() == []
