"""The simulated ConnectWise database: its records, its credentials and quirks, read from one JSON file."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, Self

from seatsync.simulator.generate import invented_book
from seatsync.simulator.jsontext import NotJson, loads
from seatsync.simulator.quirks import Quirks, Server, only_known, read_quirks, read_server
from seatsync.simulator.schema import schema

Record = dict[str, Any]

SAMPLE_PATH: Final = Path(__file__).resolve().parents[2] / "data" / "samples" / "book.json"


class BadBook(ValueError):
    """The file is not a book; the message says where."""


COLLECTIONS: Final[Mapping[str, str]] = {
    "companies": "Company",
    "agreementTypes": "AgreementType",
    "catalog": "CatalogItem",
    "members": "Member",
    "currencies": "CurrencyReference",
    "agreements": "Agreement",
    "additions": "Addition",
}
"""The lists of a book file, each with the type of its records."""


CARRIED: Final[Mapping[str, str]] = {
    "CompanyReference": "companies",
    "AgreementTypeReference": "agreement_types",
    "AgreementReference": "agreements",
    "IvItemReference": "catalog",
    "CatalogItemReference": "catalog",
    "MemberReference": "members",
    "CurrencyReference": "currencies",
}
"""The kinds of reference whose records the book holds, each with the name of the collection."""

COLLECTION_OF: Final[Mapping[str, str]] = {
    "Agreement": "agreements",
    "AgreementType": "agreement_types",
    "CatalogItem": "catalog",
    "Company": "companies",
    "Member": "members",
}
"""The collection of the book that holds the records of a type; additions are held by their agreement."""

_ATTRIBUTES: Final = {"agreementTypes": "agreement_types"}
_FIRST_LINE: Final = 9001
_KINDS: Final[Mapping[str, type]] = {
    "int": int,
    "bool": bool,
    "text": str,
    "uuid": str,
    "enum": str,
    "day": str,
    "ref": dict,
    "map": dict,
    "list": list,
}


@dataclass
class SimulatedBook:
    """The records by id, as ConnectWise stores them: without computed members and names behind references.

    A record is never changed in place: a change puts another in its stead, so that copies may share records.
    """

    server: Server = field(default_factory=Server)
    quirks: Quirks = field(default_factory=Quirks)
    companies: dict[int, Record] = field(default_factory=dict)
    agreement_types: dict[int, Record] = field(default_factory=dict)
    catalog: dict[int, Record] = field(default_factory=dict)
    members: dict[int, Record] = field(default_factory=dict)
    currencies: dict[int, Record] = field(default_factory=dict)
    agreements: dict[int, Record] = field(default_factory=dict)
    additions: dict[int, dict[int, Record]] = field(default_factory=dict)
    last_ids: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read a book file. Raises BadBook, or OSError when the file can't be opened."""
        try:
            return cls.from_json(loads(Path(path).read_bytes()))
        except NotJson as error:
            raise BadBook(f"{path} is not JSON: {error}") from error
        except BadBook as error:
            raise BadBook(f"{path}: {error}") from error

    @classmethod
    def sample(cls) -> Self:
        """Read the sample book that comes with the product."""
        return cls.load(SAMPLE_PATH)

    @classmethod
    def generate(cls, companies: int, seed: int) -> Self:
        """Invent a book of that many clients; the same seed gives the same book."""
        return cls.from_json(invented_book(companies, seed))

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Build a book from the content of a book file. Raises BadBook."""
        if not isinstance(content, dict):
            raise BadBook("the file does not hold a JSON object")
        try:
            only_known(content, frozenset({"server", "quirks", *COLLECTIONS}))
            server, quirks = read_server(content.get("server", {})), read_quirks(content.get("quirks", {}))
            book = cls(server=server, quirks=quirks)
            for name in COLLECTIONS:
                book._fill(name, _records(name, content.get(name, [])))
            book._fill_from_types()
            book._check_references()
        except ValueError as error:
            raise BadBook(str(error)) from error
        return book

    def as_json(self) -> Record:
        """Return the content of a book file that holds the present state."""
        lines = [record for of in self.additions.values() for record in of.values()]
        lists: Record = {
            name: lines
            if name == "additions"
            else list(self.collection(_ATTRIBUTES.get(name, name)).values())
            for name in COLLECTIONS
        }
        return {"server": asdict(self.server), "quirks": asdict(self.quirks), **lists}

    def copy(self) -> Self:
        """Return a book that does not change with this one."""
        other = replace(self, last_ids=dict(self.last_ids))
        for name in CARRIED.values():
            setattr(other, name, dict(self.collection(name)))
        other.additions = {agreement: dict(lines) for agreement, lines in self.additions.items()}
        return other

    def collection(self, name: str) -> dict[int, Record]:
        """Return the records by id of a collection that CARRIED names."""
        collection: dict[int, Record] = getattr(self, name)
        return collection

    def lines(self, agreement: int) -> dict[int, Record]:
        """Return the additions of an agreement by id, to read and to write to."""
        return self.additions.setdefault(agreement, {})

    def line(self, agreement: int, addition: int) -> Record | None:
        """Return a stored addition."""
        return self.additions.get(agreement, {}).get(addition)

    def next_id(self, collection: str) -> int:
        """Return an id that no record of the collection has had."""
        self.last_ids[collection] = self.last_ids.get(collection, 0) + 1
        return self.last_ids[collection]

    def _fill(self, name: str, records: dict[int, Record]) -> None:
        attribute = _ATTRIBUTES.get(name, name)
        if name == "additions":
            for line, record in records.items():
                self.lines(record.get("agreementId", 0))[line] = record
        else:
            self.collection(attribute).update(records)
        least = _FIRST_LINE - 1 if name == "additions" else 0
        self.last_ids[attribute] = max(records, default=least)

    def _fill_from_types(self) -> None:
        """Give agreements what their type says of the members that a PUT asks for."""
        names = [name for name, member in schema("Agreement").items() if member.required_by_put]
        for number, agreement in self.agreements.items():
            kind = self.agreement_types.get((agreement.get("type") or {}).get("id", 0), {})
            known = {name: kind[name] for name in names if name not in agreement and name in kind}
            if known:
                self.agreements[number] = {**agreement, **known}

    def _check_references(self) -> None:
        for agreement in self.agreements.values():
            _must_exist(agreement, "company", self.companies)
            _must_exist(agreement, "type", self.agreement_types)
            _must_exist(agreement, "parentAgreement", self.agreements)
        for agreement_id, lines in self.additions.items():
            if agreement_id not in self.agreements:
                raise BadBook(
                    f"addition {min(lines)} names agreement {agreement_id}, which is not in the book"
                )
            for line in lines.values():
                _must_exist(line, "product", self.catalog)


def stored(type_name: str, record: Mapping[str, Any]) -> Record:
    """Return a record with its decimals as Decimal, whatever way its JSON wrote them.

    Raises ValueError when a member is unknown or not of its kind.
    """
    members = schema(type_name)
    numbers: Record = {}
    for name, value in record.items():
        member = members.get(name)
        if member is None:
            raise ValueError(f'"{name}" is not known')
        kind = member.kind
        if kind == "number" and value is not None:
            if type(value) is not Decimal:
                numbers[name] = _decimal(name, value)
        elif value is not None and kind != "any" and type(value) is not _KINDS[kind]:
            raise ValueError(f"{name} of record {record.get('id')} can't be {value!r}")
    return {**record, **numbers}


def _decimal(name: str, value: Any) -> Decimal:
    try:
        return Decimal(value)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise ValueError(f"{name} can't be {value!r}") from error


def _records(name: str, rows: Any) -> dict[int, Record]:
    if not isinstance(rows, list):
        raise BadBook(f"{name} is not a list")
    records: dict[int, Record] = {}
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("id"), int):
            raise BadBook(f"a record of {name} has no whole number as id")
        if row["id"] in records:
            raise BadBook(f"{name} holds id {row['id']} twice")
        record = stored(COLLECTIONS[name], row)
        records[row["id"]] = {**_texts(record), **record} if name == "catalog" else record
    return records


def _texts(product: Record) -> Record:
    """Return the two texts that a product must have, from the one it has."""
    text = product.get("description") or product.get("identifier") or str(product["id"])
    return {"description": text[:60], "customerDescription": text}


def _must_exist(record: Record, name: str, records: Mapping[int, Record]) -> None:
    reference = record.get(name)
    if reference is not None and (not isinstance(reference.get("id"), int) or reference["id"] not in records):
        raise BadBook(f"record {record['id']} names {name} {reference.get('id')}, which is not in the book")
