"""Exports to read, made of invented tenants: narrow, wide, as text or as a workbook."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import xlsxwriter

NARROW: Final = ("Tenant", "Portal", "License", "Users")
WIDE: Final = (
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
_PLACES: Final = "Arden Brambeck Corrie Dunmarsh Elmstow Fernley Garrick Holloway Ivelchester Joyford".split()
_TRADES: Final = ("Dental", "Freight", "Property Lettings", "Legal", "Brasserie Émeline", "Joinery & Sons")
_LICENSES: Final = ("Email Protect", "Email Advanced Protect", "Email Complete Protect")


def rows(columns: Sequence[str], count: int) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each tenant in the order of the columns; no portal occurs twice."""
    for number in range(count):
        name = f"{_PLACES[number % 10]} {_TRADES[number % 6]} {number}"
        cells = {
            "Tenant": name,
            "Portal": f"t-{number}",
            "Company": name,
            "Region": "US" if number % 3 else "EU",
            "Status": "Paid" if number % 20 else "Trial",
            "License": _LICENSES[number % 3],
            "Add-ons": "Archiving, DMARC" if number % 7 == 0 else "",
            "Users": str(1 + number * 7 % 900),
            "Maximum Licensed Users": "Unlimited" if number % 4 else "1000",
            "Expiration": "" if number % 5 else "2027-03-31",
        }
        yield tuple(cells[column] for column in columns)


def make(file: str, columns: Sequence[str], count: int) -> dict[str, int]:
    """Write an export of the kind that the file's name ends in; return its size in bytes."""
    path = Path(file)
    write = _write_workbook if path.suffix == ".xlsx" else _write_csv
    write(path, columns, count)
    return {"size": path.stat().st_size}


def _write_csv(file: Path, columns: Sequence[str], count: int) -> None:
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(rows(columns, count))


def _write_workbook(file: Path, columns: Sequence[str], count: int) -> None:
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Tenants")
        sheet.write_row(0, 0, columns)
        seats = columns.index("Users")
        for number, cells in enumerate(rows(columns, count), start=1):
            sheet.write_row(number, 0, cells)
            sheet.write_number(number, seats, int(cells[seats]))
