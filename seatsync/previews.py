"""Upload an export, and build the preview of a kept one from what is saved now."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from seatsync.completeness import paid_keys
from seatsync.desk import Desk
from seatsync.errors import ExportRefused, InvalidChoice
from seatsync.model import AgreementId, Book, ExportId, ExportRecord, Link, ParsedExport, Snapshot
from seatsync.people import Permission
from seatsync.preview import Preview, PreviewRow
from seatsync.reconcile import Inputs, reconcile
from seatsync.vendor_export import read_export


@dataclass(frozen=True, slots=True)
class Upload:
    """A kept export, and whether the same file was kept before."""

    export: ExportRecord
    repeated: bool


@dataclass(frozen=True, slots=True)
class Review:
    """A preview with what it was built from, and the choices made on its rows, by row key."""

    export: ExportRecord
    snapshot: Snapshot
    book: Book
    preview: Preview
    ticks: Mapping[str, bool]
    agreements: Mapping[str, AgreementId]

    def ticked(self, row: PreviewRow) -> bool:
        """Say whether the row's box is checked: as a person left it, else the default."""
        return row.selectable and self.ticks.get(row.key, row.selected)


def upload(desk: Desk, name: str, content: bytes, columns: Mapping[str, str] | None = None) -> Upload:
    """Read an export and keep it. ``columns`` settles, field by field, which column is meant.

    Raises ExportRefused, or NotReady before the first scan; a refused file is audited by name and hash.
    """
    desk.require(Permission.MANAGE, "export.upload", name)
    desk.snapshot()
    try:
        parsed = read_export(name, content, columns=columns, limit=desk.export_limit)
    except ExportRefused as refusal:
        after = {"sha256": hashlib.sha256(content).hexdigest(), "message": str(refusal)}
        desk.store.audit.append(
            desk.draft(Permission.MANAGE, "export.upload", name, {}, after, result="refused")
        )
        raise
    return _keep(desk, parsed)


def _keep(desk: Desk, parsed: ParsedExport) -> Upload:
    after = {"sha256": parsed.sha256, "rows": parsed.rows}
    draft = desk.draft(Permission.MANAGE, "export.upload", parsed.name, {}, after)
    record, repeated = desk.store.exports.add(desk.team.id, parsed, desk.person.name, draft)
    return Upload(record, repeated)


def build_preview(
    desk: Desk, export: ExportId, agreements: Mapping[str, AgreementId] | None = None
) -> Review:
    """Build the preview of a kept export from the snapshot, mappings, links and rules saved now.

    ``agreements`` adds to the saved choices of where a create goes. A person who may manage also saves what
    the preview found: automatic links, and whether the file is whole. Raises NotFound, NotReady.
    """
    desk.require(Permission.SEE, "preview.view", str(export))
    team, store = desk.team.id, desk.store
    record, snapshot, rules = store.exports.get(team, export), desk.snapshot(), desk.rules
    mappings = store.choices.mappings(team)
    products = frozenset(m.product_id for m in mappings if m.product_id is not None)
    book = store.snapshots.book(team, snapshot.id, products)
    before = store.exports.previous_accepted(team, export)
    chosen = {**store.choices.agreements(team, export), **(agreements or {})}
    preview = reconcile(
        Inputs(
            seat_rows=store.exports.seat_rows(team, export),
            rows=record.rows,
            ignored=record.ignored,
            truncated=record.truncated,
            book=book,
            mappings=mappings,
            links=store.choices.links(team),
            today=desk.today,
            rules=rules,
            baseline=paid_keys(store.exports.seat_rows(team, before.id)) if before else None,
            baseline_name=before.name if before else "",
            seen=store.exports.seen_before(team, export),
            declared=bool(record.declared),
            agreements=chosen,
        )
    )
    _check_agreements(preview, agreements or {})
    if desk.person.may(Permission.MANAGE):
        _save_findings(desk, record, preview)
    return Review(record, snapshot, book, preview, store.choices.ticks(team, export), chosen)


def _check_agreements(preview: Preview, agreements: Mapping[str, AgreementId]) -> None:
    rows = {row.key: row for row in preview.rows}
    for key, agreement in agreements.items():
        row = rows.get(key)
        if row is None or not row.agreements:
            raise InvalidChoice(f"Row {key} needs no agreement: it creates no line in this preview.")
        if agreement not in {a.id for a in row.agreements}:
            listed = ", ".join(f"{a.name} ({a.id})" for a in row.agreements)
            raise InvalidChoice(f"Row {key} can't go to agreement {agreement}. Choose one of: {listed}.")


def _save_findings(desk: Desk, record: ExportRecord, preview: Preview) -> None:
    team = desk.team.id
    if not record.declared and preview.incomplete != record.incomplete:
        desk.store.exports.judge(team, record.id, preview.incomplete)
    if not preview.new_links:
        return
    now = datetime.now(UTC)
    links = [
        Link(link.key, link.company_id, link.company_name, link.tenant_name, link.portal, made_at=now)
        for link in preview.new_links
    ]
    drafts = [
        desk.draft(
            Permission.MANAGE,
            "link.match",
            link.portal,
            {},
            {"company_id": link.company_id, "company": link.company_name, "tenant": link.tenant_name},
        )
        for link in links
    ]
    desk.store.choices.save_automatic_links(team, links, drafts)


def declare_complete(desk: Desk, export: ExportId, reason: str) -> None:
    """Record that a person calls a file complete, and why. Raises InvalidChoice without a reason."""
    desk.require(Permission.MANAGE, "export.declare_complete", str(export))
    if not reason.strip():
        raise InvalidChoice("Say why the file is complete; the reason is kept in the audit log.")
    record = desk.store.exports.get(desk.team.id, export)
    draft = desk.draft(
        Permission.MANAGE,
        "export.declare_complete",
        record.name,
        {"incomplete": record.incomplete},
        {"reason": reason.strip()},
    )
    desk.store.exports.declare_complete(desk.team.id, export, reason.strip(), draft)


def tick(desk: Desk, export: ExportId, ticks: Mapping[str, bool | None]) -> None:
    """Set checkboxes by row key; None returns one to its default."""
    desk.require(Permission.MANAGE, "preview.tick", str(export))
    desk.store.choices.save_ticks(desk.team.id, export, ticks)


def choose_agreement(desk: Desk, export: ExportId, key: str, agreement: AgreementId | None) -> None:
    """Choose where a row's create goes; the choice is checked when the preview is built."""
    desk.require(Permission.MANAGE, "preview.agreement", f"{export}/{key}")
    desk.store.choices.save_agreement(desk.team.id, export, key, agreement)
