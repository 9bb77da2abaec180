"""Factories of one line each, and a way to the database behind a store's back."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from seatsync.journal import AuditDraft
from seatsync.model import (
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Book,
    Company,
    CompanyId,
    Link,
    ParsedExport,
    Product,
    ProductId,
    Rejection,
    SeatRow,
    TeamId,
)
from seatsync.plan import Cancel, Create, Update
from seatsync.status import TenantState
from seatsync.store import SqlStore

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


def team_of(store: SqlStore) -> TeamId:
    return store.teams.root().id


def draft(store: SqlStore, action: str = "test", **fields: Any) -> AuditDraft:
    return AuditDraft(
        **{
            "who": "anna",
            "team_id": team_of(store),
            "permission": "psa:agreements.manage",
            "action": action,
            "resource": "thing",
        }
        | fields
    )


def company(number: int = 250, name: str = "Contoso Ltd") -> Company:
    return Company(CompanyId(number), name)


def agreement(number: int = 81, company_id: int = 250) -> Agreement:
    return Agreement(AgreementId(number), "Managed Services", CompanyId(company_id), start=date(2024, 1, 1))


def product(number: int = 3409) -> Product:
    return Product(ProductId(number), "AV-EAP", price=Decimal("4.00"))


def line(number: int = 9001, product_id: int = 3409, quantity: str = "12") -> Addition:
    return Addition(AdditionId(number), AgreementId(81), ProductId(product_id), Decimal(quantity))


def book(*lines: Addition) -> Book:
    return Book(
        {CompanyId(250): company()}, {AgreementId(81): agreement()}, lines, {ProductId(3409): product()}
    )


def seat_row(tenant: str = "Contoso Ltd", users: str = "17", **fields: Any) -> SeatRow:
    values = {"line": 2, "portal": "", "tier": "Protect", "state": TenantState.PAID} | fields
    return SeatRow(tenant=tenant, users=Decimal(users), **values)


def parsed(
    *rows: SeatRow, sha256: str = "aa", columns: Mapping[str, str] | None = None, name: str = "nov.csv"
) -> ParsedExport:
    return ParsedExport(name, sha256, columns or {"users": "Users"}, rows, len(rows), 0, "utf-8", ",")


def link(key: str = "contoso", **fields: Any) -> Link:
    return Link(key, CompanyId(250), "Contoso Ltd", "Contoso", **fields)


def rejection(key: str = "contoso", company: int = 250, **fields: Any) -> Rejection:
    return Rejection(key, CompanyId(company), "Contoso Ltd", "Contoso", **fields)


def update(key: str = "c250-p3409", quantity: str = "17") -> Update:
    return Update(key, company(), product(), agreement(), line(), Decimal(quantity), Decimal("20.00"))


def create(key: str = "c250-p1") -> Create:
    counted, known = (AgreementId(81),), (AdditionId(7), AdditionId(8))
    day = date(2026, 11, 22)
    return Create(key, company(), product(), agreement(), Decimal(5), day, counted, known, None)


def cancel(key: str = "c250-p2") -> Cancel:
    return Cancel(key, company(), product(), agreement(), line(), date(2026, 11, 30), Decimal("-48.00"))


def tamper(store: SqlStore, *statements: str) -> None:
    """Run statements past every check of the store."""
    with store._database.writing() as connection:
        for statement in statements:
            connection.execute(text(statement))


def look(store: SqlStore, query: str) -> list[tuple[Any, ...]]:
    """Read the tables directly."""
    with store._database.reading() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def names(records: Iterable[Any]) -> list[str]:
    return [record.name for record in records]
