"""What a command loads before it begins: the light ones none of the heavy libraries."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.jobs.installation import ROOT, Installation

HEAVY = (
    "pandas",
    "dbos",
    "httpx",
    "streamlit",
    "alembic",
    "cryptography",
    "xlsxwriter",
    "rapidfuzz",
    "starlette",
)
DATABASE = ("sqlalchemy", "sqlmodel")
LIST_MODULES = """
import atexit, sys
def told():
    names = {name.partition(".")[0] for name in sys.modules}
    sys.stderr.write("loaded " + " ".join(sorted(names)))
atexit.register(told)
from seatsync.cli import main
sys.exit(main(sys.argv[1:]))
"""


def loaded(installation: Installation, *arguments: str) -> set[str]:
    """The packages that a command has loaded when it ends."""
    ended = subprocess.run(
        [sys.executable, "-c", LIST_MODULES, *arguments],
        cwd=ROOT,
        env=installation.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return set(ended.stderr.rpartition("loaded ")[2].split())


@pytest.mark.parametrize("arguments", [["--help"], ["push", "--help"]], ids=" ".join)
def test_help_loads_nothing_but_the_command_line(
    arguments: list[str], sqlite_url: str, tmp_path: Path
) -> None:
    found = loaded(Installation(sqlite_url, "http://127.0.0.1:1"), *arguments)

    assert found.isdisjoint([*HEAVY, *DATABASE])
    assert not list(tmp_path.iterdir()), "help makes no database"


@pytest.mark.parametrize("arguments", [["map"], ["operations"], ["audit", "verify"]], ids=" ".join)
def test_a_light_command_loads_no_heavy_library(arguments: list[str], scanned: Installation) -> None:
    assert loaded(scanned, *arguments).isdisjoint(HEAVY)


def test_matching_alone_opens_no_database(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "tenants.csv").write_text("query_id,name\n1,Contoso Limited\n")
    (tmp_path / "companies.csv").write_text("id,name\n7,Contoso Ltd\n")

    found = loaded(
        Installation(sqlite_url, "http://127.0.0.1:1"),
        "match",
        str(tmp_path / "tenants.csv"),
        str(tmp_path / "companies.csv"),
    )

    assert found.isdisjoint({*DATABASE, *HEAVY} - {"rapidfuzz"})
    assert not (tmp_path / "seatsync.db").exists()
