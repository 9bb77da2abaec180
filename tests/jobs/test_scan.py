"""How a scan tells what it is doing, and how long it may still take."""

from datetime import UTC, datetime, timedelta

import pytest

from seatsync.jobs.scan import ScanCancelled, Teller
from seatsync.journal import Operation
from seatsync.model import OperationId, TeamId
from seatsync.status import OperationKind, OperationStatus

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SCAN = Operation(OperationId(5), TeamId(1), OperationKind.SCAN, OperationStatus.RUNNING, "anna", NOON)


class Journal:
    """Keeps what was told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int, str]] = []
        self.asked = False

    def cancel_requested(self, operation: OperationId) -> bool:
        return self.asked

    def progress(self, operation: OperationId, attempt: int, done: int, total: int, message: str) -> None:
        self.told.append((done, total, message))


def told(*steps: tuple[float, int, int]) -> list[tuple[int, int, str]]:
    """Tell steps of (seconds, done, total) and return what was journalled."""
    journal, now = Journal(), [NOON]
    teller = Teller(journal, SCAN, 1, lambda: now[0])  # type: ignore[arg-type]
    for seconds, done, total in steps:
        now[0] = NOON + timedelta(seconds=seconds)
        teller(done, total, "Reading")
    return journal.told


def test_steps_that_follow_at_once_are_not_each_journalled_but_the_last_is() -> None:
    assert told((0, 0, 100), (0.1, 1, 100), (0.2, 2, 100), (0.3, 3, 100), (0.31, 100, 100)) == [
        (0, 100, "Reading"),
        (3, 100, "Reading"),
        (100, 100, "Reading"),
    ]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([(0, 0, 0), (2, 0, 0)], "Reading"),
        ([(0, 0, 100), (0.5, 50, 100)], "Reading"),
        ([(0, 0, 100), (2, 0, 100)], "Reading"),
        ([(0, 0, 100), (2, 20, 100)], "Reading; about 8 s left"),
        ([(0, 4, 1004), (10, 54, 1004)], "Reading; about 3 min left"),
        ([(0, 0, 100), (2, 100, 100)], "Reading"),
    ],
)
def test_the_time_left_is_told_at_the_pace_so_far(steps: list[tuple[float, int, int]], said: str) -> None:
    assert told(*steps)[-1][2] == said


def test_a_scan_that_is_asked_to_stop_stops_at_the_next_step() -> None:
    journal = Journal()
    journal.asked = True
    with pytest.raises(ScanCancelled):
        Teller(journal, SCAN, 1, lambda: NOON)(0, 0, "Reading")  # type: ignore[arg-type]
