"""The column types that hold Decimals, times, hostile text and JSON alike on SQLite and PostgreSQL."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Numeric, Text
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from seatsync.store.codec import clean, json_text


class CleanText(TypeDecorator[str]):
    """Text in which what PostgreSQL can't hold is replaced by U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 -- fixed
        """Clean the text on its way in."""
        return None if value is None else clean(value)


class ExactDecimal(TypeDecorator[Decimal]):
    """A Decimal of any size, exact: text on SQLite, which has no such type, NUMERIC on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type of the database."""
        return Numeric() if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | str | None:
        """Write the digits out for SQLite."""
        return value if value is None or dialect.name == "postgresql" else str(value)

    def process_result_value(self, value: Decimal | str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 -- fixed
        """Read the digits back."""
        return None if value is None else Decimal(value)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC to the microsecond."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; SQLite stores it without the zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time with the zone UTC, whatever the session's zone is."""
        if value is None:
            return None
        return value.astimezone(UTC) if dialect.name == "postgresql" else value.replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """A JSON value as canonical text, so that both databases hold the same characters."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 -- fixed
        """Write canonical JSON."""
        return None if value is None else json_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 -- fixed
        """Parse it."""
        return None if value is None else json.loads(value)
