"""The members of each record type, with their kinds: what a body may hold and a condition may name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a record.

    ``kind`` is int, number, bool, text, day, instant, enum, ref, list or map. ``of`` names a ref's type.
    ``computed`` members are worked out on every read; a value sent for one is ignored.
    """

    kind: str
    of: str = ""
    choices: tuple[str, ...] = ()
    max_length: int | None = None
    computed: bool = False
    required: bool = False


Schema = Mapping[str, Member]

_BILL = "Billable|DoNotBill|NoCharge"
_STATUS = "Active|Cancelled|Expired|Inactive"
_CYCLE = (
    "Contract2Weeks|Contract4Weeks|ContractYear|CalendarMonth|CalendarQuarter|CalendarWeek|"
    "ContractQuarter|CalendarYear"
)

# One line a member: name, kind[:detail], then the words "computed" or "required".
_TABLES: Final = {
    "Addition": f"""
        id int computed; product ref:IvItemReference required; quantity number; lessIncluded number;
        unitPrice number; unitCost number; billCustomer enum:{_BILL} required; effectiveDate day;
        cancelledDate day; taxableFlag bool; serialNumber text:50; invoiceDescription text:6000;
        purchaseItemFlag bool; specialOrderFlag bool; agreementId int computed; description text;
        billedQuantity number computed; uom text; extPrice number computed; extCost number computed;
        sequenceNumber number; margin number computed; prorateCost number computed;
        proratePrice number computed; extendedProrateCost number computed;
        extendedProratePrice number computed; prorateCurrentPeriodFlag bool;
        opportunity ref:OpportunityReference; agreementStatus enum:{_STATUS} computed;
        invoiceGrouping ref:InvoiceGroupingReference; _info map computed; customFields list""",
    "Agreement": f"""
        id int computed; name text:100 required; type ref:AgreementTypeReference required;
        company ref:CompanyReference required; contact ref:ContactReference; site ref:SiteReference;
        parentAgreement ref:AgreementReference; customerPO text; startDate day; endDate day;
        noEndingDateFlag bool; cancelledFlag bool; dateCancelled day; reasonCancelled text:100;
        internalNotes text; applicationUnits enum:Amount|Hours|Incidents; applicationLimit number;
        applicationCycle enum:{_CYCLE}; applicationUnlimitedFlag bool; oneTimeFlag bool;
        employeeCompRate enum:Actual|Hourly; employeeCompNotExceed enum:Billing|Amount|Percent;
        billingCycle ref:BillingCycleReference; billOneTimeFlag bool; billingTerms ref:BillingTermsReference;
        invoicingCycle enum:ContractYear|CalendarYear; billToCompany ref:CompanyReference; billAmount number;
        taxable bool; billStartDate day; prorateFlag bool; invoiceProratedAdditionsFlag bool;
        invoiceDescription text; billTime enum:{_BILL}|NoDefault; billExpenses enum:{_BILL}|NoDefault;
        billProducts enum:{_BILL}|NoDefault; currency ref:CurrencyReference;
        periodType enum:Current|Future|Both|Undefined; autoInvoiceFlag bool; billZeroAmountFlag bool;
        nextInvoiceDate text; agreementStatus enum:{_STATUS} computed; _info map computed;
        customFields list""",
    "AgreementType": f"""
        id int computed; name text required; defaultFlag bool; inactiveFlag bool;
        applicationUnits enum:Amount|Hours|Incidents; applicationCycle enum:{_CYCLE};
        employeeCompRate enum:Actual|Hourly; employeeCompNotExceed enum:Billing|Amount|Percent;
        billingCycle ref:BillingCycleReference; invoicingCycle enum:ContractYear|CalendarYear;
        billTime enum:{_BILL}|NoDefault; billExpenses enum:{_BILL}|NoDefault;
        billProducts enum:{_BILL}|NoDefault; prorateFlag bool; _info map computed""",
    "CatalogItem": f"""
        id int computed; identifier text:75 required; description text:60; inactiveFlag bool;
        subcategory ref:ProductSubCategoryReference; type ref:ProductTypeReference;
        productClass enum:Agreement|Bundle|Inventory|NonInventory|Service; serializedFlag bool;
        unitOfMeasure ref:UnitOfMeasureReference; price number; cost number; taxableFlag bool;
        customerDescription text; recurringFlag bool; recurringRevenue number; recurringCost number;
        recurringBillCycle ref:BillingCycleReference; recurringCycleType enum:ContractYear|CalendarYear;
        category ref:ProductCategoryReference; billableOption enum:{_BILL}|NoDefault;
        agreementType ref:AgreementTypeReference; _info map computed; customFields list""",
    "Company": """
        id int computed; identifier text:25 required; name text:50 required;
        status ref:CompanyStatusReference; addressLine1 text; city text; state text; zip text;
        country ref:CountryReference; phoneNumber text; website text; accountNumber text; dateAcquired day;
        deletedFlag bool; dateDeleted day; currency ref:CurrencyReference; types list; _info map computed;
        customFields list""",
    "Member": """
        id int computed; identifier text required; firstName text; lastName text; title text;
        officeEmail text; inactiveFlag bool; _info map computed""",
    "PatchOperation": "op text; path text; value any",
    "IvItemReference": "id int; identifier text; serializedFlag bool; _info map",
    "CompanyReference": "id int; identifier text; name text; _info map",
    "AgreementReference": "id int; name text; type text; chargeFirmFlag bool; _info map",
    "CountryReference": "id int; identifier text; name text; _info map",
    "CurrencyReference": """
        id int; symbol text; currencyCode text; decimalSeparator text; numberOfDecimals int;
        thousandsSeparator text; currencyIdentifier text; name text; _info map""",
    "InvoiceGroupingReference": """
        id int; name text; description text; showPriceFlag bool; showSubItemsFlag bool;
        groupParentChildAdditionsFlag bool; _info map""",
    "Reference": "id int; name text; _info map",
}


def schema(type_name: str) -> Schema:
    """Return the members of a type; a reference without a table of its own has an id and a name."""
    return _SCHEMAS.get(type_name, _SCHEMAS["Reference"])


def find(type_name: str, path: str) -> Member | None:
    """Resolve a slash path such as ``company/name`` to the member it names."""
    head, _, rest = path.partition("/")
    member = schema(type_name).get(head)
    if member is None or not rest:
        return member
    if head == "_info":
        return Member("instant" if rest in ("lastUpdated", "dateEntered") else "text")
    return find(member.of, rest) if member.kind == "ref" else None


def _member(line: str) -> tuple[str, Member]:
    name, kind, *words = line.split()
    kind, _, detail = kind.partition(":")
    return name, Member(
        kind,
        of=detail if kind == "ref" else "",
        choices=tuple(detail.split("|")) if kind == "enum" else (),
        max_length=int(detail) if kind == "text" and detail else None,
        computed="computed" in words,
        required="required" in words,
    )


_SCHEMAS: Final[Mapping[str, Schema]] = {
    type_name: dict(_member(line) for line in table.split(";")) for type_name, table in _TABLES.items()
}
