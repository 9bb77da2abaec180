"""Writing additions: what is taken, what is worked out, what is refused and in which words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.simulator.app import create_app
from seatsync.simulator.bodies import read_body, read_object, read_operations
from seatsync.simulator.jsontext import dumps
from seatsync.simulator.refusals import Refusal

from .fakes import LINES, TODAY, api_of, small_book

BEFORE_BILLING = "effectiveDate cannot be less than the agreement billing start date"
INVOICED = (
    "Since this period has already been invoiced there will not be an invoice generated for additional "
    "products for this period. Please prorate the agreement or update the start date to on or after the "
    "Next Invoice Date."
)
NEW: Mapping[str, Any] = {
    "product": {"id": 3409},
    "quantity": 6,
    "billCustomer": "Billable",
    "effectiveDate": "2026-11-22T00:00:00Z",
}


def patched(api: httpx.Client, *operations: Mapping[str, Any], line: int = 9001) -> httpx.Response:
    """Send one PATCH."""
    return api.patch(f"{LINES}/{line}", json=list(operations))


def replace(path: str, value: Any) -> dict[str, Any]:
    """Make a replace operation."""
    return {"op": "replace", "path": path, "value": value}


def refused(answer: httpx.Response) -> tuple[int, str, str, list[tuple[str, str]]]:
    """Return status, code, message, and field and message of each error."""
    body = answer.json()
    errors = [(error["field"], error["message"]) for error in body["errors"] or ()]
    return answer.status_code, body["code"], body["message"], errors


def agreement(**members: Any) -> dict[str, Any]:
    """Make agreement 81 with other members."""
    return {"id": 81, "name": "A", "company": {"id": 250}, "type": {"id": 1}, **members}


@pytest.mark.parametrize("path", ["quantity", "/quantity"])
@pytest.mark.parametrize("op", ["replace", "add"])
def test_a_quantity_is_patched_by_either_path_form(api: httpx.Client, path: str, op: str) -> None:
    """The answer is the whole line with the sums worked out again; price and cost stay."""
    answer = patched(api, {"op": op, "path": path, "value": 17})
    line = answer.json()
    assert answer.status_code == 200
    assert (line["quantity"], line["unitPrice"], line["extPrice"]) == (17, 4, 68)
    assert api.get(f"{LINES}/9001").json() == line


def test_a_patch_stamps_who_and_when(api: httpx.Client) -> None:
    """In UTC, to the second."""
    info = patched(api, replace("quantity", 17)).json()["_info"]
    age = datetime.now(UTC) - datetime.fromisoformat(info["lastUpdated"])
    assert info["updatedBy"] == "seatsync-api"
    assert 0 <= age.total_seconds() < 60


def test_a_quantity_keeps_every_digit(api: httpx.Client) -> None:
    """A body with more digits than a double holds comes back whole."""
    exact = "1234567890.12345678901234567"
    answer = api.patch(f"{LINES}/9001", content=f'[{{"op":"replace","path":"quantity","value":{exact}}}]')
    assert f'"quantity":{exact}' in answer.text


def test_a_cancel_date_is_set_and_cleared_again(api: httpx.Client) -> None:
    """By remove, and by null."""
    day = "2026-11-30T00:00:00Z"
    assert patched(api, replace("cancelledDate", day)).json()["cancelledDate"] == day
    assert "cancelledDate" not in patched(api, {"op": "remove", "path": "cancelledDate"}).json()
    assert patched(api, replace("cancelledDate", day)).json()["cancelledDate"] == day
    assert "cancelledDate" not in patched(api, replace("cancelledDate", None)).json()


@pytest.mark.parametrize("path", ["extPrice", "billedQuantity", "agreementId", "id", "product/id", "_info"])
def test_computed_members_and_sub_paths_answer_200_and_change_nothing(api: httpx.Client, path: str) -> None:
    """A success is no proof."""
    before = api.get(f"{LINES}/9001").json()
    answer = patched(api, replace(path, 3410))
    assert answer.status_code == 200
    assert {**answer.json(), "_info": None} == {**before, "_info": None}


def test_a_new_product_brings_its_price_unless_one_is_sent(api: httpx.Client) -> None:
    """The catalogue price of AV-ECP is 5.50."""
    assert patched(api, replace("product", {"id": 3410})).json()["unitPrice"] == 5.5
    both = patched(api, replace("product", {"id": 3409}), replace("unitPrice", 3)).json()
    assert (both["product"]["identifier"], both["unitPrice"]) == ("AV-EAP", 3)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"quantity": 3}', "Cannot deserialize the current JSON object"),
        ('{"op":"replace","path":"quantity","value":3}', "Cannot deserialize the current JSON object"),
        ('[{"op":"replace","path":"quantity","value":3', "The body could not be read as JSON"),
        ('[{"op":"replace","path":"quantity","valu":3}]', "Could not find member 'valu'"),
        ('[{"op":"replace","path":"quantities","value":3}]', "Could not find member 'quantities'"),
        ('[{"op":"replace","path":"Quantity","value":3}]', "Could not find member 'Quantity'"),
        ('[{"op":"test","path":"quantity","value":3}]', "An operation needs a path"),
        ('[{"op":"replace","value":3}]', "An operation needs a path"),
        ('[{"op":"replace","path":"quantity","value":"many"}]', "Could not convert value to double: many."),
        ('[{"op":"replace","path":"quantity","value":NaN}]', "The body could not be read as JSON"),
        ('[{"op":"replace","path":"quantity","value":1e999999}]', "The body could not be read as JSON"),
        ('[{"op":"replace","path":"taxableFlag","value":"yes"}]', "Could not convert value to bool: yes."),
        ('[{"op":"replace","path":"billCustomer","value":"Free"}]', "Could not convert value to enum: Free."),
        ("[3]", "Cannot deserialize the current JSON value"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_and_nothing_changes(
    api: httpx.Client, body: str, message: str
) -> None:
    """With 400 and the vendor's general code."""
    before = api.get(f"{LINES}/9001").json()
    status, code, text, _ = refused(api.patch(f"{LINES}/9001", content=body))
    assert (status, code) == (400, "ConnectWiseApi")
    assert text.startswith(message)
    assert api.get(f"{LINES}/9001").json() == before


