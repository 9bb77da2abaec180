"""Reads the whole book for a snapshot, all or nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from seatsync.connectwise import paging, wire
from seatsync.connectwise.client import Session
from seatsync.connectwise.paging import Listing
from seatsync.connectwise.readers import Readers, scan_failed
from seatsync.connectwise.row import Row
from seatsync.errors import ConnectWiseError
from seatsync.model import (
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Book,
    Company,
    CompanyId,
    Product,
    ProductId,
)
from seatsync.ports import Progress

_OVER = ("Cancelled", "Expired")
_BUNDLE = "Bundle"

Lines = Mapping[AgreementId, tuple[Addition, ...]]
Rows = tuple[Row, ...]


def read_book(
    session: Session, progress: Progress, in_flight: int, earlier: Callable[[], Book | None]
) -> Book:
    """Read companies, agreements, their lines, products and agreement types. Raises ScanFailed.

    One request for each agreement is the floor: no list of the API spans agreements, and nothing published
    says that a change of a line touches its agreement. Only the lines of agreements that are over, and
    unchanged since the ``earlier`` book, come from there: they count nowhere, only their names are told.
    """
    progress(0, 0, "Looking for ConnectWise")
    try:
        session.root()
        with Readers(session, progress, in_flight) as readers:
            for listing, read in _LISTS.items():
                readers.start(listing, listing.what, _each(read))
            named: Sequence[tuple[Agreement, Company]] = readers.result(paging.AGREEMENTS)
            agreements = {agreement.id: agreement for agreement, _ in named}
            kept = _kept(agreements, earlier)
            wanted = [agreement for key, agreement in agreements.items() if key not in kept]
            for each in wanted:
                readers.start(paging.additions_of(each.id), _lines_of(each), _reader_of(each.id))
            readers.expect_no_more()
            lines = {each.id: readers.result(paging.additions_of(each.id)) for each in wanted}
            additions = _additions({**kept, **lines}, agreements)
            return Book(
                _companies(readers.result(paging.COMPANIES), [company for _, company in named]),
                agreements,
                additions,
                _products(readers.result(paging.PRODUCTS), additions),
                _types(readers.result(paging.TYPES), agreements),
            )
    except ConnectWiseError as error:
        raise scan_failed("ConnectWise", error) from error


def _each(read: Callable[[Row], Any]) -> Callable[[Rows], tuple[Any, ...]]:
    return lambda rows: tuple(map(read, rows))


def _agreement(row: Row) -> tuple[Agreement, Company]:
    return wire.agreement(row), wire.company(row.required("company"))


def _product(row: Row) -> tuple[Product, bool]:
    return wire.product(row), row.text("productClass") == _BUNDLE


_LISTS: Mapping[Listing, Callable[[Row], Any]] = {
    paging.AGREEMENTS: _agreement,
    paging.COMPANIES: wire.company,
    paging.PRODUCTS: _product,
    paging.TYPES: lambda row: row.text("name"),
}


def _kept(agreements: Mapping[AgreementId, Agreement], earlier: Callable[[], Book | None]) -> Lines:
    """Take the lines of the agreements that are over and unchanged from the earlier book."""
    over = [found for found in agreements.values() if found.cancelled or found.status in _OVER]
    before = earlier() if over else None
    if before is None:
        return {}
    same = [found.id for found in over if found.updated and before.agreements.get(found.id) == found]
    lines: dict[AgreementId, list[Addition]] = {key: [] for key in same}
    for addition in before.additions:
        if addition.agreement_id in lines:
            lines[addition.agreement_id].append(addition)
    return {key: tuple(found) for key, found in lines.items()}


def _lines_of(agreement: Agreement) -> str:
    return f'the lines of agreement "{agreement.name}" ({agreement.id})'


def _reader_of(agreement: AgreementId) -> Callable[[Rows], tuple[Addition, ...]]:
    return _each(lambda row: wire.addition(row, agreement))


def _additions(lines: Lines, agreements: Mapping[AgreementId, Agreement]) -> tuple[Addition, ...]:
    """Give every line to one agreement, its own: a parent may list the lines of its children as well."""
    found: dict[AdditionId, Addition] = {}
    for asked in agreements:
        for addition in lines[asked]:
            own = addition if addition.agreement_id in agreements else replace(addition, agreement_id=asked)
            if own.id not in found or own.agreement_id == asked:
                found[own.id] = own
    return tuple(found[key] for key in sorted(found))


def _companies(listed: Iterable[Company], named: Iterable[Company]) -> dict[CompanyId, Company]:
    """Add to the listed companies those that only an agreement names, as no longer there.

    A company that the list lacks was deleted, or a restricted role hides it, so that nothing is billed to it.
    """
    gone = {company.id: replace(company, deleted=True) for company in named}
    return gone | {company.id: company for company in listed}


def _products(
    listed: Iterable[tuple[Product, bool]], additions: Iterable[Addition]
) -> dict[ProductId, Product]:
    """Leave out bundles that no line bills: ConnectWise takes no bundle as an addition."""
    billed = {addition.product_id for addition in additions}
    return {product.id: product for product, bundle in listed if not bundle or product.id in billed}


def _types(listed: Iterable[str], agreements: Mapping[AgreementId, Agreement]) -> tuple[str, ...]:
    names = {*listed, *(agreement.type_name for agreement in agreements.values())}
    return tuple(sorted(names - {""}))
