"""The README says what the code does."""

import re
from dataclasses import fields
from pathlib import Path

from typer.main import get_command

from seatsync.cli import app
from seatsync.settings import PREFIX, Settings
from seatsync.status import Status

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()


def table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading, without its head."""
    section = README.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_statuses_are_those_of_the_code() -> None:
    assert [(row[0], row[2]) for row in table("Statuses")] == [(s.label, s.on_push) for s in Status]


def test_the_settings_are_those_of_the_code() -> None:
    told = {row[0].strip("`"): row[1].strip("`") for row in table("Settings")}
    defaults = {f"{PREFIX}{each.name.upper()}": each.default for each in fields(Settings)}
    assert set(told) == set(defaults)
    for name, default in defaults.items():
        if default is not None:
            assert told[name] == str(int(default) if default is False else default)


def test_the_commands_that_the_readme_shows_exist() -> None:
    known = get_command(app).commands  # type: ignore[attr-defined]
    shown = set(re.findall(r"python -m seatsync ([a-z][a-z-]+)", README))
    assert {"scan", "map", "preview", "push", "demo"} <= shown
    assert shown <= set(known)


def test_every_file_that_the_readme_links_to_is_there() -> None:
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_make_target_that_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^([a-z.-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)", README)) <= targets | {"it", "the"}