@pytest.mark.parametrize("moment", ["2026-11-30T00:00:00.000Z", "2026-11-30T00:00:00+01:00", "30/11/2026", 7])
def test_a_date_in_another_format_is_refused(api: httpx.Client, moment: object) -> None:
    """Milliseconds above all."""
    answer = patched(api, replace("cancelledDate", moment))
    assert refused(answer)[:3] == (400, "ConnectWiseApi", "Unsupported format applied to cancelledDate")


def test_custom_fields_are_sent_as_a_whole_array(api: httpx.Client) -> None:
    """The array takes the place of the old one, and its entries are read as strictly as the record."""
    for value in ("Silver", "Gold"):
        field = {"id": 1, "caption": "Tier", "value": value}
        assert patched(api, replace("customFields", [field])).json()["customFields"] == [field]
    gold = {"customFieldConditions": 'caption="Tier" and value="Gold"'}
    assert [line["id"] for line in api.get(LINES, params=gold).json()] == [9001]
    assert patched(api, replace("customFields", [{"color": "red"}])).status_code == 400
    assert patched(api, replace("customFields", {"id": 1})).status_code == 400


def test_a_body_nested_beyond_reason_is_refused(api: httpx.Client) -> None:
    """A custom field may hold any value, but not one that could not be written again."""
    deep = "[" * 40 + "]" * 40
    body = f'[{{"op":"replace","path":"customFields","value":[{{"id":1,"value":{deep}}}]}}]'
    answer = api.patch(f"{LINES}/9001", content=body)
    assert refused(answer)[:3] == (400, "ConnectWiseApi", "The body is nested too deeply.")


def test_a_patch_with_one_bad_operation_does_nothing(api: httpx.Client) -> None:
    """The good operation before it is not kept."""
    assert patched(api, replace("quantity", 99), replace("billCustomer", None)).status_code == 400
    assert api.get(f"{LINES}/9001").json()["quantity"] == 12


def test_a_line_is_created_at_the_catalogue_price(api: httpx.Client) -> None:
    """What was not sent comes from the catalogue; the new line is listed."""
    answer = api.post(LINES, json=dict(NEW))
    line = answer.json()
    assert answer.status_code == 201
    assert (line["id"], line["unitPrice"], line["extPrice"], line["description"]) == (
        9004,
        4,
        24,
        "Email Advanced Protect",
    )
    assert line in api.get(LINES).json()


def test_a_product_may_be_named_by_its_identifier(api: httpx.Client) -> None:
    """The answer carries its id."""
    line = api.post(LINES, json={**NEW, "product": {"identifier": "AV-ECP"}}).json()
    assert line["product"] == {"id": 3410, "identifier": "AV-ECP"}


def test_a_mid_month_line_of_a_prorated_agreement_shows_its_share(api: httpx.Client) -> None:
    """From 22 to 30 November are 9 of 30 days: 4.00 x 0.3."""
    line = api.post(LINES, json=dict(NEW)).json()
    assert (line["proratePrice"], line["extendedProratePrice"]) == (1.2, 7.2)


def test_an_unknown_member_is_refused_with_its_position(api: httpx.Client) -> None:
    """In the words seen live."""
    answer = api.post(LINES, content='{"page":1,"product":{"id":3409},"billCustomer":"Billable"}')
    assert refused(answer)[:3] == (
        400,
        "ConnectWiseApi",
        "Could not find member 'page' on object of type 'Addition'. Path 'page', line 1, position 8.Check "
        "your accept header to make sure you are using the correct version.",
    )


def test_an_unknown_member_of_a_reference_is_refused_too(api: httpx.Client) -> None:
    """The addition's product has no name."""
    answer = api.post(LINES, json={**NEW, "product": {"id": 3409, "name": "x"}})
    assert "Could not find member 'name' on object of type 'IvItemReference'" in refused(answer)[2]


