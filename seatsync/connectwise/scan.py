"""Reads the whole book for a snapshot, all or nothing."""

import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import replace

from seatsync.connectwise import paging, wire
from seatsync.connectwise.client import Session
from seatsync.connectwise.paging import Listing
from seatsync.errors import ConnectWiseError, ScanFailed
from seatsync.model import (
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Book,
    Company,
    CompanyId,
)
from seatsync.ports import Progress

_LISTS = (paging.COMPANIES, paging.PRODUCTS, paging.TYPES)
_KEPT = "The snapshot before it stays in use."

Rows = tuple[wire.Row, ...]


def read_book(session: Session, progress: Progress, in_flight: int) -> Book:
    """Read companies, agreements, their lines, products and agreement types. Raises ScanFailed."""
    progress(0, 1 + len(_LISTS), "Reading the agreements")
    try:
        agreement_rows = paging.read_all(session, paging.AGREEMENTS)
        agreements = {found.id: found for found in map(wire.agreement, agreement_rows)}
    except ConnectWiseError as error:
        raise _failed(paging.AGREEMENTS.what, error) from error
    lists = _read_each(session, agreements, progress, in_flight)
    try:
        companies = _companies(lists[paging.COMPANIES], agreement_rows)
        products = {found.id: found for found in map(wire.product, lists[paging.PRODUCTS])}
        additions = _additions(lists, agreements)
    except ConnectWiseError as error:
        raise _failed("the book", error) from error
    return Book(companies, agreements, additions, products, _types(lists[paging.TYPES], agreements))


def _read_each(
    session: Session, agreements: Mapping[AgreementId, Agreement], progress: Progress, in_flight: int
) -> dict[Listing, Rows]:
    """Read the other lists and the lines of every agreement, several at once; the first failure ends it."""
    names = {listing: listing.what for listing in _LISTS}
    for agreement in agreements.values():
        names[paging.additions_of(agreement.id)] = (
            f'the lines of agreement "{agreement.name}" ({agreement.id})'
        )
    ended = threading.Event()

    def stop() -> bool:
        return ended.is_set() or session.stop()

    found: dict[Listing, Rows] = {}
    waiting: dict[Future[Rows], Listing] = {}
    try:
        with ThreadPoolExecutor(in_flight, thread_name_prefix="scan") as pool:
            try:
                for listing in names:
                    waiting[pool.submit(paging.read_all, session, listing, stop)] = listing
                progress(1, 1 + len(names), "Reading the lines")
                for future in as_completed(waiting):
                    listing = waiting[future]
                    found[listing] = future.result()
                    _require_wanted(session)
                    progress(1 + len(found), 1 + len(names), f"Read {names[listing]}")
            except BaseException:
                ended.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    except ConnectWiseError as error:
        raise _failed(_culprit(waiting, names, error), error) from error
    return found


def _culprit(waiting: Mapping[Future[Rows], Listing], names: Mapping[Listing, str], error: Exception) -> str:
    """Name the list that failed: refused credentials fail the others too, with the first one as the cause."""
    first = error.__cause__ if isinstance(error.__cause__, ConnectWiseError) else error
    for future, listing in waiting.items():
        if future.done() and not future.cancelled() and future.exception() is first:
            return names[listing]
    return "everything"


def _require_wanted(session: Session) -> None:
    if session.stop():
        raise ScanFailed(f"The scan was stopped as asked. {_KEPT}")


def _companies(listed: Rows, agreement_rows: Rows) -> dict[CompanyId, Company]:
    """Add to the listed companies those that only an agreement names, as no longer there.

    A company that the list lacks was deleted, or a restricted role hides it, so that nothing is billed to it.
    """
    named = {
        company.id: replace(company, deleted=True)
        for row in agreement_rows
        for company in [wire.company(row.required("company"))]
    }
    return named | {company.id: company for company in map(wire.company, listed)}


def _additions(
    lists: Mapping[Listing, Rows], agreements: Mapping[AgreementId, Agreement]
) -> tuple[Addition, ...]:
    """Give every line to one agreement, its own: a parent may list the lines of its children as well."""
    found: dict[AdditionId, Addition] = {}
    for asked, agreement in agreements.items():
        for row in lists[paging.additions_of(asked)]:
            try:
                addition = wire.addition(row, asked)
            except ConnectWiseError as error:
                raise _failed(f'the lines of agreement "{agreement.name}" ({asked})', error) from error
            if addition.agreement_id not in agreements:
                addition = replace(addition, agreement_id=asked)
            if addition.id not in found or addition.agreement_id == asked:
                found[addition.id] = addition
    return tuple(found[key] for key in sorted(found))


def _types(listed: Rows, agreements: Mapping[AgreementId, Agreement]) -> tuple[str, ...]:
    names = {row.text("name") for row in listed} | {agreement.type_name for agreement in agreements.values()}
    return tuple(sorted(names - {""}))


def _failed(name: str, error: ConnectWiseError) -> ScanFailed:
    return ScanFailed(f"The scan could not read {name}. {error} {_KEPT}")
