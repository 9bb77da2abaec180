"""Every fault at every place of every list: the true book, or an error that names the list."""

import logging
from dataclasses import replace
from functools import cache

import pytest

import seatsync.connectwise.paging
from seatsync.errors import ConnectWiseError, ScanFailed
from seatsync.model import Book

from .fakes import FakeClock, client
from .faults import (
    ANY_ANSWER,
    COUNT_ANSWER,
    DISCOVERY_ANSWER,
    LIST_ANSWER,
    WRONG_FIELDS,
    Fault,
    rows,
)
from .hostile import ECHO, NAMES, PAGE, Disturbed, Server, entry, leaked, seen_of

Place = tuple[str, str]
"""A list, and a part of it."""

LISTED = [(name, part) for name in NAMES for part in ("first page", "later page", "last page")]
ONLY = [("agreements", "only page"), ("additions", "only page")]
ENDS = [("agreements", "end of a page"), ("additions", "end of a page")]
COUNTS = [(name, "count") for name in NAMES]
DISCOVERY = ("discovery", "record")

MATRIX = [
    *((fault, [*LISTED, *ONLY, *ENDS, *COUNTS, DISCOVERY]) for fault in ANY_ANSWER),
    *((fault, [*LISTED, *ONLY, *ENDS]) for fault in LIST_ANSWER),
    *((fault, COUNTS) for fault in COUNT_ANSWER),
    *((fault, [DISCOVERY]) for fault in DISCOVERY_ANSWER),
]
_SHORT = ("without its first entry", "without its last entry", "an empty page")
UNSEEN = {
    *((fault, ("additions", "first page")) for fault in _SHORT),
    *((fault, ("additions", "only page")) for fault in (*_SHORT, "one entry more")),
}
"""Cells that can't be seen: the list looks like a true one of one page, and such a list is not counted.

Counting it would double the requests of a scan.
"""
ROUTED = ("HTML", "404 of a record", "404 of a page")
"""Without a record of where the API is, the fixed codebase is used."""


def silent(done: int, total: int, message: str) -> None:
    """Report to nobody."""


def entries_of(place: Place) -> tuple[str, int]:
    """Say which list is long for a place, and how long: three pages, or less than one."""
    return place[0], PAGE - 2 if place[1] == "only page" else 2 * PAGE + 1


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a list of few entries have several pages."""
    monkeypatch.setattr(seatsync.connectwise.pagesize, "PAGE_SIZE", PAGE)


@cache
def true_book(listing: str, entries: int) -> Book:
    """Read the book from a server without faults."""
    with client(Server(listing, entries)) as connectwise:
        return connectwise.read_book(silent)


def scan(fault: Fault, place: Place, *, once: bool) -> Book | ScanFailed:
    """Scan with a fault at a place."""
    disturbed = Disturbed(Server(*entries_of(place)), fault.act, place, once=once)
    with client(disturbed, FakeClock(), in_flight=1) as connectwise:
        try:
            return connectwise.read_book(silent)
        except ScanFailed as error:
            return error
        finally:
            assert disturbed.struck, "the fault never struck"


def assert_tells(error: ScanFailed, place: Place, fault: Fault) -> None:
    """Check the sentences: which list, why, what stays; on one line, without a credential."""
    told = str(error)
    named = ["the ", "everything", "ConnectWise"] if fault.elsewhere else [NAMES.get(place[0], "ConnectWise")]
    assert any(told.startswith(f"The scan could not read {name}") for name in named), told
    assert told.endswith("The snapshot before it stays in use.")
    assert len(told) < 900
    assert told.isprintable()
    assert isinstance(error.__cause__, ConnectWiseError)
    assert leaked(*seen_of(error)) == []


def verdict(fault: Fault, place: Place, *, once: bool) -> str:
    """Say how the scan must end."""
    if (fault.name, place) in UNSEEN:
        return "unseen"
    if place == DISCOVERY and fault.name in ROUTED:
        return "heals"
    if place in ENDS and fault.always == "fails" and fault.once == "heals" and fault in LIST_ANSWER:
        return "heals" if once else "either"
    return fault.once if once else fault.always


def ended(found: Book | ScanFailed, place: Place) -> str:
    """Say how a scan ended."""
    if isinstance(found, ScanFailed):
        return "fails"
    return "heals" if found == true_book(*entries_of(place)) else "unseen"


@pytest.mark.parametrize(("fault", "places"), MATRIX, ids=[fault.name for fault, _ in MATRIX])
def test_a_fault_leaves_the_true_book_or_is_told(
    fault: Fault, places: list[Place], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for place in places:
        for once in (True, False):
            expected = verdict(fault, place, once=once)
            found = scan(fault, place, once=once)
            assert ended(found, place) in (("fails", "heals") if expected == "either" else (expected,)), (
                place,
                once,
            )
            if isinstance(found, ScanFailed):
                assert_tells(found, place, fault)
                if once and fault.once == "fails":
                    break  # a scan that fails at the first stroke meets no other
    assert leaked(caplog.text) == []


@pytest.mark.parametrize(
    ("listing", "field", "value"),
    [
        (listing, field, value)
        for listing, fields in WRONG_FIELDS.items()
        for field, values in fields.items()
        for value in values
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_field_of_another_kind_fails_the_scan_and_names_the_record(
    listing: str, field: str, value: object, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = Fault("wrong", rows(lambda found: [*found[:-1], found[-1] | {field: value}]), elsewhere=True)
    found = scan(wrong, (listing, "last page"), once=False)
    assert isinstance(found, ScanFailed)
    assert_tells(found, (listing, "last page"), wrong)
    last = entry(listing, 2 * PAGE)["id"]
    assert field in str(found)
    assert f" {last} " in str(found)
    assert leaked(caplog.text) == []


@pytest.mark.parametrize("value", [[], {}, ECHO, True, "1/12/2026", "2026-02-30"], ids=str)
def test_a_next_invoice_date_of_another_form_is_not_known(value: object) -> None:
    """The vendor publishes no format for it, so that it alone may be unclear."""
    place = ("agreements", "only page")
    wrong = Fault("wrong", rows(lambda found: [found[0] | {"nextInvoiceDate": value}]))
    found, true = scan(wrong, place, once=False), true_book(*entries_of(place))
    assert isinstance(found, Book)
    (agreement,) = true.agreements.values()
    assert list(found.agreements.values()) == [replace(agreement, next_invoice=None)]
    assert agreement.next_invoice is not None


def test_without_a_fault_the_whole_book_is_read() -> None:
    for listing in NAMES:
        book = true_book(listing, 2 * PAGE + 1)
        lengths = {
            "agreements": len(book.agreements),
            "companies": len(book.companies),
            "products": len(book.products),
            "types": len({*book.agreement_types} - {"Managed"}),
            "additions": len(book.additions),
        }
        assert lengths[listing] == 2 * PAGE + 1