@pytest.mark.parametrize("missing", ["product", "billCustomer"])
def test_a_required_member_is_asked_for(api: httpx.Client, missing: str) -> None:
    """By name."""
    sent = {name: value for name, value in NEW.items() if name != missing}
    assert refused(api.post(LINES, json=sent)) == (
        400,
        "InvalidObject",
        "addition object is invalid",
        [(missing, f"The {missing} field is required.")],
    )


@pytest.mark.parametrize(
    ("member", "field"),
    [
        ({"product": {"id": 1}}, "product"),
        ({"product": {"id": 3499}}, "product"),
        ({"cancelledDate": "2026-11-21T00:00:00Z"}, "cancelledDate"),
        ({"serialNumber": "x" * 51}, "serialNumber"),
        ({"invoiceDescription": "x" * 6001}, "invoiceDescription"),
    ],
)
def test_a_line_that_breaks_a_rule_is_refused_at_its_field(
    api: httpx.Client, member: dict[str, Any], field: str
) -> None:
    """Nothing is added."""
    status, code, _, errors = refused(api.post(LINES, json={**NEW, **member}))
    assert (status, code, errors[0][0]) == (400, "InvalidObject", field)
    assert len(api.get(LINES).json()) == 3


def posted_on(members: dict[str, Any], day: str) -> httpx.Response:
    """Create a line effective on a day in an agreement with those members."""
    app = create_app(small_book(agreements=[agreement(**members)], additions=[]), today=TODAY)
    with api_of(app) as api:
        return api.post(LINES, json={**NEW, "effectiveDate": f"{day}T00:00:00Z"})


def test_a_line_may_not_start_before_billing_starts() -> None:
    """The exact text; the day itself is taken."""
    later = {"billStartDate": "2027-01-01T00:00:00Z", "prorateFlag": True}
    assert refused(posted_on(later, "2026-12-31")) == (
        400,
        "InvalidObject",
        "addition object is invalid",
        [("effectiveDate", BEFORE_BILLING)],
    )
    assert posted_on(later, "2027-01-01").status_code == 201


def test_a_line_may_not_start_in_an_invoiced_period_unless_prorated() -> None:
    """The exact text; the next invoice date itself is taken."""
    invoiced = {"nextInvoiceDate": "2026-12-01T00:00:00Z", "prorateFlag": False}
    assert refused(posted_on(invoiced, "2026-11-30"))[3] == [("effectiveDate", INVOICED)]
    assert posted_on(invoiced, "2026-12-01").status_code == 201
    assert posted_on({**invoiced, "prorateFlag": True}, "2026-11-30").status_code == 201


def test_a_cancelled_agreement_takes_no_line_and_an_ended_one_none_after_its_end() -> None:
    """In words of the simulator's own."""
    assert refused(posted_on({"cancelledFlag": True}, "2026-11-22"))[3][0][0] == "agreementId"
    assert refused(posted_on({"endDate": "2026-11-21T00:00:00Z"}, "2026-11-22"))[3][0][0] == "effectiveDate"


@pytest.mark.parametrize(("whole", "status"), [(True, 400), (False, 200)])
def test_a_quantity_patch_can_fail_on_an_old_date_it_does_not_touch(whole: bool, status: int) -> None:
    """The server validates the whole stored record, unless the book says otherwise."""
    late = agreement(billStartDate="2025-01-01T00:00:00Z")
    book = small_book(agreements=[late, agreement(id=82)], quirks={"validate_whole_record": whole})
    with api_of(create_app(book, today=TODAY)) as api:
        assert patched(api, replace("quantity", 13)).status_code == status


def test_a_quantity_patch_in_an_invoiced_period_is_taken() -> None:
    """Every old line began in a period that was invoiced since."""
    invoiced = agreement(nextInvoiceDate="2026-12-01T00:00:00Z", prorateFlag=False)
    with api_of(create_app(small_book(agreements=[invoiced, agreement(id=82)]), today=TODAY)) as api:
        assert patched(api, replace("quantity", 13)).status_code == 200


def test_a_line_can_be_deleted_unless_the_book_keeps_invoiced_ones() -> None:
    """204, then 404; with the quirk 400."""
    with api_of(create_app(small_book(), today=TODAY)) as api:
        assert [api.delete(f"{LINES}/9001").status_code for _ in range(2)] == [204, 404]
    with api_of(create_app(small_book(quirks={"keep_invoiced_lines": True}), today=TODAY)) as api:
        assert api.delete(f"{LINES}/9001").status_code == 400


def test_other_methods_of_known_paths_are_405(api: httpx.Client) -> None:
    """A list can't be replaced, nor a company."""
    assert api.put(LINES, json={}).status_code == 405
    assert api.delete("/company/companies/250").status_code == 405


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["op", "path", "value", "id", "product", "quantity", "effectiveDate", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(JSON)
def test_any_json_body_is_read_or_refused(content: Any) -> None:
    """Nothing but a Refusal of status 400 may come out of reading."""
    body = httpx.Request("POST", "http://simulator.test", json=content).content
    outcomes = set()
    for read in (lambda c: read_object(c, "Addition", body), lambda c: read_operations(c, body)):
        try:
            dumps(read(read_body(body)))
        except Refusal as refusal:
            outcomes.add(refusal.status)
    assert outcomes <= {400}
