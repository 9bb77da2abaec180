"""What the command line answers as JSON: decimals as strings, dates and times in one form each."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from seatsync.brakes import Brake
from seatsync.comparison import Comparison, Movement
from seatsync.journal import AuditEntry, Operation, Outcome
from seatsync.model import Agreement, Company, ExportRecord, Product, Snapshot, number
from seatsync.plan import Create
from seatsync.preview import PreviewRow
from seatsync.status import ENDED, Status

if TYPE_CHECKING:
    from seatsync.previews import Review
    from seatsync.undos import LookBack

Json = dict[str, Any]


def money(amount: Decimal) -> str:
    """Write an amount with at least two places, and no more than it needs beyond."""
    exponent = amount.normalize().as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{amount:z.{min(places, 6)}f}"


def cents(amount: Decimal) -> str:
    """Write a sum of money with two places."""
    return f"{amount:z.2f}"


def _number(quantity: Decimal | None) -> str | None:
    return None if quantity is None else number(quantity)


def instant(at: datetime) -> str:
    """Write a time in RFC 3339, in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def review_json(review: "Review") -> Json:
    """Answer ``preview``."""
    export, preview, counts = review.export, review.preview, review.preview.counts
    totals = preview.totals
    return {
        "export": {
            "id": export.id,
            "sha256": export.sha256,
            "name": export.name,
            "columns": dict(export.columns),
            "rows": counts.rows,
            "paid": counts.paid,
            "skipped": counts.skipped,
            "expired": counts.expired,
            "no_charge": counts.no_charge,
            "unreadable": counts.unreadable,
            "ignored": counts.ignored,
            "complete": not preview.incomplete,
            "incomplete_reason": preview.incomplete or None,
            "notes": list(export.notes),
            "chosen_columns": dict(review.header.chosen),
            "later": _export(review.later),
        },
        "compared": None if review.compared is None else compared_json(review.compared),
        "snapshot": snapshot_json(review.snapshot),
        "totals": {
            "by_status": {
                status.value: totals.by_status[status] for status in Status if totals.by_status.get(status)
            },
            "seats_now": number(totals.seats_now),
            "seats_new": number(totals.seats_new),
            "monthly_delta": {
                currency: cents(sum_) for currency, sum_ in sorted(totals.monthly_delta.items())
            },
            "left_out": list(preview.left_out),
        },
        "rows": [row_json(row) for row in preview.rows],
    }


def compared_json(compared: Comparison) -> Json:
    """Describe what moved since another export; ``movements`` are grouped by kind, the largest first."""
    return {
        "export": _export(compared.export),
        "tenants_before": compared.tenants_before,
        "tenants_after": compared.tenants_after,
        "seats_before": number(compared.seats_before),
        "seats_after": number(compared.seats_after),
        "counts": {move.value: count for move, count in compared.counts.items()},
        "movements": [_movement(movement) for movement in compared.movements],
        "smaller": {"count": compared.smaller, "seats": number(compared.smaller_seats)},
        "unread": compared.unread,
        "same_rows": compared.same_rows,
        "by_name": compared.by_name,
    }


def _movement(movement: Movement) -> Json:
    return {
        "move": movement.move.value,
        "tenant": movement.tenant,
        "portal": movement.portal,
        "tier": movement.tier,
        "seats_before": _number(movement.seats_before),
        "seats_after": _number(movement.seats_after),
        "difference": number(movement.difference),
        "tenant_before": movement.tenant_before or None,
        "tier_before": movement.tier_before or None,
        "state": movement.state.value if movement.state else None,
    }


def _export(export: ExportRecord | None) -> Json | None:
    if export is None:
        return None
    return {"id": export.id, "name": export.name, "uploaded_at": instant(export.uploaded_at)}


def snapshot_json(snapshot: Snapshot) -> Json:
    """Describe a snapshot by its counts."""
    return {
        "id": snapshot.id,
        "taken_at": instant(snapshot.taken_at),
        "companies": snapshot.companies,
        "agreements": snapshot.agreements,
        "additions": snapshot.additions,
        "suspicion": snapshot.suspicion or None,
    }


