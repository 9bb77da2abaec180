"""Entries of the audit log in words."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from seatsync.audit_words import (
    ACTIONS,
    Differs,
    FieldChange,
    action_label,
    change_line,
    differences,
    subject,
)
from seatsync.journal import AuditEntry

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def entry(before: dict[str, Any], after: dict[str, Any], result: str = "ok", action: str = "t") -> AuditEntry:
    return AuditEntry(1, NOON, "Ada", "Root", "p", action, "thing", before, after, result, None, "00")


def test_every_action_has_words_and_an_unknown_one_is_spelled_out() -> None:
    assert action_label("push.update") == "Addition updated"
    assert action_label("new.thing_done") == "New thing done"
    assert all(label[0].isupper() and "." not in label for label in ACTIONS.values())


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            {"quantity": "52"},
            {"quantity": "57", "result": "updated", "request_id": "ab", "message": ""},
            "quantity 52 → 57",
        ),
        ({"timezone": ""}, {"timezone": "Europe/Berlin"}, "time zone Europe/Berlin"),
        ({"company": "Old", "company_id": 7}, {}, "company Old removed"),
        ({}, {"identifier": "AV-EAP", "product_id": 3409}, "identifier AV-EAP"),
        (
            {"tenants_kept": "0.80"},
            {"tenants_kept": "0.825"},
            "paid tenants that must be there 80 % → 82.5 %",
        ),
        ({"rehearse": False}, {"rehearse": True}, "only rehearse no → yes"),
        ({"agreement_types": []}, {"agreement_types": ["A", "B"]}, "agreement types A, B"),
        ({}, {"message": "Read all.", "status": "completed"}, "Read all."),
        ({"a": 1}, {"a": 1}, ""),
        ({}, {}, ""),
    ],
)
def test_one_line_says_what_changed(before: dict[str, Any], after: dict[str, Any], said: str) -> None:
    assert change_line(entry(before, after)) == said


def test_the_reason_of_a_match_is_left_to_the_entry_itself() -> None:
    why = {"company": "Fabrikam", "reason": "Same name."}
    assert change_line(entry({}, why, action="link.match")) == "company Fabrikam"
    assert change_line(entry({}, {"reason": "Tenants moved."}, action="export.declare_complete")) == (
        "reason Tenants moved."
    )


def test_what_was_not_written_is_said_with_the_reason() -> None:
    skipped = entry(
        {"quantity": "16"},
        {"message": "was 16 in the preview, is 999 now", "result": "skipped", "wanted": {"quantity": "19"}},
        "refused",
    )
    assert change_line(skipped) == "Refused: quantity 16 → 19 not written"
    assert differences(skipped) == (FieldChange("quantity", "16", "19", Differs.NOT_WRITTEN, "quantity"),)
    assert change_line(entry({}, {}, "refused")) == "Refused"


@pytest.mark.parametrize(
    ("action", "resource", "said"),
    [
        ("push.update", "Contoso, Inc: AV-EAP, Managed, line 9001", "Contoso, Inc: AV-EAP"),
        ("undo.cancel", "Contoso: AV-EAP, Managed, new line", "Contoso: AV-EAP"),
        ("push.start", "export 3", "Export 3"),
        ("link.save", "a: b, c, d", "a: b, c, d"),
        ("link.save", "operation 3 Ltd", "operation 3 Ltd"),
        ("rules.save", "rules", "Limits"),
    ],
)
def test_the_subject_of_a_change_is_company_and_product(action: str, resource: str, said: str) -> None:
    assert subject(replace(entry({}, {}, action=action), resource=resource)) == said


def test_every_field_is_compared_and_what_differs_comes_first() -> None:
    found = differences(
        entry({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "5", "d": {"x_id": 1204, "y": 1204}})
    )
    assert found == (
        FieldChange("b", "2", "5", Differs.CHANGED, "b"),
        FieldChange("c", "3", "nothing", Differs.REMOVED, "c"),
        FieldChange("d", "nothing", "x_id: 1204, y: 1,204", Differs.NEW, "d"),
        FieldChange("a", "1", "1", Differs.SAME, "a"),
    )


def test_a_share_that_is_none_is_shown_as_it_is() -> None:
    assert change_line(entry({"tenants_kept": "x"}, {"tenants_kept": "0"})).endswith("x → 0 %")
