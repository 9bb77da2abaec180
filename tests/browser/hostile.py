"""Names that try to be something else: in the book, in the export, as licenses and as products."""

import csv
import io
from typing import Any

from seatsync.simulator.book import SimulatedBook
from seatsync.simulator.jsontext import dumps, loads
from seatsync.simulator.records import addition, agreement, company, shared_records
from tools.installed import TIERS

NAMES = (
    "**Bold** _slanted_ # Head",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[Click](javascript:alert(1))",
    "![Picture](http://127.0.0.1:9/x.png)",
    "=1+1",
    "+22+22",
    "-333+333",
    "@SUM(A1)",
    '=HYPERLINK("http://evil.example","x")',
    "\u202egnorts Ltd",
    "شركة الاختبار",
    "🦊🚀 Fox Rockets",
    ":material/home: Home",
    "$x^2$ and $y$ maths",
    ":red[Red] :blue-badge[Blue]",
    "`code` ~~gone~~ | a | b |",
    "www.evil.example & Sons",
    "1. First",
)
LONG = "Interminable " * 38 + "Ltd"
TIER = "**Tier** =2+2 <b>x</b>"
SEATS = 20


def hostile_book() -> SimulatedBook:
    """Invent a client with one billing line of ``SEATS`` seats for each name that a company can bear."""
    book: dict[str, Any] = {**shared_records(), "companies": [], "agreements": [], "additions": []}
    for number, name in enumerate(NAMES, start=1):
        book["companies"].append(company(number, name, f"client-{number}"))
        book["agreements"].append(agreement(number, f"{name} deal", number, "Managed Services"))
        book["additions"].append(addition(9000 + number, number, "AV-EAP", SEATS))
    return SimulatedBook.from_json(loads(dumps(book)))


def hostile_export() -> bytes:
    """Write an export in which every client has one seat less, and some tenants nobody knows."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(("Tenant", "Portal", "Status", "License", "Users"))
    for number, name in enumerate(NAMES, start=1):
        write.writerow((name, f"=portal-{number}", "Paid", next(iter(TIERS)), SEATS - 1))
    write.writerow((LONG, "long", "Paid", next(iter(TIERS)), 3))
    write.writerow(("Two\nlines", "lines", "Paid", next(iter(TIERS)), 4))
    write.writerow(("=2+3 Unmapped", "unmapped", "Paid", TIER, 5))
    return out.getvalue().encode()
