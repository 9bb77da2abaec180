"""Make the sample book and the three sample exports: invented clients that show every status of a preview."""

import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from seatsync.simulator.jsontext import dumps
from seatsync.simulator.names import slug
from seatsync.simulator.records import PRICES, Record, addition, agreement, company, shared_records, stamp
from tools.sample_cases import SPECIAL
from tools.sample_clients import REGULAR, Client, Line, Tenant

FOLDER: Final = Path(__file__).resolve().parents[1] / "data" / "samples"
MONTHS: Final = ("2026-09", "2026-10", "2026-11")
HEADER: Final = (
    "Tenant",
    "Portal",
    "Company",
    "Region",
    "Status",
    "License",
    "Add-ons",
    "Users",
    "Maximum Licensed Users",
    "Expiration",
)
_EXTRAS: Final = (
    ("M365-BP", "BKP-M365", "HD-USR"),
    ("M365-BS", "RMM-WS"),
    ("M365-BP", "EDR-EP", "SAT-USR", "FW-MGD"),
    ("HD-USR", "DNS-FLT", "BKP-WS"),
    ("M365-BB", "PWD-MGR", "WIFI-AP"),
)
_PER_SITE: Final = ("FW-MGD", "WIFI-AP")
_MONTHS_OF: Final = {"Monthly": 1, "Quarterly": 3, "Annual": 12}
_REGIONS: Final = {"USD": "US", "EUR": "EU"}


@dataclass
class BookMaker:
    """Numbers records in the order in which clients are added."""

    book: Record = field(
        default_factory=lambda: {**shared_records(), "companies": [], "agreements": [], "additions": []}
    )

    def add(self, client: Client) -> None:
        """Add a client with its agreements and lines; each first agreement gets some unrelated lines."""
        if not client.in_book:
            return
        number = 250 + len(self.book["companies"])
        identifier = f"{slug(client.name)[:20].strip('-')}-{number}"
        self.book["companies"].append(
            company(number, client.name, identifier, client.currency, **client.more)
        )
        owners: list[Record] = []
        for deal in client.deals:
            more = dict(deal.more)
            if deal.child:
                more["parentAgreement"] = {"id": owners[0]["id"]}
            made = agreement(
                81 + len(self.book["agreements"]),
                deal.name,
                number,
                deal.kind,
                deal.cycle,
                client.currency,
                **more,
            )
            owners.append(made)
            self.book["agreements"].append(made)
            self._add_lines(made, deal.lines, extras=number if len(owners) == 1 else None)

    def _add_lines(self, owner: Record, lines: Sequence[Line], extras: int | None) -> None:
        position = 0
        for line in lines:
            position += 1
            self._add_line(owner, line.product, Decimal(line.quantity), position, line.more)
        if extras is None:
            return
        seats = max([int(Decimal(line.quantity)) for line in lines] or [4 + extras % 9])
        for product in _EXTRAS[extras % len(_EXTRAS)]:
            position += 1
            self._add_line(
                owner, product, Decimal(1 + seats // 20 if product in _PER_SITE else seats), position, {}
            )

    def _add_line(
        self, owner: Record, product: str, quantity: Decimal, position: int, more: dict[str, Any]
    ) -> None:
        start = max(stamp("2024-02-01"), owner["billStartDate"])
        price = PRICES[product] * _MONTHS_OF[owner["billingCycle"]["name"]]
        fixed = {"effectiveDate": start, "unitPrice": price, "sequenceNumber": Decimal(position)}
        number = 9001 + len(self.book["additions"])
        self.book["additions"].append(addition(number, owner["id"], product, quantity, **{**fixed, **more}))


def export_rows(month: int) -> list[tuple[str, ...]]:
    """Return the rows of one month's export; ``month`` is the position in MONTHS."""
    clients = (*REGULAR, *SPECIAL)
    rows = [
        _row(client, tenant, month)
        for client in clients
        for tenant in client.tenants
        if tenant.users[month] is not None
    ]
    rows.sort(key=lambda row: row[0].casefold())
    users = sum(int(text) for row in rows if (text := row[7].replace(",", "").removesuffix(".0")).isdigit())
    return [*rows, ("Total", "", "", "", "", "", "", str(users), "", "")]


def _row(client: Client, tenant: Tenant, month: int) -> tuple[str, ...]:
    users = tenant.users[month] or ""
    name = tenant.renamed if tenant.renamed and month == len(MONTHS) - 1 else tenant.name or client.name
    state = tenant.states[month]
    return (
        name,
        tenant.portal or _portal(client.name),
        client.name,
        tenant.region or _REGIONS[client.currency],
        state,
        tenant.tier,
        tenant.add_ons,
        users,
        tenant.limit,
        tenant.expires if state != "Paid" else "",
    )


def _portal(name: str) -> str:
    """Return a portal as a provider would choose it: the name without its legal form."""
    return slug(name.removesuffix(" Ltd").removesuffix(" LLP").removesuffix(" LLC").removesuffix(" Inc"))


def write_book(path: Path) -> None:
    """Write the book, one record a line, so that changes can be read."""
    maker = BookMaker()
    for client in (*REGULAR, *SPECIAL):
        maker.add(client)
    parts = [
        f'"{name}": [\n' + ",\n".join(dumps(record) for record in records) + "\n]"
        for name, records in maker.book.items()
    ]
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8", newline="\n")


def write_export(path: Path, month: int) -> None:
    """Write one month's export in the layout that the vendor's public pages suggest."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(HEADER)
        writer.writerows(export_rows(month))


def main(folder: Path = FOLDER) -> None:
    """Write all four files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_book(folder / "book.json")
    for month, name in enumerate(MONTHS):
        write_export(folder / f"avanan-{name}.csv", month)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
