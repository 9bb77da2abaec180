"""Invented books of any size, for demonstrations and load: believable clients, agreements and lines."""

import random
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from seatsync.simulator.names import invented_names, slug
from seatsync.simulator.records import (
    PRICES,
    SEAT_PRODUCTS,
    Record,
    addition,
    agreement,
    company,
    shared_records,
    stamp,
)

_FIRST_COMPANY: Final = 250
_FIRST_AGREEMENT: Final = 81
_FIRST_ADDITION: Final = 9001
_MONTHS: Final = {"Monthly": 1, "Quarterly": 3, "Annual": 12}
_NEXT_INVOICE: Final = {"Monthly": "2026-12-01", "Quarterly": "2027-01-01", "Annual": "2027-04-01"}
_EXTRAS: Final = (
    "M365-BS",
    "M365-BP",
    "RMM-WS",
    "BKP-WS",
    "BKP-M365",
    "EDR-EP",
    "SAT-USR",
    "DNS-FLT",
    "PWD-MGR",
)


def invented_book(companies: int, seed: int) -> Record:
    """Return the content of a book file with that many clients; the same seed gives the same content.

    Most clients have one agreement with some three to six lines, some have two, a child or an ended one.
    """
    draw = random.Random(seed)
    book: Record = {**shared_records(), "companies": [], "agreements": [], "additions": []}
    for number, name in enumerate(islice(invented_names(draw), companies), start=_FIRST_COMPANY):
        currency = "EUR" if draw.random() < 0.1 else "USD"
        identifier = f"{slug(name)[:18]}-{number}"
        book["companies"].append(company(number, name, identifier, currency))
        _add_agreements(book, draw, number, currency)
    return book


def _add_agreements(book: Record, draw: random.Random, company_id: int, currency: str) -> None:
    seats = max(2, int(draw.lognormvariate(3, 0.9)))
    cycle = draw.choices(("Monthly", "Quarterly", "Annual"), (85, 8, 7))[0]
    main = _open(book, draw, company_id, "Managed Services", currency, cycle)
    _add_lines(book, draw, main, seats, seat_line=True)
    if draw.random() < 0.2:
        parent = {"parentAgreement": {"id": main["id"]}} if draw.random() < 0.3 else {}
        bundle = _open(book, draw, company_id, "Security Bundle", currency, cycle, **parent)
        _add_lines(book, draw, bundle, seats, seat_line=False)
    if draw.random() < 0.1:
        ended = {"noEndingDateFlag": False, "endDate": stamp("2025-12-31")}
        _add_lines(
            book, draw, _open(book, draw, company_id, "Project", currency, "Monthly", **ended), seats, False
        )


def _open(
    book: Record, draw: random.Random, company_id: int, kind: str, currency: str, cycle: str, **more: Any
) -> Record:
    number = _FIRST_AGREEMENT + len(book["agreements"])
    made = agreement(number, kind, company_id, kind, cycle, currency, **more)
    made["nextInvoiceDate"] = stamp(_NEXT_INVOICE[cycle])
    made["prorateFlag"] = draw.random() < 0.7
    book["agreements"].append(made)
    return made


def _add_lines(book: Record, draw: random.Random, owner: Record, seats: int, seat_line: bool) -> None:
    products = draw.sample(_EXTRAS, draw.randint(2, 5))
    if seat_line and draw.random() < 0.9:
        products.insert(0, draw.choices(SEAT_PRODUCTS, (70, 20, 10))[0])
    months = _MONTHS[owner["billingCycle"]["name"]]
    for position, product in enumerate(products, start=1):
        quantity = seats if product in SEAT_PRODUCTS else max(1, seats + draw.randint(-3, 4))
        line = addition(_FIRST_ADDITION + len(book["additions"]), owner["id"], product, quantity)
        line |= {"unitPrice": PRICES[product] * months, "sequenceNumber": Decimal(position)}
        book["additions"].append(line)
