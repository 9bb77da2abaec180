"""The tables of the choices that a team keeps."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field

from seatsync.store.columns import CleanText, UtcTime
from seatsync.store.tables import Base, metadata


class TierMappingTable(Base, table=True):
    """The saved choice of a tier; no product means no-charge."""

    __tablename__ = "tier_mapping"
    team_id: int = Field(primary_key=True, foreign_key="team.id")
    tier: str = Field(primary_key=True, sa_type=CleanText)
    product_id: int | None = Field(sa_type=BigInteger)


class LinkTable(Base, table=True):
    """The saved choice of a tenant's company."""

    __tablename__ = "link"
    team_id: int = Field(primary_key=True, foreign_key="team.id")
    key: str = Field(primary_key=True, sa_type=CleanText)
    company_id: int = Field(sa_type=BigInteger)
    company_name: str = Field(sa_type=CleanText)
    tenant_name: str = Field(sa_type=CleanText)
    portal: str = Field(sa_type=CleanText)
    source: str = Field(sa_type=CleanText)
    made_by: str = Field(sa_type=CleanText)
    made_at: datetime | None = Field(sa_type=UtcTime)
    reason: str = Field(sa_type=CleanText, sa_column_kwargs={"server_default": ""})


class RejectionTable(Base, table=True):
    """A company that a person ruled out for a tenant."""

    __tablename__ = "rejection"
    team_id: int = Field(primary_key=True, foreign_key="team.id")
    key: str = Field(primary_key=True, sa_type=CleanText)
    company_id: int = Field(primary_key=True, sa_type=BigInteger)
    company_name: str = Field(sa_type=CleanText)
    tenant_name: str = Field(sa_type=CleanText)
    portal: str = Field(sa_type=CleanText)
    rejected_by: str = Field(sa_type=CleanText)
    rejected_at: datetime | None = Field(sa_type=UtcTime)


class ColumnChoiceTable(Base, table=True):
    """The column that a person chose for a field, for every file with this header."""

    __tablename__ = "column_choice"
    team_id: int = Field(primary_key=True, foreign_key="team.id")
    header: str = Field(primary_key=True, sa_type=CleanText)
    field: str = Field(primary_key=True, sa_type=CleanText)
    column: str = Field(sa_type=CleanText)
    chosen_by: str = Field(sa_type=CleanText)
    chosen_at: datetime = Field(sa_type=UtcTime)


class TickTable(Base, table=True):
    """A checkbox that a person set on a row of a preview."""

    __tablename__ = "tick"
    team_id: int = Field(primary_key=True, foreign_key="team.id")
    export_id: int = Field(primary_key=True, foreign_key="export.id")
    key: str = Field(primary_key=True, sa_type=CleanText)
    ticked: bool


class CreateAgreementTable(Base, table=True):
    """The agreement that a person chose for a row's create."""

    __tablename__ = "create_agreement"
    team_id: int = Field(primary_key=True, foreign_key="team.id")
    export_id: int = Field(primary_key=True, foreign_key="export.id")
    key: str = Field(primary_key=True, sa_type=CleanText)
    agreement_id: int = Field(sa_type=BigInteger)


TIER_MAPPING = metadata.tables["tier_mapping"]
LINK = metadata.tables["link"]
REJECTION = metadata.tables["rejection"]
COLUMN_CHOICE = metadata.tables["column_choice"]
TICK = metadata.tables["tick"]
CREATE_AGREEMENT = metadata.tables["create_agreement"]
