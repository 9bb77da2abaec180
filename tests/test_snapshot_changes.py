"""What a scan found changed: told by name, and nothing of it lost."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatsync.model import (
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Book,
    Company,
    CompanyId,
    Product,
    ProductId,
)
from seatsync.snapshot_changes import (
    Difference,
    Entry,
    Records,
    SnapshotChanges,
    What,
    compare,
    standing,
    tell_changes,
)
from seatsync.snapshot_words import in_words

OCTOBER, NOVEMBER = date(2026, 10, 31), date(2026, 11, 22)
TIMES = (datetime(2026, 10, 31, 6, tzinfo=UTC), datetime(2026, 11, 22, 6, tzinfo=UTC))
MAPPED, OTHER = ProductId(3409), ProductId(77)


def company(number: int = 1, name: str = "Contoso", deleted: bool = False) -> Company:
    return Company(CompanyId(number), name, deleted=deleted)


def agreement(number: int = 10, company_id: int = 1, name: str = "Managed", **more: Any) -> Agreement:
    return Agreement(AgreementId(number), name, CompanyId(company_id), **more)


def line(number: int = 100, quantity: str = "12", product: int = MAPPED, **more: Any) -> Addition:
    fields = {"agreement_id": AgreementId(10)} | more
    return Addition(
        id=AdditionId(number), product_id=ProductId(product), quantity=Decimal(quantity), **fields
    )


def book(*records: Company | Agreement | Addition) -> Book:
    return Book(
        {found.id: found for found in records if isinstance(found, Company)},
        {found.id: found for found in records if isinstance(found, Agreement)},
        tuple(found for found in records if isinstance(found, Addition)),
        {MAPPED: Product(MAPPED, "AV-EAP"), OTHER: Product(OTHER, "Backup")},
    )


def told(before: Book, after: Book, most: int = 200) -> SnapshotChanges:
    return tell_changes(before, after, TIMES, {MAPPED}, most)


def changed(old: Company | Agreement | Addition, new: Company | Agreement | Addition) -> tuple[Entry, ...]:
    """Tell what changed of one record, beside a company and an agreement that stay."""
    return told(book(company(), agreement(), old), book(company(), agreement(), new)).entries


def test_books_that_are_alike_have_no_changes() -> None:
    same = book(company(), agreement(), line(), line(101, product=OTHER))
    assert told(same, same) == SnapshotChanges(TIMES[0])
    assert in_words(told(same, same)) == "Nothing changed."


def test_a_company_is_new_renamed_or_gone() -> None:
    before = book(company(1, "Alpha"), company(2, "Beta"), company(3, "Gamma"))
    after = book(company(1, "Alpha Group"), company(3, "Gamma", deleted=True), company(4, "Delta"))
    assert told(before, after).entries == (
        Entry(What.COMPANY_NEW, "Delta", after="Delta"),
        Entry(What.COMPANY_RENAMED, "Alpha Group", before="Alpha", after="Alpha Group"),
        Entry(What.COMPANY_GONE, "Beta", before="Beta"),
        Entry(What.COMPANY_GONE, "Gamma", before="Gamma"),
    )


@pytest.mark.parametrize(
    ("old", "new", "what", "before", "after"),
    [
        ({}, {"cancelled": True}, What.AGREEMENT_ENDED, "active", "cancelled"),
        ({}, {"status": "Expired"}, What.AGREEMENT_ENDED, "active", "expired"),
        ({"end": date(2026, 11, 10)},) * 2 + (What.AGREEMENT_ENDED, "active", "ended on 2026-11-10"),
        ({"start": date(2026, 11, 1)},) * 2 + (What.AGREEMENT_STATUS, "starts on 2026-11-01", "active"),
        ({}, {"status": "Inactive"}, What.AGREEMENT_STATUS, "active", "inactive"),
        ({"status": "Expired"}, {}, What.AGREEMENT_STATUS, "expired", "active"),
        ({}, {"name": "Care"}, What.AGREEMENT_RENAMED, "Managed", "Care"),
    ],
)
def test_an_agreement_ends_changes_its_status_or_its_name(
    old: dict[str, Any], new: dict[str, Any], what: What, before: str, after: str
) -> None:
    (entry,) = changed(agreement(**old), agreement(**new))
    assert entry == Entry(what, "Contoso", new.get("name", "Managed"), before=before, after=after)


@pytest.mark.parametrize(
    ("old", "new", "what", "before", "after"),
    [
        ({}, {"quantity": "1234.50"}, What.ADDITION_QUANTITY, "12", "1,234.5"),
        ({"unit_price": Decimal("4.00")}, {"unit_price": None}, What.ADDITION_PRICE, "4", ""),
        ({}, {"bill_customer": "DoNotBill"}, What.ADDITION_BILLING, "Billable", "DoNotBill"),
        ({}, {"cancelled": NOVEMBER}, What.ADDITION_CANCELLED, "no last day", "last day 2026-11-22"),
        ({"cancelled": NOVEMBER}, {}, What.ADDITION_RESUMED, "last day 2026-11-22", "no last day"),
    ],
)
def test_a_line_changes_in_what_it_bills(
    old: dict[str, Any], new: dict[str, Any], what: What, before: str, after: str
) -> None:
    assert changed(line(**old), line(**new)) == (Entry(what, "Contoso", "Managed", "AV-EAP", before, after),)


def test_a_quantity_of_other_places_is_no_change() -> None:
    assert changed(line(quantity="12"), line(quantity="12.00")) == ()


def test_lines_come_go_and_move() -> None:
    before = book(company(), agreement(), agreement(11), line(100), line(101))
    after = book(
        company(),
        agreement(),
        agreement(11, name="Other"),
        line(100, agreement_id=AgreementId(11)),
        line(102),
    )
    assert [(entry.what, entry.agreement) for entry in told(before, after).entries] == [
        (What.AGREEMENT_RENAMED, "Other"),
        (What.ADDITION_NEW, "Managed"),
        (What.ADDITION_NEW, "Other"),
        (What.ADDITION_GONE, "Managed"),
        (What.ADDITION_GONE, "Managed"),
    ]


def test_lines_of_products_that_no_license_is_mapped_to_are_counted_alone() -> None:
    before = book(company(), agreement(), line(100, product=OTHER), line(101))
    after = book(company(), agreement(), line(100, "13", product=OTHER), line(101, "13"))
    changes = told(before, after)
    assert (len(changes.entries), changes.others) == (1, 1)
    assert changes.of(Records.ADDITIONS) == 1


def test_of_many_changes_the_first_are_named_and_all_are_counted() -> None:
    before = book(company(), agreement(), *(line(number) for number in range(100, 110)))
    after = book(company(2, "Beta"), agreement(), *(line(number, "13") for number in range(100, 110)))
    changes = told(before, after, most=4)
    assert changes.counts == {What.COMPANY_NEW: 1, What.COMPANY_GONE: 1, What.ADDITION_QUANTITY: 10}
    assert [entry.what for entry in changes.entries].count(What.ADDITION_QUANTITY) == 4


def test_the_sentence_counts_by_kind_of_record() -> None:
    changes = SnapshotChanges(
        TIMES[0],
        {
            What.COMPANY_NEW: 2,
            What.COMPANY_RENAMED: 1,
            What.AGREEMENT_ENDED: 1,
            What.ADDITION_QUANTITY: 1204,
            What.ADDITION_GONE: 1,
        },
        others=7,
    )
    assert in_words(changes) == (
        "2 companies new and 1 renamed. 1 agreement ended. 1,204 additions with another quantity and 1 gone. "
        "7 more changes are on additions of products that no license is mapped to."
    )


NAMES = st.sampled_from(["Alpha", "Beta", "Gamma"])
DAYS = st.sampled_from([None, date(2026, 11, 10), NOVEMBER, date(2027, 1, 1)])
COMPANIES = st.builds(company, st.integers(1, 4), NAMES, st.booleans())
AGREEMENTS = st.builds(
    agreement,
    st.integers(10, 13),
    st.integers(1, 4),
    NAMES,
    status=st.sampled_from(["Active", "Inactive", "Expired", "Cancelled"]),
    start=DAYS,
    end=DAYS,
    cancelled=st.booleans(),
)
LINES = st.builds(
    line,
    st.integers(100, 105),
    st.sampled_from(["0", "5", "5.00", "1204"]),
    st.sampled_from([MAPPED, OTHER]),
    agreement_id=st.integers(10, 13),
    unit_price=st.sampled_from([None, Decimal(4), Decimal("4.50")]),
    bill_customer=st.sampled_from(["Billable", "NoCharge"]),
    cancelled=DAYS,
)


def books() -> st.SearchStrategy[Book]:
    def by_id(records: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
        return st.lists(records, max_size=6, unique_by=lambda record: record.id)

    return st.tuples(by_id(COMPANIES), by_id(AGREEMENTS), by_id(LINES)).map(
        lambda parts: book(*(record for part in parts for record in part))
    )


Facts = dict[tuple[Any, ...], tuple[Any, ...]]


def facts_of(found: Book, day: date) -> Facts:
    """Everything that is compared, by what it is about."""
    companies: Facts = {("c", c.id): (c.name,) for c in found.companies.values() if not c.deleted}
    agreements: Facts = {
        ("a", a.id, a.company_id): (a.name, standing(a, day)) for a in found.agreements.values()
    }
    lines: Facts = {
        ("l", each.id, each.agreement_id, each.product_id): (
            each.quantity,
            each.unit_price,
            each.bill_customer,
            each.cancelled,
        )
        for each in found.additions
    }
    return companies | agreements | lines


PLACES: Mapping[What, int] = {
    What.COMPANY_RENAMED: 0,
    What.AGREEMENT_RENAMED: 0,
    What.AGREEMENT_ENDED: 1,
    What.AGREEMENT_STATUS: 1,
    What.ADDITION_QUANTITY: 0,
    What.ADDITION_PRICE: 1,
    What.ADDITION_BILLING: 2,
    What.ADDITION_CANCELLED: 3,
    What.ADDITION_RESUMED: 3,
}


def apply(facts: Facts, differences: tuple[Difference, ...], day: date) -> Facts:
    """Carry differences out on facts, one by one."""
    changed_facts = dict(facts)
    for difference in differences:
        records = [record for record in (difference.before, difference.after) if record is not None]
        old, new = (facts_of(book(record), day) for record in (records[0], records[-1]))
        (key,) = old
        if difference.before is None:
            assert key not in changed_facts
            changed_facts |= new
        elif difference.after is None:
            changed_facts.pop(key)
        else:
            place, values = PLACES[difference.what], list(changed_facts[key])
            assert values[place] != new[key][place]
            values[place] = new[key][place]
            changed_facts[key] = tuple(values)
    return changed_facts


@given(books(), books())
def test_the_differences_applied_to_the_old_book_give_the_new_one(before: Book, after: Book) -> None:
    differences = compare(before, after, (OCTOBER, NOVEMBER))
    assert apply(facts_of(before, OCTOBER), differences, NOVEMBER) == facts_of(after, NOVEMBER)


@settings(max_examples=50)
@given(books(), books(), st.integers(0, 3))
def test_every_difference_is_counted_once_and_named_up_to_the_most(
    before: Book, after: Book, most: int
) -> None:
    changes = told(before, after, most)
    differences = compare(before, after, (OCTOBER, NOVEMBER))
    assert sum(changes.counts.values()) + changes.others == len(differences)
    named = [entry.what for entry in changes.entries]
    assert {what: named.count(what) for what in named} == {
        what: min(many, most) for what, many in changes.counts.items() if most
    }


def test_a_company_that_only_lost_its_identifier_is_not_told() -> None:
    old = company()
    assert changed(old, replace(old, identifier="contoso", website="https://contoso.example")) == ()
