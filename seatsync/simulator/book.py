"""The simulated ConnectWise database: its records, its credentials and quirks, read from one JSON file."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Self

from seatsync.simulator.generate import invented_book
from seatsync.simulator.jsontext import NotJson, loads
from seatsync.simulator.schema import schema

Record = dict[str, Any]

SAMPLE_PATH: Final = Path(__file__).resolve().parents[2] / "data" / "samples" / "book.json"

COMPANY: Final = "training"
PUBLIC_KEY: Final = "public-key"
PRIVATE_KEY: Final = "private-key"
CLIENT_ID: Final = "client-id"


class BadBook(ValueError):
    """The file is not a book; the message says where."""


@dataclass(frozen=True, slots=True)
class Server:
    """Who may sign in, and how the server describes itself."""

    company: str = COMPANY
    public_key: str = PUBLIC_KEY
    private_key: str = PRIVATE_KEY
    client_id: str = CLIENT_ID
    codebase: str = "v2025_1/"
    version: str = "2025.1"
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Quirks:
    """Behaviours on which real servers differ.

    ``link_question_mark`` gives Link headers a proper ``?``. ``wrong_keys_status`` is 401, or 404 as on cloud
    hosts. ``unset_as_blank`` answers unset dates and texts as ``""`` instead of leaving them out.
    ``validate_whole_record`` lets a PATCH fail on a member it does not touch. ``keep_invoiced_lines`` refuses
    DELETE of a line that was invoiced. ``hidden_types`` are agreement types that the role does not see.
    """

    link_question_mark: bool = False
    wrong_keys_status: int = 401
    unset_as_blank: bool = False
    validate_whole_record: bool = True
    keep_invoiced_lines: bool = False
    hidden_types: tuple[str, ...] = ()


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


@dataclass
class SimulatedBook:
    """The records by id, as ConnectWise stores them: without computed members and names behind references."""

    server: Server = field(default_factory=Server)
    quirks: Quirks = field(default_factory=Quirks)
    companies: dict[int, Record] = field(default_factory=dict)
    agreement_types: dict[int, Record] = field(default_factory=dict)
    catalog: dict[int, Record] = field(default_factory=dict)
    members: dict[int, Record] = field(default_factory=dict)
    currencies: dict[int, Record] = field(default_factory=dict)
    agreements: dict[int, Record] = field(default_factory=dict)
    additions: dict[int, dict[int, Record]] = field(default_factory=dict)
    last_line: int = 9000

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read a book file. Raises BadBook, or OSError when the file can't be opened."""
        try:
            content = loads(Path(path).read_bytes())
        except NotJson as error:
            raise BadBook(f"{path} is not JSON: {error}") from error
        if not isinstance(content, dict):
            raise BadBook(f"{path} does not hold a JSON object")
        try:
            return cls.from_json(content)
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
        _only_known(content, {"server", "quirks", *COLLECTIONS})
        book = cls(server=_server(content.get("server", {})), quirks=_quirks(content.get("quirks", {})))
        for name in COLLECTIONS:
            records = _records(name, content.get(name, []))
            if name == "additions":
                book._add_lines(records)
            else:
                book._collection(name).update(records)
        book._check_references()
        return book

    def as_json(self) -> Record:
        """Return the content of a book file that holds the present state."""
        lines = {line: record for of in self.additions.values() for line, record in of.items()}
        lists: Record = {
            name: list((lines if name == "additions" else self._collection(name)).values())
            for name in COLLECTIONS
        }
        return {"server": asdict(self.server), "quirks": asdict(self.quirks), **lists}

    def copy(self) -> Self:
        """Return a book that shares no record with this one."""
        return deepcopy(self)

    def line(self, agreement: int, addition: int) -> Record | None:
        """Return a stored addition."""
        return self.additions.get(agreement, {}).get(addition)

    def next_addition_id(self) -> int:
        """Return an id that no addition has had."""
        self.last_line += 1
        return self.last_line

    def _collection(self, name: str) -> dict[int, Record]:
        collection: dict[int, Record] = getattr(self, {"agreementTypes": "agreement_types"}.get(name, name))
        return collection

    def _add_lines(self, records: Mapping[int, Record]) -> None:
        for line, record in records.items():
            self.additions.setdefault(int(record.get("agreementId", 0)), {})[line] = record
        self.last_line = max([self.last_line, *records])

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
    """Return a record with its decimals as Decimal, whatever way its JSON wrote them."""
    members = schema(type_name)
    return {
        name: Decimal(value)
        if value is not None and name in members and members[name].kind == "number"
        else value
        for name, value in record.items()
    }


def _records(name: str, rows: Any) -> dict[int, Record]:
    if not isinstance(rows, list):
        raise BadBook(f"{name} is not a list")
    known = set(schema(COLLECTIONS[name]))
    records: dict[int, Record] = {}
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("id"), int):
            raise BadBook(f"a record of {name} has no whole number as id")
        _only_known(row, known)
        if row["id"] in records:
            raise BadBook(f"{name} holds id {row['id']} twice")
        records[row["id"]] = stored(COLLECTIONS[name], row)
    return records


def _only_known(content: Any, known: Iterable[str]) -> None:
    if not isinstance(content, dict):
        raise BadBook("an object was expected where something else stands")
    if unknown := sorted(set(content) - set(known)):
        raise BadBook(f'"{unknown[0]}" is not known')


def _server(content: Any) -> Server:
    _only_known(content, [member.name for member in fields(Server)])
    return Server(**content)


def _quirks(content: Any) -> Quirks:
    _only_known(content, [member.name for member in fields(Quirks)])
    return Quirks(**{**content, "hidden_types": tuple(content.get("hidden_types", ()))})


def _must_exist(record: Record, name: str, records: Mapping[int, Record]) -> None:
    reference = record.get(name)
    if reference is not None and reference.get("id") not in records:
        raise BadBook(f"record {record['id']} names {name} {reference.get('id')}, which is not in the book")