def row_json(row: PreviewRow) -> Json:
    """Describe one preview row."""
    line = row.line
    return {
        "key": row.key,
        "status": row.status.value,
        "change": row.change.value if row.change else None,
        "selected": row.selected,
        "selectable": row.selectable,
        "tenants": [
            {
                "portal": part.portal,
                "name": part.tenant,
                "tier": part.tier,
                "users": _number(part.users),
                "state": part.state.value,
                "line": part.line,
            }
            for part in row.parts
        ],
        "company": _company(row.company),
        "product": _product(row.product),
        "agreement": _agreement(row.agreement),
        "agreements": [_agreement(agreement) for agreement in row.agreements],
        "addition_id": line.addition.id if line else None,
        "lines": [
            {
                "addition_id": view.addition.id,
                "agreement": _agreement(view.agreement),
                "quantity": number(view.addition.quantity),
            }
            for view in row.lines
        ],
        "quantity_now": _number(row.quantity_now),
        "quantity_new": _number(row.quantity_new),
        "difference": _number(row.difference),
        "unit_price": None if row.unit_price is None else money(row.unit_price),
        "monthly_delta": None if row.monthly_delta is None else cents(row.monthly_delta),
        "currency": row.currency or None,
        "reason": row.reason,
        "match": row.match,
        "locked": row.locked or None,
        "suggestion": row.suggestion or None,
        "candidates": [
            {"company_id": c.company_id, "name": c.name, "score": round(c.score, 4), "website": c.website}
            for c in row.candidates
        ],
    }


def _company(company: Company | None) -> Json | None:
    return None if company is None else {"id": company.id, "name": company.name}


def _product(product: Product | None) -> Json | None:
    return None if product is None else {"id": product.id, "identifier": product.identifier}


def _agreement(agreement: Agreement | None) -> Json | None:
    return None if agreement is None else {"id": agreement.id, "name": agreement.name}


def push_json(
    digest: str, status: str, outcomes: Sequence[Outcome], operation: Operation | None = None
) -> Json:
    """Answer ``push``; without an operation, the outcomes are planned."""
    return {
        "operation": operation.id if operation else None,
        "digest": digest,
        "status": status,
        **{result.value: sum(o.result is result for o in outcomes) for result in ENDED},
        "message": operation.message if operation else "",
        "outcomes": [outcome_json(outcome) for outcome in outcomes],
    }


def outcome_json(outcome: Outcome) -> Json:
    """Describe what became of one change."""
    change = outcome.change
    line = change.made if isinstance(change, Create) else change.addition
    return {
        "key": change.key,
        "change": change.kind.value,
        "result": outcome.result.value,
        "before": outcome.before or None,
        "after": outcome.after or None,
        "date": outcome.day.isoformat() if outcome.day else None,
        "message": outcome.message,
        "company": _company(change.company),
        "product": _product(change.product),
        "agreement": _agreement(change.agreement),
        "addition_id": None if line is None else line.id,
        "request_id": outcome.request_id or None,
        "unknown": outcome.unknown,
    }


def operation_json(operation: Operation, team: str) -> Json:
    """Answer ``operations``, one run."""
    return {
        "id": operation.id,
        "kind": operation.kind.value,
        "status": operation.status.value,
        "team": team,
        "who": operation.who,
        "started_at": instant(operation.started_at),
        "finished_at": instant(operation.finished_at) if operation.finished_at else None,
        "done": operation.done,
        "total": operation.total,
        **{result.value: operation.counts.get(result, 0) for result in ENDED},
        "message": operation.message,
    }


def look_back_json(back: "LookBack") -> Json:
    """Describe a run with its outcomes, what it undoes, and which undos took which of its changes back."""
    return {
        "undoes": back.operation.undoes,
        "undone_by": list(back.undone_by),
        "outcomes": [{**outcome_json(each.outcome), "undone_by": each.undone_by} for each in back.outcomes],
    }


def left_out_json(back: "LookBack") -> list[Json]:
    """List the outcomes that can't be undone, or not any more, and why."""
    return [
        {**outcome_json(each.outcome), "message": each.why} for each in back.outcomes if each.change is None
    ]


def audit_json(entry: AuditEntry) -> Json:
    """Answer ``audit``, one entry."""
    return {
        "seq": entry.seq,
        "at": instant(entry.at),
        "who": entry.who,
        "team": entry.team,
        "permission": entry.permission,
        "action": entry.action,
        "resource": entry.resource,
        "before": dict(entry.before),
        "after": dict(entry.after),
        "result": entry.result,
        "operation": entry.operation_id,
        "hash": entry.hash,
    }


def scan_json(operation: Operation) -> Json:
    """Answer ``scan``."""
    detail = operation.detail
    counted = ("snapshot", "companies", "agreements", "additions", "products", "requests", "seconds")
    return {
        "operation": operation.id,
        "status": operation.status.value,
        **{name: detail.get(name) for name in counted},
        "suspicion": detail.get("suspicion") or None,
        "message": operation.message,
    }


def brake_json(brake: Brake | None) -> Json | None:
    """Describe a tripped brake."""
    return None if brake is None else {"cancels": brake.cancels, "reasons": list(brake.reasons)}
