"""What the desk and the jobs need of the choices that a team keeps, as a Protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from seatsync.journal import AuditDraft
from seatsync.model import AgreementId, CompanyId, ExportId, Link, Rejection, TeamId, TierMapping


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """The columns, by field, that a person chose for every file with one header."""

    columns: Mapping[str, str] = field(default_factory=dict)
    chosen_by: str = ""
    chosen_at: datetime | None = None


class Choices(Protocol):
    """Tier mappings, company links and rejections, chosen columns, and the choices made on preview rows."""

    def mappings(self, team: TeamId) -> tuple[TierMapping, ...]:
        """List the tier mappings, by tier."""

    def save_mapping(self, team: TeamId, mapping: TierMapping, audit: AuditDraft) -> None:
        """Save or replace a mapping."""

    def clear_mapping(self, team: TeamId, tier: str, audit: AuditDraft) -> None:
        """Remove a mapping. Raises NotFound."""

    def clear_mappings(self, team: TeamId, audit: Mapping[str, AuditDraft]) -> frozenset[str]:
        """Remove the mappings of the tiers that have a draft, all at once; return the tiers that had one."""

    def links(self, team: TeamId) -> tuple[Link, ...]:
        """List the links, by tenant name."""

    def save_link(self, team: TeamId, link: Link, audit: AuditDraft) -> None:
        """Save or replace a link, and take back the rejection of that company for the tenant."""

    def save_automatic_links(self, team: TeamId, links: Sequence[Link], audit: Sequence[AuditDraft]) -> None:
        """Save automatic links; a tenant linked or rejected meanwhile is left as it is."""

    def clear_link(self, team: TeamId, key: str, audit: AuditDraft) -> None:
        """Remove a link. Raises NotFound."""

    def clear_links(self, team: TeamId, audit: Mapping[str, AuditDraft]) -> frozenset[str]:
        """Remove the links of the keys that have a draft, all at once; return the keys that had one."""

    def rejections(self, team: TeamId) -> tuple[Rejection, ...]:
        """List the companies ruled out, by tenant name."""

    def save_rejection(self, team: TeamId, rejection: Rejection, audit: AuditDraft) -> None:
        """Rule a company out for a tenant, and remove the tenant's automatic link to it."""

    def clear_rejection(self, team: TeamId, key: str, company: CompanyId, audit: AuditDraft) -> None:
        """Take a rejection back. Raises NotFound."""

    def column_choice(self, team: TeamId, header: str) -> ColumnChoice:
        """Return the columns chosen for files with this header; ``header`` is its fingerprint."""

    def save_column_choice(
        self, team: TeamId, header: str, columns: Mapping[str, str], audit: AuditDraft
    ) -> None:
        """Replace the columns chosen for files with this header."""

    def ticks(self, team: TeamId, export: ExportId) -> Mapping[str, bool]:
        """Return the checkboxes that a person set, by ``PreviewRow.choice``."""

    def save_ticks(self, team: TeamId, export: ExportId, ticks: Mapping[str, bool | None]) -> None:
        """Set checkboxes by ``PreviewRow.choice``; None returns one to its default."""

    def agreements(self, team: TeamId, export: ExportId) -> Mapping[str, AgreementId]:
        """Return, by row key, the agreement chosen for a create."""

    def save_agreement(self, team: TeamId, export: ExportId, key: str, agreement: AgreementId | None) -> None:
        """Choose where a row's create goes."""
