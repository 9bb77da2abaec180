"""The command link: a company ruled out on the command line, listed, and allowed again."""

import json
from typing import Any

from tests.jobs.installation import Installation

from .conftest import NOVEMBER, Run

PORTAL = "brambeck-us"
BRAMBECK = 274


def link_of(run: Run, portal: str) -> dict[str, Any] | None:
    """The link of a portal, as the command lists it."""
    links = json.loads(run("link", "--json").out)
    return next((link for link in links if link["portal"] == portal), None)


def status_of(run: Run, portal: str) -> str:
    """The status of the row that holds a portal."""
    rows = json.loads(run("preview", str(NOVEMBER), "--json").out)["rows"]
    (status,) = [row["status"] for row in rows if portal in {t["portal"] for t in row["tenants"]}]
    return str(status)


def test_an_automatic_link_that_is_cleared_does_not_come_back(scanned: Installation, run: Run) -> None:
    assert status_of(run, PORTAL) == "ready"
    made = link_of(run, PORTAL)
    assert made is not None
    assert (made["source"], made["company"]["id"]) == ("automatic", BRAMBECK)
    assert made["reason"].startswith("Same name:")

    cleared = run("link", PORTAL, "--clear", "--json")
    assert cleared.code == 0
    assert "Brambeck Freight Ltd is ruled out for brambeck-us" in cleared.err
    assert "--allow 274" in cleared.err
    assert PORTAL not in {link["portal"] for link in json.loads(cleared.out)}

    assert status_of(run, PORTAL) in ("unmatched", "ambiguous")
    assert link_of(run, PORTAL) is None
    (listed,) = json.loads(run("link", "--ruled-out", "--json").out)
    assert (listed["portal"], listed["company"]["id"], listed["tenant"]) == (
        PORTAL,
        BRAMBECK,
        "Brambeck Freight Ltd",
    )


def test_what_was_ruled_out_is_allowed_again_by_itself_or_by_a_link(scanned: Installation, run: Run) -> None:
    assert "No company is ruled out" in run("link", "--ruled-out").out
    assert run("link", PORTAL, "--not", str(BRAMBECK)).code == 0
    assert "Brambeck Freight Ltd (274)" in run("link", "--ruled-out").out
    assert run("link", PORTAL, "--allow", str(BRAMBECK)).code == 0
    assert status_of(run, PORTAL) == "ready"

    assert run("link", PORTAL, "--not", str(BRAMBECK)).code == 0
    assert run("link", PORTAL, "--company", str(BRAMBECK)).code == 0
    assert "No company is ruled out" in run("link", "--ruled-out").out
    by_hand = link_of(run, PORTAL)
    assert by_hand is not None
    assert (by_hand["source"], by_hand["tenant"]) == ("by_hand", "Brambeck Freight Ltd")
    refused = run("link", PORTAL, "--not", str(BRAMBECK))
    assert refused.code == 1
    assert "Remove that link instead" in refused.err
