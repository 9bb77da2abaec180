"""What an operation did, in one sentence, for every kind and every way to end."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from seatsync.journal import UNKNOWN, Operation, Outcome
from seatsync.model import Company, CompanyId, OperationId, TeamId
from seatsync.plan import Change
from seatsync.status import OperationKind, OperationStatus, Result
from seatsync.summary import deed, listed, sum_up
from tests.test_undos import BILLED_AGAIN, CANCEL, CREATE, UPDATE, outcome

BEGAN = datetime(2026, 11, 22, 10, 31, 2, tzinfo=UTC)
LEAD = "Operation 5 by anna on 2026-11-22 10:31 UTC"
SKIPPED = outcome(UPDATE, Result.SKIPPED, message="was 12 in the preview, is 14 now")
FAILED = outcome(UPDATE, Result.FAILED, message="Nothing was written. No.")
LOST = outcome(UPDATE, Result.FAILED, message=f"{UNKNOWN}: lost.")
HALTED = outcome(UPDATE, Result.SKIPPED, message="run stopped: cancelled")
PLANNED = replace(outcome(UPDATE, Result.PLANNED), sent=False)


def run(
    status: OperationStatus = OperationStatus.COMPLETED,
    kind: OperationKind = OperationKind.SEAT_SYNC,
    **fields: Any,
) -> Operation:
    return Operation(OperationId(5), TeamId(1), kind, status, "anna", BEGAN, **fields)


def of(change: Change, company: int) -> Outcome:
    """The change, carried out for a company of that number."""
    return outcome(replace(change, company=Company(CompanyId(company), f"Company {company}")))


def test_a_push_is_told_by_what_was_set_added_and_cancelled() -> None:
    outcomes = [*(of(UPDATE, company) for company in range(1, 10)), of(CREATE, 10), SKIPPED]
    assert sum_up(run(), outcomes, "nov.csv") == (
        f"{LEAD} set 9 quantities, added 1 line and cancelled 0 for 10 companies from nov.csv; 1 was skipped."
    )


def test_one_company_is_named_and_told_without_what_did_not_occur() -> None:
    said = sum_up(run(), [of(UPDATE, 1), of(CANCEL, 1)], "nov.csv", "Company 1")
    assert said == f"{LEAD} set 1 quantity and cancelled 1 line for Company 1 from nov.csv."
    said = sum_up(run(), [SKIPPED], "nov.csv", "Contoso Ltd")
    assert said == f"{LEAD} wrote nothing to ConnectWise for Contoso Ltd from nov.csv; 1 was skipped."


def test_what_was_not_written_is_told_apart_by_why() -> None:
    status = OperationStatus.COMPLETED_WITH_FAILURES
    assert sum_up(run(status), [of(CANCEL, 1), SKIPPED, SKIPPED, FAILED, LOST], "nov.csv") == (
        f"{LEAD} set 0 quantities, added 0 lines and cancelled 1 for 1 company from nov.csv; "
        "2 were skipped, 1 failed and 1 has an unknown outcome."
    )


@pytest.mark.parametrize(
    ("status", "outcomes", "words"),
    [
        (OperationStatus.COMPLETED, [SKIPPED, SKIPPED], "wrote nothing to ConnectWise; 2 were skipped."),
        (OperationStatus.QUEUED, [PLANNED], "has written nothing to ConnectWise yet; 1 is still to come."),
        (
            OperationStatus.RUNNING,
            [of(UPDATE, 1), PLANNED, PLANNED],
            "so far set 1 quantity, added 0 lines and cancelled 0 for 1 company; 2 are still to come.",
        ),
        (
            OperationStatus.CANCELLED,
            [of(UPDATE, 1), HALTED],
            "was cancelled after it set 1 quantity, added 0 lines and cancelled 0 for 1 company; "
            "1 was not reached.",
        ),
        (
            OperationStatus.CANCELLED,
            [HALTED, HALTED],
            "was cancelled before it wrote anything to ConnectWise; 2 were not reached.",
        ),
        (
            OperationStatus.FAILED,
            [of(UPDATE, 1), FAILED, HALTED],
            "was stopped after it set 1 quantity, added 0 lines and cancelled 0 for 1 company; "
            "1 failed and 1 was not reached.",
        ),
        (
            OperationStatus.FAILED,
            [PLANNED, outcome(UPDATE, Result.STARTED)],
            "was stopped before it wrote anything to ConnectWise; "
            "1 has an unknown outcome and 1 was not reached.",
        ),
    ],
)
def test_a_push_that_ended_otherwise_or_not_yet_says_so(
    status: OperationStatus, outcomes: list[Outcome], words: str
) -> None:
    assert sum_up(run(status), outcomes) == f"{LEAD} {words}"


@pytest.mark.parametrize(
    ("status", "outcomes", "words"),
    [
        (
            OperationStatus.COMPLETED,
            [of(UPDATE, 1), of(BILLED_AGAIN, 2), of(CANCEL, 3), SKIPPED],
            "undid changes of operation 4: it set 1 quantity back, let 1 line bill again and cancelled 1 "
            "for 3 companies; 1 was skipped.",
        ),
        (
            OperationStatus.RUNNING,
            [of(UPDATE, 1), PLANNED],
            "is undoing changes of operation 4: so far it set 1 quantity back, let 0 lines bill again "
            "and cancelled 0 for 1 company; 1 is still to come.",
        ),
        (
            OperationStatus.CANCELLED,
            [of(UPDATE, 1), HALTED],
            "undid changes of operation 4 until it was cancelled: it set 1 quantity back, let 0 lines "
            "bill again and cancelled 0 for 1 company; 1 was not reached.",
        ),
        (
            OperationStatus.COMPLETED,
            [SKIPPED],
            "was to undo operation 4, wrote nothing to ConnectWise; 1 was skipped.",
        ),
    ],
)
def test_an_undo_is_told_as_one(status: OperationStatus, outcomes: list[Outcome], words: str) -> None:
    operation = run(status, OperationKind.UNDO, undoes=OperationId(4))
    assert sum_up(operation, outcomes) == f"{LEAD} {words}"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (OperationStatus.QUEUED, "is a scan of ConnectWise that has not begun yet."),
        (OperationStatus.RUNNING, "is scanning ConnectWise."),
        (
            OperationStatus.COMPLETED,
            "read 410 companies, 512 agreements, 2,210 additions and 1 product from ConnectWise.",
        ),
        (
            OperationStatus.FAILED,
            "was a scan of ConnectWise that failed; the snapshot before it stays in use.",
        ),
        (
            OperationStatus.CANCELLED,
            "was a scan of ConnectWise that was cancelled; the snapshot before it stays in use.",
        ),
    ],
)
def test_a_scan_is_told_by_what_it_read(status: OperationStatus, words: str) -> None:
    read = {"companies": 410, "agreements": 512, "additions": 2210, "products": 1}
    assert sum_up(run(status, OperationKind.SCAN, detail=read), []) == f"{LEAD} {words}"


@pytest.mark.parametrize(
    ("became", "words"),
    [
        (outcome(UPDATE, before="12", after="17"), "The quantity was set from 12 to 17."),
        (
            outcome(CREATE, day=date(2026, 11, 22)),
            "A line of 5 seats was added; it bills from 2026-11-22.",
        ),
        (
            outcome(replace(CREATE, quantity=Decimal(1)), day=date(2026, 12, 1)),
            "A line of 1 seat was added; it bills from 2026-12-01, not from 2026-11-22 as planned.",
        ),
        (
            outcome(CANCEL, day=date(2026, 11, 30)),
            "The line of 12 seats was cancelled; its last day is 2026-11-30.",
        ),
        (outcome(BILLED_AGAIN), "The cancel date was taken out; the line of 12 seats bills again."),
        (
            outcome(replace(BILLED_AGAIN, until=date(2027, 3, 31)), day=date(2027, 3, 31)),
            "The cancel date was put back to 2027-03-31; the line of 12 seats bills again.",
        ),
        (SKIPPED, "Skipped, nothing was written. It was to set the quantity from 12 to 17."),
        (
            outcome(CREATE, Result.SKIPPED),
            "Skipped, nothing was written. It was to add a line of 5 seats from 2026-11-22 on.",
        ),
        (
            outcome(CANCEL, Result.FAILED),
            "Failed. It was to cancel the line of 12 seats with 2026-11-30 as its last day.",
        ),
        (
            outcome(BILLED_AGAIN, Result.FAILED, message=f"{UNKNOWN}: lost."),
            "Unknown whether it was written. It was to take the cancel date out, so that the line of "
            "12 seats bills again.",
        ),
        (PLANNED, "Not written. It was to set the quantity from 12 to 17."),
    ],
)
def test_each_change_is_told_in_words(became: Outcome, words: str) -> None:
    assert deed(became) == words


@pytest.mark.parametrize(
    ("parts", "words"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_a_list_reads_as_a_sentence_does(parts: list[str], words: str) -> None:
    assert listed(parts) == words
