"""Tier mappings, company links and rejections, chosen columns, and the choices made on preview rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, select

from seatsync.errors import NotFound
from seatsync.journal import AuditDraft
from seatsync.keeping_choices import ColumnChoice
from seatsync.model import AgreementId, CompanyId, ExportId, Link, Rejection, TeamId, TierMapping
from seatsync.status import LinkSource
from seatsync.store.audit import record
from seatsync.store.choice_tables import (
    COLUMN_CHOICE,
    CREATE_AGREEMENT,
    LINK,
    REJECTION,
    TICK,
    TIER_MAPPING,
)
from seatsync.store.codec import clean
from seatsync.store.engine import Database
from seatsync.store.rows import add_all, columns_of, keyed, lock_team, put, require_export


class SqlChoices:
    """The choices kept in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mappings(self, team: TeamId) -> tuple[TierMapping, ...]:
        """List the tier mappings, by tier."""
        wanted = select(*columns_of(TIER_MAPPING, TierMapping)).where(TIER_MAPPING.c.team_id == team)
        with self._database.reading() as connection:
            found = [TierMapping(*row) for row in connection.execute(wanted)]
        return tuple(sorted(found, key=lambda mapping: mapping.tier))

    def save_mapping(self, team: TeamId, mapping: TierMapping, audit: AuditDraft) -> None:
        """Save or replace a mapping. Raises NotFound."""
        with self._database.writing() as connection:
            lock_team(connection, team)
            key = {"team_id": team, "tier": mapping.tier}
            put(connection, TIER_MAPPING, key, {"product_id": mapping.product_id})
            record(self._database, connection, audit)

    def clear_mapping(self, team: TeamId, tier: str, audit: AuditDraft) -> None:
        """Remove a mapping. Raises NotFound."""
        missing = f'There is no mapping of the license "{tier}". Nothing was removed.'
        self._clear(TIER_MAPPING, {"team_id": team, "tier": tier}, missing, audit)

    def clear_mappings(self, team: TeamId, audit: Mapping[str, AuditDraft]) -> frozenset[str]:
        """Remove the mappings of the tiers that have a draft, all at once; return the tiers that had one.

        The draft of a tier without a mapping is dropped. Raises NotFound.
        """
        return self._clear_all(TIER_MAPPING, "tier", team, audit)

    def links(self, team: TeamId) -> tuple[Link, ...]:
        """List the links, by tenant name."""
        wanted = select(*columns_of(LINK, Link)).where(LINK.c.team_id == team)
        with self._database.reading() as connection:
            found = [_link(row) for row in connection.execute(wanted)]
        return tuple(sorted(found, key=lambda link: (link.tenant_name.casefold(), link.key)))

    def save_link(self, team: TeamId, link: Link, audit: AuditDraft) -> None:
        """Save or replace a link, and take back the rejection of that company for the tenant.

        Who and when are taken from the audit entry where the link has neither.
        """
        with self._database.writing() as connection:
            lock_team(connection, team)
            values = self._values(link, audit.who)
            key = {"team_id": team, "key": link.key}
            put(connection, LINK, key, values)
            connection.execute(
                delete(REJECTION).where(keyed(REJECTION, key | {"company_id": link.company_id}))
            )
            record(self._database, connection, audit)

    def save_automatic_links(self, team: TeamId, links: Sequence[Link], audit: Sequence[AuditDraft]) -> None:
        """Save automatic links; a tenant linked or rejected meanwhile is left as it is.

        ``audit`` holds one draft a link, in the same order; the draft of a tenant that was left is dropped.
        """
        if not links:
            return
        with self._database.writing() as connection:
            lock_team(connection, team)
            taken = {
                key
                for table in (LINK, REJECTION)
                for key in connection.execute(select(table.c.key).where(table.c.team_id == team)).scalars()
            }
            rows, drafts = [], []
            for link, draft in zip(links, audit, strict=True):
                key = clean(link.key)
                if key not in taken:
                    taken.add(key)
                    rows.append({"team_id": team, "key": key, **self._values(link, draft.who)})
                    drafts.append(draft)
            add_all(connection, LINK, rows)
            record(self._database, connection, *drafts)

    def clear_link(self, team: TeamId, key: str, audit: AuditDraft) -> None:
        """Remove a link. Raises NotFound."""
        missing = f'There is no link of the portal "{key}". Nothing was removed.'
        self._clear(LINK, {"team_id": team, "key": key}, missing, audit)

    def clear_links(self, team: TeamId, audit: Mapping[str, AuditDraft]) -> frozenset[str]:
        """Remove the links of the keys that have a draft, all at once; return the keys that had one.

        The draft of a key without a link is dropped. Raises NotFound.
        """
        return self._clear_all(LINK, "key", team, audit)

    def rejections(self, team: TeamId) -> tuple[Rejection, ...]:
        """List the companies ruled out, by tenant name."""
        wanted = select(*columns_of(REJECTION, Rejection)).where(REJECTION.c.team_id == team)
        with self._database.reading() as connection:
            found = [Rejection(*row) for row in connection.execute(wanted)]
        return tuple(sorted(found, key=lambda each: (each.tenant_name.casefold(), each.key, each.company_id)))

    def save_rejection(self, team: TeamId, rejection: Rejection, audit: AuditDraft) -> None:
        """Rule a company out for a tenant, and remove the tenant's automatic link to it. Raises NotFound.

        Who and when are taken from the audit entry where the rejection has neither.
        """
        key = {"team_id": team, "key": rejection.key}
        company = {"company_id": rejection.company_id}
        values = {
            "company_name": rejection.company_name,
            "tenant_name": rejection.tenant_name,
            "portal": rejection.portal,
            "rejected_by": rejection.rejected_by or audit.who,
            "rejected_at": rejection.rejected_at or self._database.clock(),
        }
        with self._database.writing() as connection:
            lock_team(connection, team)
            refuted = key | company | {"source": LinkSource.AUTOMATIC}
            connection.execute(delete(LINK).where(keyed(LINK, refuted)))
            put(connection, REJECTION, key | company, values)
            record(self._database, connection, audit)

    def clear_rejection(self, team: TeamId, key: str, company: CompanyId, audit: AuditDraft) -> None:
        """Take a rejection back. Raises NotFound."""
        missing = f'Company {company} is not ruled out for the portal "{key}". Nothing was changed.'
        self._clear(REJECTION, {"team_id": team, "key": key, "company_id": company}, missing, audit)

    def column_choice(self, team: TeamId, header: str) -> ColumnChoice:
        """Return the columns chosen for files with this header; ``header`` is its fingerprint."""
        this = keyed(COLUMN_CHOICE, {"team_id": team, "header": header})
        with self._database.reading() as connection:
            rows = connection.execute(select(COLUMN_CHOICE).where(this).order_by(COLUMN_CHOICE.c.field)).all()
        if not rows:
            return ColumnChoice()
        return ColumnChoice({row.field: row.column for row in rows}, rows[0].chosen_by, rows[0].chosen_at)

    def save_column_choice(
        self, team: TeamId, header: str, columns: Mapping[str, str], audit: AuditDraft
    ) -> None:
        """Replace the columns chosen for files with this header. Raises NotFound."""
        place = {"team_id": team, "header": header}
        said = {"chosen_by": audit.who, "chosen_at": self._database.clock()}
        with self._database.writing() as connection:
            lock_team(connection, team)
            connection.execute(delete(COLUMN_CHOICE).where(keyed(COLUMN_CHOICE, place)))
            rows = [{**place, "field": field, "column": column, **said} for field, column in columns.items()]
            add_all(connection, COLUMN_CHOICE, rows)
            record(self._database, connection, audit)

    def ticks(self, team: TeamId, export: ExportId) -> Mapping[str, bool]:
        """Return the checkboxes that a person set, by ``PreviewRow.choice``."""
        with self._database.reading() as connection:
            return _by_key(connection, TICK, "ticked", team, export)

    def save_ticks(self, team: TeamId, export: ExportId, ticks: Mapping[str, bool | None]) -> None:
        """Set checkboxes by ``PreviewRow.choice``; None returns one to its default. Raises NotFound."""
        self._set(TICK, "ticked", team, export, ticks)

    def agreements(self, team: TeamId, export: ExportId) -> Mapping[str, AgreementId]:
        """Return, by row key, the agreement chosen for a create."""
        with self._database.reading() as connection:
            return _by_key(connection, CREATE_AGREEMENT, "agreement_id", team, export)

    def save_agreement(self, team: TeamId, export: ExportId, key: str, agreement: AgreementId | None) -> None:
        """Choose where a row's create goes; None forgets the choice. Raises NotFound."""
        self._set(CREATE_AGREEMENT, "agreement_id", team, export, {key: agreement})

    def _values(self, link: Link, who: str) -> dict[str, Any]:
        return {
            "company_id": link.company_id,
            "company_name": link.company_name,
            "tenant_name": link.tenant_name,
            "portal": link.portal,
            "source": link.source,
            "made_by": link.made_by or who,
            "made_at": link.made_at or self._database.clock(),
            "reason": link.reason,
        }

    def _clear(self, table: Table, key: Mapping[str, Any], missing: str, audit: AuditDraft) -> None:
        with self._database.writing() as connection:
            if connection.execute(delete(table).where(keyed(table, key))).rowcount == 0:
                raise NotFound(missing)
            record(self._database, connection, audit)

    def _clear_all(
        self, table: Table, column: str, team: TeamId, audit: Mapping[str, AuditDraft]
    ) -> frozenset[str]:
        there = select(table.c[column]).where(table.c.team_id == team)
        with self._database.writing() as connection:
            lock_team(connection, team)
            held = set(connection.execute(there).scalars())
            gone = [name for name in audit if clean(name) in held]
            if gone:
                this = delete(table).where(table.c.team_id == team, table.c[column] == bindparam("name"))
                connection.execute(this, [{"name": name} for name in gone])
                record(self._database, connection, *(audit[name] for name in gone))
        return frozenset(gone)

    def _set(
        self, table: Table, column: str, team: TeamId, export: ExportId, values: Mapping[str, object]
    ) -> None:
        if not values:
            return
        place = {"team_id": team, "export_id": export}
        with self._database.writing() as connection:
            lock_team(connection, team)
            require_export(connection, team, export)
            old = delete(table).where(keyed(table, place), table.c.key == bindparam("old_key"))
            connection.execute(old, [{"old_key": key} for key in values])
            rows = [
                {**place, "key": key, column: value} for key, value in values.items() if value is not None
            ]
            add_all(connection, table, rows)


_SOURCE = list(Link.__dataclass_fields__).index("source")


def _link(row: Sequence[Any]) -> Link:
    values = list(row)
    values[_SOURCE] = LinkSource(values[_SOURCE])
    return Link(*values)


def _by_key(
    connection: Connection, table: Table, column: str, team: TeamId, export: ExportId
) -> dict[str, Any]:
    place = keyed(table, {"team_id": team, "export_id": export})
    wanted = select(table.c.key, table.c[column]).where(place).order_by(table.c.key)
    return {row.key: row[1] for row in connection.execute(wanted)}
