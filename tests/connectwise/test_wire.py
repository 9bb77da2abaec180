"""The JSON of ConnectWise to records and back."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.connectwise import wire
from seatsync.connectwise.failures import parse_json
from seatsync.connectwise.row import one
from seatsync.errors import ConnectWiseError
from seatsync.model import (
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Company,
    CompanyId,
    Product,
    ProductId,
)

from .fakes import Script, agreement, client, line, ok, raw

PATCH = "PATCH finance/agreements/81/additions/9001"


def parsed(text: str, kind: str = "line") -> wire.Row:
    return one(parse_json(text.encode()), kind)


def row(**values: Any) -> wire.Row:
    return parsed(json.dumps({"id": 9001} | values))


def test_a_line_is_read() -> None:
    text = """{"id": 9001, "agreementId": 81, "product": {"id": 3409}, "quantity": 12.50, "lessIncluded": 2,
        "unitPrice": 0.1, "billCustomer": "NoCharge", "effectiveDate": "2026-03-01T00:00:00Z",
        "cancelledDate": "2026-12-31T23:00:00-08:00", "description": "Seats", "additionStatus": "new"}"""
    assert wire.addition(parsed(text), AgreementId(1)) == Addition(
        AdditionId(9001),
        AgreementId(81),
        ProductId(3409),
        Decimal("12.50"),
        Decimal(2),
        Decimal("0.1"),
        "NoCharge",
        date(2026, 3, 1),
        date(2026, 12, 31),
        "Seats",
    )


@pytest.mark.parametrize("unset", [{}, dict.fromkeys(line(1), None), dict.fromkeys(line(1), "")])
def test_absent_null_and_empty_are_alike(unset: dict[str, Any]) -> None:
    values = unset | {"id": 9001, "product": {"id": 3409}}
    assert wire.addition(one(values, "line"), AgreementId(81)) == Addition(
        AdditionId(9001), AgreementId(81), ProductId(3409), Decimal(0), bill_customer=""
    )


def test_an_agreement_is_read() -> None:
    body = agreement(
        81,
        startDate="2026-01-01T00:00:00Z",
        endDate="2027-01-01T00:00:00Z",
        noEndingDateFlag=True,
        billStartDate="2026-02-01T00:00:00Z",
        nextInvoiceDate="2026-12-01",
        prorateFlag="true",
        billingCycle={"id": 2, "name": "Monthly"},
        currency={"id": 1, "currencyCode": "EUR", "symbol": "E"},
        parentAgreement={"id": 80, "name": "Parent"},
        agreementStatus="Paused",
    )
    assert wire.agreement(one(body, "agreement")) == Agreement(
        AgreementId(81),
        "Agreement 81",
        CompanyId(250),
        "Managed",
        "Paused",
        False,
        date(2026, 1, 1),
        date(2027, 1, 1),
        True,
        date(2026, 2, 1),
        date(2026, 12, 1),
        True,
        "Monthly",
        "EUR",
        AgreementId(80),
    )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-09-14T08:12:30Z", datetime(2026, 9, 14, 8, 12, 30, tzinfo=UTC)),
        ("2026-09-14T08:12:30", datetime(2026, 9, 14, 8, 12, 30, tzinfo=UTC)),
        ("2026-09-14T10:12:30.5+02:00", datetime(2026, 9, 14, 8, 12, 30, 500000, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
        (7, None),
    ],
)
def test_the_last_update_of_an_agreement_is_a_time_or_unknown(text: Any, moment: datetime | None) -> None:
    row = one(agreement(81, _info={"lastUpdated": text}), "agreement")
    assert wire.agreement(row).updated == moment


def test_an_agreement_with_only_what_it_needs_is_read() -> None:
    body = {
        "id": 81,
        "company": {"id": 250},
        "startDate": "0001-01-01T00:00:00Z",
        "parentAgreement": {"id": None},
    }
    assert wire.agreement(one(body, "agreement")) == Agreement(AgreementId(81), "", CompanyId(250), status="")


def test_companies_and_products_are_read() -> None:
    company = {
        "id": 250,
        "name": "Contoso",
        "identifier": "con",
        "deletedFlag": True,
        "website": "contoso.com",
    }
    product = {"id": "3409", "identifier": "AV", "description": "Seat", "price": "4.00", "inactiveFlag": 1}
    assert wire.company(one(company, "company")) == Company(
        CompanyId(250), "Contoso", "con", True, "contoso.com"
    )
    assert wire.company(one({"id": 7, "identifier": "con"}, "company")).name == "con"
    assert wire.product(one(product, "product")) == Product(
        ProductId(3409), "AV", "Seat", Decimal("4.00"), True
    )


@pytest.mark.parametrize(
    ("code", "currency"), [({"currencyIdentifier": "CAD"}, "CAD"), ({"name": "Pound"}, "Pound")]
)
def test_a_currency_without_a_code_goes_by_its_name(code: dict[str, str], currency: str) -> None:
    assert wire.agreement(one(agreement(81, currency=code), "agreement")).currency == currency


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        "11/22/2026",
        "2026-02-30T00:00:00Z",
        "20261122",
        "2026-W47-7",
        20261122,
        True,
        [],
        "0000-00-00",
    ],
)
def test_a_day_that_is_none_names_the_record(value: Any) -> None:
    with pytest.raises(ConnectWiseError, match='line 9001 with "effectiveDate" as'):
        row(effectiveDate=value).day("effectiveDate")


@pytest.mark.parametrize("value", ["many", "NaN", "Infinity", True, [], {"a": 1}])
def test_a_number_that_is_none_names_the_record(value: Any) -> None:
    with pytest.raises(ConnectWiseError, match='line 9001 with "quantity" as'):
        row(quantity=value).number("quantity")


@pytest.mark.parametrize("value", ["maybe", 2, [], 0.5])
def test_a_truth_value_that_is_none_names_the_record(value: Any) -> None:
    with pytest.raises(ConnectWiseError, match='"flag" as'):
        row(flag=value).flag("flag")


@pytest.mark.parametrize(
    ("value", "truth"), [(True, True), ("TRUE", True), (1, True), (0, False), ("false", False)]
)
def test_a_truth_value_is_read_in_any_dress(value: Any, truth: bool) -> None:
    assert row(flag=value).flag("flag") is truth


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"id": 9001}, 'line 9001 without "product"'),
        ({"id": 9001, "product": {"id": None}}, 'the product of line 9001 without "id"'),
        ({"id": 9001, "product": "AV"}, '"product" as "AV"'),
        ({"product": {"id": 1}}, 'line without "id"'),
    ],
)
def test_a_required_part_that_is_missing_is_named(body: dict[str, Any], why: str) -> None:
    with pytest.raises(ConnectWiseError, match=why):
        wire.addition(one(body, "line"), AgreementId(81))


@pytest.mark.parametrize("text", ["9001", "9001.0", '"9001"'])
def test_an_id_is_read_in_any_dress(text: str) -> None:
    assert parsed(f'{{"id": {text}}}').id() == 9001


def test_a_long_or_broken_value_is_cut_and_folded_in_the_message() -> None:
    with pytest.raises(ConnectWiseError) as error:
        row(quantity="x\r\n" * 500).number("quantity")
    assert len(str(error.value)) < 200
    assert "\n" not in str(error.value)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30))
def test_a_quantity_is_written_digit_by_digit(quantity: Decimal) -> None:
    body = wire.quantity_patch(quantity)
    (operation,) = json.loads(body, parse_float=Decimal)
    assert Decimal(operation["value"]) == quantity
    assert "E" not in body.upper().split('"VALUE":')[1]


@pytest.mark.parametrize(
    ("quantity", "text"),
    [("17", "17"), ("17.0", "17"), ("0.1", "0.1"), ("12.50", "12.50"), ("1E+3", "1000"), ("0", "0")],
)
def test_a_quantity_is_a_number_in_json(quantity: str, text: str) -> None:
    expected = f'[{{"op":"replace","path":"quantity","value":{text}}}]'
    assert wire.quantity_patch(Decimal(quantity)) == expected


def test_a_quantity_that_is_no_number_can_not_be_written() -> None:
    with pytest.raises(ValueError, match="finite"):
        wire.quantity_patch(Decimal("NaN"))


def test_an_update_sends_the_quantity_alone() -> None:
    script = Script({PATCH: ok(line(9001, 17))})
    with client(script) as connectwise:
        written = connectwise.writer().set_quantity(AgreementId(81), AdditionId(9001), Decimal("17.0"))
    assert script.sent[-1].content == b'[{"op":"replace","path":"quantity","value":17}]'
    assert script.sent[-1].headers["Content-Type"] == "application/json"
    assert (written.addition.quantity, written.request_id) == (Decimal(17), "r-1")


def test_a_cancel_sends_the_day_alone() -> None:
    script = Script({PATCH: ok(line(9001, cancelledDate="2026-11-30T00:00:00Z"))})
    with client(script) as connectwise:
        written = connectwise.writer().set_cancelled(AgreementId(81), AdditionId(9001), date(2026, 11, 30))
    body = json.loads(script.sent[-1].content)
    assert body == [{"op": "replace", "path": "cancelledDate", "value": "2026-11-30T00:00:00Z"}]
    assert written.addition.cancelled == date(2026, 11, 30)


def test_a_create_sends_no_price() -> None:
    script = Script({"POST finance/agreements/81/additions": ok(line(9007, 5), 201)})
    with client(script) as connectwise:
        written = connectwise.writer().create_addition(
            AgreementId(81), ProductId(3409), Decimal(5), date(2026, 11, 22)
        )
    assert json.loads(script.sent[-1].content) == {
        "product": {"id": 3409},
        "quantity": 5,
        "billCustomer": "Billable",
        "effectiveDate": "2026-11-22T00:00:00Z",
    }
    assert written.addition.id == 9007


def test_one_line_and_all_lines_are_read() -> None:
    script = Script(
        {
            "GET finance/agreements/81/additions/9001": raw(
                200, '{"id":9001,"product":{"id":1},"quantity":1.10}'
            ),
            "GET finance/agreements/81/additions": ok([line(9002, agreementId=82), line(9001)]),
        }
    )
    with client(script) as connectwise:
        one = connectwise.addition(AgreementId(81), AdditionId(9001))
        every = connectwise.additions(AgreementId(81))
    assert (one.agreement_id, str(one.quantity)) == (81, "1.10")
    assert [(found.id, found.agreement_id) for found in every] == [(9001, 81), (9002, 82)]


def test_deep_or_huge_json_is_an_error_and_no_crash() -> None:
    for text in ("[" * 100_000, '{"id":' + "9" * 5000 + "}"):
        with (
            client(Script({"GET finance/agreements/81": raw(200, text)})) as connectwise,
            pytest.raises(ConnectWiseError, match="can't be read"),
        ):
            connectwise.agreement(AgreementId(81))
