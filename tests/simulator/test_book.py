"""Books: from a file, invented, and the sample, which must be found from anywhere."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from seatsync.simulator.app import create_app
from seatsync.simulator.book import BadBook, SimulatedBook
from seatsync.simulator.jsontext import dumps, loads

from .fakes import InProcess, small_book

ROOT = Path(__file__).resolve().parents[2]


def test_a_book_written_out_is_read_back_the_same(tmp_path: Path) -> None:
    """Every record, credential and quirk."""
    book = small_book(server={"company": "acme"}, quirks={"link_question_mark": True})
    (tmp_path / "book.json").write_text(dumps(book.as_json()))
    assert SimulatedBook.load(tmp_path / "book.json") == book


def test_the_credentials_are_those_of_the_book() -> None:
    """The dummies are only defaults."""
    book = small_book(
        server={"company": "acme", "public_key": "pub", "private_key": "priv", "client_id": "cid"}
    )
    with httpx.Client(
        transport=InProcess(create_app(book)), auth=("acme+pub", "priv"), headers={"clientId": "cid"}
    ) as client:
        assert client.get("http://simulator.test/v2025_1/apis/3.0/system/info").status_code == 200


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "does not hold a JSON object"),
        ('{"clients": []}', '"clients" is not known'),
        ('{"companies": {}}', "companies is not a list"),
        ('{"companies": [{"name": "A"}]}', "no whole number as id"),
        ('{"companies": [{"id": 1}, {"id": 1}]}', "holds id 1 twice"),
        ('{"companies": [{"id": 1, "nom": "A"}]}', '"nom" is not known'),
        ('{"companies": [{"id": 1, "name": 5}]}', "name of record 1 can't be 5"),
        ('{"catalog": [{"id": 1, "price": "x"}]}', "price can't be 'x'"),
        ('{"agreements": [{"id": 81, "company": {"id": 250}}]}', "names company 250"),
        ('{"additions": [{"id": 9001, "agreementId": 81}]}', "names agreement 81"),
        ('{"quirks": {"odd": 1}}', '"odd" is not known'),
        ('{"server": 3}', "an object was expected"),
    ],
)
def test_a_file_that_is_no_book_says_where(tmp_path: Path, text: str, message: str) -> None:
    """The message begins with the file."""
    file = tmp_path / "book.json"
    file.write_text(text)
    with pytest.raises(BadBook) as caught:
        SimulatedBook.load(file)
    assert str(caught.value).startswith(str(file))
    assert message in str(caught.value)


def test_an_invented_book_depends_on_its_seed_alone() -> None:
    """Same seed, same book; another seed, another."""
    assert SimulatedBook.generate(30, 1) == SimulatedBook.generate(30, 1)
    assert SimulatedBook.generate(30, 1) != SimulatedBook.generate(30, 2)


def test_an_invented_book_has_what_a_real_one_has() -> None:
    """Different names; agreements of several types, cycles and currencies; child and ended ones; lines."""
    book = SimulatedBook.generate(300, 7)
    agreements: list[dict[str, Any]] = list(book.agreements.values())
    assert len({company["name"] for company in book.companies.values()}) == 300
    assert len(agreements) > 330
    assert len({agreement["type"]["id"] for agreement in agreements}) == 3
    assert len({agreement["billingCycle"]["name"] for agreement in agreements}) == 3
    assert {agreement["currency"]["id"] for agreement in agreements} == {1, 2}
    assert any("parentAgreement" in agreement for agreement in agreements)
    assert any("endDate" in agreement for agreement in agreements)
    assert min(len(lines) for lines in book.additions.values()) >= 2
    assert max(len(company["name"]) for company in book.companies.values()) <= 50


def test_the_sample_book_is_found_from_any_directory(tmp_path: Path) -> None:
    """By a process of its own that started elsewhere."""
    program = (
        "from seatsync.simulator.book import SimulatedBook; print(len(SimulatedBook.sample().companies))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        text=True,
    )
    assert int(done.stdout) >= 55


@pytest.mark.parametrize("text", ["12.0", "0.1", "-3.25", "100000000000000000000.5", "0.0", "1.10"])
def test_decimals_pass_through_digit_for_digit(text: str) -> None:
    """Reading and writing changes nothing."""
    assert dumps(loads(text)) == text


def test_a_value_without_json_form_is_an_error() -> None:
    """Rather than a guess."""
    with pytest.raises(TypeError, match="set has no JSON form"):
        dumps({1})
