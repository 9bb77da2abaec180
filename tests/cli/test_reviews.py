"""The command preview: what moved since the last export, an old file, and columns that are remembered."""

import csv
import json
from pathlib import Path
from typing import Any

from tests.jobs.installation import Installation

from .conftest import NOVEMBER, Run

OCTOBER = NOVEMBER.with_name("avanan-2026-10.csv")
TWO_COLUMNS = "Tenant,Portal,License,User Count,Number of Users,Status\n"


def preview(run: Run, file: Path, *options: str) -> dict[str, Any]:
    """The JSON of a preview."""
    answer: dict[str, Any] = json.loads(run("preview", str(file), "--json", *options).out)
    return answer


def written(folder: Path, name: str, users: int) -> Path:
    """A file in which two columns could hold the users."""
    file = folder / name
    file.write_text(f"{TWO_COLUMNS}Contoso Ltd,contoso,Email Advanced Protect,1,{users},Paid\n")
    return file


def test_the_first_export_is_compared_with_nothing_and_the_next_with_it(
    scanned: Installation, run: Run
) -> None:
    first = preview(run, OCTOBER)
    assert first["compared"] is None
    assert first["export"]["later"] is None

    compared = preview(run, NOVEMBER)["compared"]
    assert compared["export"]["name"] == "avanan-2026-10.csv"
    assert (compared["tenants_before"], compared["tenants_after"]) == (53, 56)
    assert (compared["seats_before"], compared["seats_after"]) == ("2255", "2290")
    assert compared["counts"] == {"gone": 3, "ended": 1, "down": 1, "new": 6, "renamed": 1}
    assert compared["movements"][0] == {
        "move": "gone",
        "tenant": "Ostercombe Warehousing Ltd",
        "portal": "ostercombe-warehousing",
        "tier": "Email Advanced Protect",
        "seats_before": "17",
        "seats_after": None,
        "difference": "-17",
        "tenant_before": None,
        "tier_before": None,
        "state": None,
    }
    assert (compared["smaller"], compared["unread"]) == ({"count": 20, "seats": "36"}, 1)


def test_the_table_of_movements_stands_before_the_preview(scanned: Installation, run: Run) -> None:
    run("preview", str(OCTOBER))
    out = run("preview", str(NOVEMBER)).out
    assert out.startswith("Since avanan-2026-10.csv: 3 gone, 1 no longer paid")
    assert out.index("Ostercombe Warehousing Ltd") < out.index("Export 2 (avanan-2026-11.csv)")


def test_an_older_file_and_the_same_file_again_are_told_on_standard_error(
    scanned: Installation, run: Run
) -> None:
    run("preview", str(OCTOBER))
    run("preview", str(NOVEMBER))
    ended = run("preview", str(OCTOBER), "--json")
    assert "The same file is kept already as export 1 (avanan-2026-10.csv), uploaded on" in ended.err
    assert "Nothing new was read." in ended.err
    assert "AN OLDER EXPORT. avanan-2026-10.csv is of 2026-10, and avanan-2026-11.csv" in ended.err
    assert json.loads(ended.out)["export"]["later"]["name"] == "avanan-2026-11.csv"


def test_a_file_that_was_only_saved_anew_is_said_so(scanned: Installation, run: Run, tmp_path: Path) -> None:
    run("preview", str(OCTOBER))
    again = tmp_path / "again.csv"
    again.write_bytes(OCTOBER.read_bytes().replace(b"\n", b"\r\n"))
    assert "The same rows as avanan-2026-10.csv" in run("preview", str(again)).out
    assert preview(run, again)["compared"]["same_rows"] is True


def test_a_column_given_once_is_remembered_and_a_column_given_again_wins(
    scanned: Installation, run: Run, tmp_path: Path
) -> None:
    october, november = written(tmp_path, "oct.csv", 5), written(tmp_path, "nov.csv", 6)
    asked = run("preview", str(october))
    assert asked.code == 1
    assert '--column users="User Count"' in asked.err

    first = run("preview", str(october), "--json", "--column", "users=Number of Users")
    assert 'Remembered for files with this header: users = "Number of Users".' in first.err
    second = run("preview", str(november), "--json")
    assert 'Read with what was chosen by local for files with this header: users = "Number' in second.err
    answer = json.loads(second.out)["export"]
    assert answer["columns"]["users"] == "Number of Users"
    assert answer["chosen_columns"] == {"users": "Number of Users"}

    other = run("preview", str(november), "--json", "--column", "users=User Count")
    assert json.loads(other.out)["export"]["columns"]["users"] == "User Count"
    assert preview(run, written(tmp_path, "dec.csv", 7))["export"]["columns"]["users"] == "User Count"


def test_a_preview_written_as_csv_is_as_before(scanned: Installation, run: Run, tmp_path: Path) -> None:
    run("preview", str(OCTOBER))
    out = tmp_path / "out.csv"
    run("preview", str(NOVEMBER), "--csv", str(out))
    with out.open(encoding="utf-8-sig", newline="") as lines:
        assert next(csv.reader(lines))[0] == "Status"
