"""Every fault at every moment of every kind of change: the right outcome, written once at most."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from seatsync.jobs.change import Protocol, Refused
from seatsync.journal import Outcome, planned
from seatsync.undos import take_back

from .test_change import cancel, create, outcome_of, update
from .worlds import TODAY, Simulated, client_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
HEALS = ("slow", "drop_after", "truncated_json")
"""Faults of an answer, whose write is done."""

LOSES = ("server_error", "bad_gateway", "drop_before", "ignored_write")
"""Faults of a request, whose write is not done."""

AFTERWARDS = ("500 when done", "502 when done", "504 when done")
"""Errors of a gateway in front of a server that did its work."""

FAULTS = ("rate_limited", *LOSES, *HEALS, "unauthorized", *AFTERWARDS)
KINDS = ("update", "create", "cancel", "bill again")
MOMENTS = ("re-read", "first try", "retry", "read-back", "check")


class Gateway(httpx.HTTPTransport):
    """A gateway that may answer a write with an error after the server has done it."""

    def __init__(self) -> None:
        super().__init__(verify=False)
        self.status = self.skip = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        if request.method == "GET" or not self.status:
            return response
        self.skip -= 1
        if self.skip >= 0:
            return response
        response.close()
        return httpx.Response(self.status, html="<h1>Bad gateway</h1>")


class Later:
    """The port, on which a fault begins to strike with the first read after a write."""

    def __init__(self, place: "Place") -> None:
        self._place = place
        self._begun = False

    def __getattr__(self, name: str) -> Any:
        if name in ("addition", "additions") and not self._begun and self._place.sent:
            self._begun = True
            self._place.strike(self._place.fault, "GET")
        return getattr(self._place.port, name)


@dataclass
class Place:
    """A cell of the matrix: a change, a fault, a moment; once, or for good where ``times`` is None."""

    kind: str
    fault: str
    moment: str
    times: int | None

    @property
    def possible(self) -> bool:
        """Whether the fault can strike there at all."""
        reads = self.moment in ("re-read", "read-back", "check")
        if self.moment == "check" and self.kind in ("update", "cancel"):
            return False  # the answer of a PATCH is compared with the line that was read before it
        return not (reads and self.fault in ("ignored_write", *AFTERWARDS))

    @property
    def expected(self) -> str:
        """What must come of it."""
        done = {"update": "updated", "create": "created", "cancel": "cancelled", "bill again": "updated"}
        always, refused = self.times is None, self.fault == "unauthorized"
        if self.fault == "slow":
            return done[self.kind]
        if self.moment in ("first try", "retry", "re-read") and refused:
            return "failed, run stopped"
        if self.moment in ("first try", "retry"):
            lost = self.fault in LOSES or (self.fault == "rate_limited" and always)
            return "failed" if lost else done[self.kind]
        if self.moment == "re-read":
            return "failed" if always else done[self.kind]
        return "unknown" if always or refused else done[self.kind]

    def meet(self, url: str) -> str:
        """Carry out the change under the fault, check what must always hold, and say what came of it."""
        self.world, self.gateway = Simulated(url), Gateway()
        self.port = client_of(url, self.gateway)
        try:
            outcome = self._planned()
            self.base = len(self.world.writes)
            before = self._lines()
            ended, stopped = self._carry_out(outcome)
            self._check(ended, before)
        finally:
            self.port.close()
            self.world.close()
        said = "unknown" if ended.unknown else ended.result.value
        return f"{said}, run stopped" if stopped else said

    def _planned(self) -> Outcome:
        if self.kind != "bill again":
            make = {"update": update, "create": create, "cancel": cancel}[self.kind]
            return outcome_of(make, self.world)
        done = Protocol(self.world.connectwise, TODAY, lambda: None).carry_out(outcome_of(cancel, self.world))
        undo = take_back(done)
        assert not isinstance(undo, str), undo
        (undoing,) = planned([undo])
        return undoing

    def _carry_out(self, outcome: Outcome) -> tuple[Outcome, bool]:
        method = "POST" if self.kind == "create" else "PATCH"
        port: Any = self.port
        match self.moment:
            case "re-read":
                self.strike(self.fault, "GET")
            case "first try":
                self.strike(self.fault, method)
            case "retry":
                self.strike("rate_limited", method, once=True)
                self.strike(self.fault, method, skip=1)
            case "read-back":
                self.strike("drop_after", method, once=True)
                port = Later(self)
            case "check":
                port = Later(self)
        sending: list[bool] = []
        protocol = Protocol(port, TODAY, lambda: sending.append(True), lambda _: None)
        try:
            ended, stopped = protocol.carry_out(outcome), False
        except Refused as refused:
            ended, stopped = refused.outcome, True
        return replace(ended, sent=bool(sending)), stopped

    def strike(self, fault: str, method: str, *, once: bool = False, skip: int = 0) -> None:
        """Let a fault strike from now on."""
        if fault in AFTERWARDS:
            self.gateway.status, self.gateway.skip = int(fault[:3]), skip
            return
        wish: dict[str, Any] = {"name": fault, "method": method, "times": 1 if once else self.times}
        wish |= {"seconds": 0.01} if fault == "slow" else {}
        self.world.control.post("/simulator/faults", json=wish).raise_for_status()

    @property
    def sent(self) -> int:
        """How many writes of the change have reached the server."""
        return len(self.world.writes) - self.base

    def _lines(self) -> list[dict[str, Any]]:
        held = self.world.control.get("/simulator/state").json()["additions"]
        return [{name: value for name, value in line.items() if name != "_info"} for line in held]

    def _check(self, ended: Outcome, before: list[dict[str, Any]]) -> None:
        """Compare the journal with the server: nothing written twice, no false success, no false failure."""
        log = self.world.control.get("/simulator/requests").json()
        writes = [entry for entry in log if entry["method"] != "GET"][self.base :]
        applied = [each for each in writes if each["fault"] in (None, *HEALS) and each["status"] != 429]
        after = self._lines()
        assert len(applied) <= 1, "written twice"
        assert (after != before) == bool(applied)
        if not ended.unknown:
            assert ended.result.written == bool(applied), ended.message
        assert ended.message.isprintable()
        assert bool(applied) <= ended.sent, "sent without a word in the journal"
        if not writes:
            assert ended.message.startswith("Nothing was written."), ended.message


def rows(url: str) -> list[tuple[str, ...]]:
    """Every fault at every moment as a row, with the outcome of each kind of change."""
    found = []
    for moment in MOMENTS:
        for fault in FAULTS:
            for times, how in ((1, "once"), (None, "always")):
                places = [Place(kind, fault, moment, times) for kind in KINDS]
                if not any(place.possible for place in places):
                    continue
                if fault in AFTERWARDS and times is None:
                    continue  # a write is sent once, so that once and always are the same
                cells = []
                for place in places:
                    ended = place.meet(url) if place.possible else "-"
                    assert ended == (place.expected if place.possible else "-"), (place, ended)
                    cells.append(ended)
                found.append((moment, fault, how, *cells))
    return found


def table(found: list[tuple[str, ...]]) -> str:
    """Write the rows as a table in Markdown; neighbours with equal outcomes share a row."""
    merged: dict[tuple[str, ...], list[str]] = {}
    for moment, fault, how, *cells in found:
        merged.setdefault((moment, *cells), []).append(f"{fault} {how}")
    lines = [
        "| Moment | Fault | Update | Create | Cancel | Bill again |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for (moment, *cells), faults in merged.items():
        named: dict[str, list[str]] = {}
        for each in faults:
            fault, _, how = each.rpartition(" ")
            named.setdefault(fault, []).append(how)
        told = ", ".join(
            f if len(hows) == 2 or f in AFTERWARDS else f"{f} ({hows[0]})" for f, hows in named.items()
        )
        lines.append(f"| {moment} | {told} | {' | '.join(cells)} |")
    return "\n".join(lines)


def test_every_fault_at_every_moment_has_its_outcome(
    simulator_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table is printed, and stands in the documents as it is."""
    told = table(rows(simulator_url))
    with capsys.disabled():
        sys.stdout.write(f"\n{told}\n")
    assert told in PAGE.read_text(), f"Put this table into {PAGE.name}:\n{told}"
