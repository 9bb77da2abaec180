"""The command that matches names alone."""

import json
from pathlib import Path

import pytest

from seatsync.cli import main, names

COMPANIES = "id,name\n7,Contoso Ltd\n8,Fabrikam GmbH\n9,Adatum Group\n"


def written(folder: Path, companies: str, tenants: str) -> list[str]:
    """Write both files and return the command on them."""
    (folder / "companies.csv").write_text(companies, encoding="utf-8")
    (folder / "tenants.csv").write_text(tenants, encoding="utf-8")
    return ["match", str(folder / "tenants.csv"), str(folder / "companies.csv"), "--json"]


def test_each_query_has_one_decision_in_the_order_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = written(tmp_path, COMPANIES, "query_id,name\nb,CONTOSO\na,Nobody At All\nc,CONTOSO\n")
    assert main(command) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(each["query_id"], each["decision"], each["company_id"]) for each in found] == [
        ("b", "matched", "7"),
        ("a", "unmatched", None),
        ("c", "matched", "7"),
    ]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_many_names_in_several_processes_get_the_same_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenants = "query_id,name\n" + "".join(
        f"q{n},{('Contoso', 'Adatum', 'Woodgrove')[n % 3]} {n}\n" for n in range(300)
    )
    command = written(tmp_path, COMPANIES, tenants)
    assert main(command) == 0
    alone = capsys.readouterr().out
    monkeypatch.setattr(names, "_WORTH_SHARING", 50)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert main(command) == 0
    assert capsys.readouterr().out == alone


@pytest.mark.parametrize(
    ("companies", "tenants", "says"),
    [
        ("id,name\n,Contoso\n", "query_id,name\nq,Contoso\n", 'the company "Contoso" has no id'),
        ("id,name\n7,Contoso\n7,Fabrikam\n", "query_id,name\nq,Contoso\n", "the id 7 has two names"),
        (COMPANIES, 'query_id,name\nq,"Contoso\nr,Fabrikam\n', "is damaged, or no CSV"),
        (COMPANIES, f"query_id,name\nq,{'x' * 140_000}\n", "is damaged, or no CSV"),
        (
            COMPANIES,
            "Query,Name\nq,Contoso\n",
            "needs the columns query_id and name. Its columns: Query, Name.",
        ),
    ],
)
def test_a_file_that_can_not_be_read_right_is_refused(
    companies: str, tenants: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(written(tmp_path, companies, tenants)) == 1
    told = capsys.readouterr()
    assert says in told.err
    assert told.out == ""


def test_a_company_that_stands_twice_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = written(tmp_path, COMPANIES + "7,Contoso Ltd\n", "query_id,name\nq,Contoso\n")
    assert main(command) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["decision"], found["company_id"]) == ("matched", "7")
