"""Upload an export, and build the preview of a kept one from what is saved now."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from seatsync.column_choices import (
    HeaderAccount,
    Reading,
    account_of,
    read_with_choices,
    remember,
)
from seatsync.comparison import Comparison, compare
from seatsync.completeness import paid_keys
from seatsync.desk import Desk
from seatsync.errors import ExportRefused, InvalidChoice
from seatsync.file_dates import kept_later
from seatsync.model import AgreementId, Book, ExportId, ExportRecord, Snapshot
from seatsync.people import Permission
from seatsync.preview import Preview, PreviewRow
from seatsync.reconcile import Inputs, reconcile
from seatsync.tiers import mapped_products
from seatsync.unknowns import Unknowns


@dataclass(frozen=True, slots=True)
class Upload:
    """A kept export, and whether the same file was kept before.

    ``chosen`` are the columns that it was read with by a person's choice; ``newly`` says that the choice was
    made now, and is remembered from now on.
    """

    export: ExportRecord
    repeated: bool
    chosen: Mapping[str, str] = field(default_factory=dict)
    newly: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """A preview with what it was built from, and the choices made on its rows.

    ``ticks`` are by ``PreviewRow.choice``, ``agreements`` by row key.

    ``compared`` sets the file beside the last accepted export before it, None where there is none; ``later``
    is an accepted export of a later time, which makes this one an old one.
    """

    export: ExportRecord
    snapshot: Snapshot
    book: Book
    preview: Preview
    ticks: Mapping[str, bool]
    agreements: Mapping[str, AgreementId]
    compared: Comparison | None = None
    later: ExportRecord | None = None
    header: HeaderAccount = field(default_factory=HeaderAccount)

    def ticked(self, row: PreviewRow) -> bool:
        """Say whether the row's box is checked: as a person left it, else the default."""
        return row.selectable and self.ticks.get(row.choice, row.selected)


def upload(desk: Desk, name: str, content: bytes, columns: Mapping[str, str] | None = None) -> Upload:
    """Read an export and keep it. ``columns`` settles, field by field, which column is meant.

    The choice is remembered for files with the same header. Raises ExportRefused, or NotReady before the
    first scan; a refused file is audited by name and hash.
    """
    desk.require(Permission.MANAGE, "export.upload", name)
    desk.snapshot()
    try:
        reading = read_with_choices(desk, name, content, columns or {})
    except ExportRefused as refusal:
        after = {"sha256": hashlib.sha256(content).hexdigest(), "message": str(refusal)}
        desk.store.audit.append(
            desk.draft(Permission.MANAGE, "export.upload", name, {}, after, result="refused")
        )
        raise
    return _keep(desk, reading)


def _keep(desk: Desk, reading: Reading) -> Upload:
    parsed = reading.parsed
    after = {"sha256": parsed.sha256, "rows": parsed.rows, "chosen": dict(parsed.chosen)}
    draft = desk.draft(Permission.MANAGE, "export.upload", parsed.name, {}, after)
    record, repeated = desk.store.exports.add(desk.team.id, parsed, desk.person.name, draft)
    return Upload(record, repeated, parsed.chosen, remember(desk, reading))


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
    products = mapped_products(mappings)
    book = store.snapshots.book(team, snapshot.id, products)
    seat_rows, before = store.exports.seat_rows(team, export), store.exports.previous_accepted(team, export)
    earlier = store.exports.seat_rows(team, before.id) if before else ()
    chosen = {**store.choices.agreements(team, export), **(agreements or {})}
    preview = reconcile(
        Inputs(
            seat_rows=seat_rows,
            rows=record.rows,
            ignored=record.ignored,
            truncated=record.truncated,
            book=book,
            mappings=mappings,
            links=store.choices.links(team),
            today=desk.today,
            rules=rules,
            baseline=paid_keys(earlier) if before else None,
            baseline_name=before.name if before else "",
            seen=store.exports.seen_before(team, export),
            declared=bool(record.declared),
            agreements=chosen,
            rejections=store.choices.rejections(team),
            unknowns=Unknowns.of(store.operations.unknown(team)),
        )
    )
    _check_agreements(preview, agreements or {})
    if desk.person.may(Permission.MANAGE):
        _save_findings(desk, record, preview)
    ticks = store.choices.ticks(team, export)
    compared = compare(before, earlier, seat_rows) if before else None
    later = kept_later(record, store.exports.all(team))
    header = account_of(desk, record)
    return Review(record, snapshot, book, preview, ticks, chosen, compared, later, header)


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
    links = [replace(link, made_at=now) for link in preview.new_links]
    drafts = [
        desk.draft(
            Permission.MANAGE,
            "link.match",
            link.portal,
            {},
            {
                "company_id": link.company_id,
                "company": link.company_name,
                "tenant": link.tenant_name,
                "reason": link.reason,
            },
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
    """Set checkboxes by ``PreviewRow.choice``; None returns one to its default."""
    desk.require(Permission.MANAGE, "preview.tick", str(export))
    desk.store.choices.save_ticks(desk.team.id, export, ticks)


def choose_agreement(desk: Desk, export: ExportId, key: str, agreement: AgreementId | None) -> None:
    """Choose where a row's create goes; the choice is checked when the preview is built."""
    desk.require(Permission.MANAGE, "preview.agreement", f"{export}/{key}")
    desk.store.choices.save_agreement(desk.team.id, export, key, agreement)
