"""The arrows between the parts, and the ratchets of the house."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "seatsync"
FILES = sorted(PACKAGE.rglob("*.py"))
PAGES = [ROOT / "streamlit_app.py", *sorted((ROOT / "pages").glob("*.py"))]

# What a part may import of ours, besides itself and the pure root; wiring builds the edges.
EDGES = {"connectwise", "store", "jobs", "simulator", "ui", "cli", "wiring", "__main__"}
MAY = {
    "root": set(),
    "connectwise": set(),
    "store": set(),
    "jobs": set(),
    "simulator": set(),
    "ui": {"wiring"},
    "cli": {"jobs", "wiring", "simulator"},
    "wiring": {"connectwise", "store", "jobs"},
    "__main__": {"cli"},
}
# A rehearsal is the protocol of the jobs without its writes, looking again is its look-up alone.
EXCEPT = {("root", "pushes.py", "jobs"), ("root", "look_again.py", "jobs")}
ROOT_PACKAGES = {
    "pandas": {"present.py"},
    "rapidfuzz": {"name_pairs.py"},
    "xlsxwriter": {"present.py"},
    "python_calamine": {"export_workbook.py"},
}
HEAVY = {
    "streamlit": {"ui", "pages"},
    "typer": {"cli"},
    "httpx": {"connectwise"},
    "dbos": {"jobs"},
    "sqlmodel": {"store"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "cryptography": {"store"},
    "starlette": {"simulator"},
    "uvicorn": {"simulator"},
    "psycopg": {"store"},
}


def part_of(file: Path) -> str:
    """Name the part that a file of the package belongs to."""
    inside = file.relative_to(PACKAGE).parts
    if len(inside) > 1:
        return inside[0]
    return file.stem if file.stem in EDGES else "root"


def imports(file: Path) -> Iterator[str]:
    """Yield every module that a file imports, wherever in it, type-checking imports left out."""
    tree = ast.parse(file.read_text())
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide the arrows"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_module_imports_only_what_its_part_may(file: Path) -> None:
    part = part_of(file)
    for name in imports(file):
        if not name.startswith("seatsync."):
            top = name.partition(".")[0]
            assert part in HEAVY.get(top, {part}), f"{part} must not import {top}"
            if part == "root" and top in ROOT_PACKAGES:
                assert file.name in ROOT_PACKAGES[top], f"{file.name} must not import {top}"
            continue
        target = name.split(".")[1]
        if part == "simulator":
            assert target == "simulator", "the simulator must not lean on what it tests"
        elif target in EDGES and target != part and (part, file.name, target) not in EXCEPT:
            assert target in MAY[part], f"{part} must not import {target}"


@pytest.mark.parametrize("script", PAGES, ids=lambda script: script.name)
def test_a_page_knows_no_edge_but_the_ui_and_stays_short(script: Path) -> None:
    for name in imports(script):
        top, _, rest = name.partition(".")
        if top == "seatsync":
            assert rest.split(".")[0] not in EDGES - {"ui"}, f"{script.name} must not import {name}"
        else:
            assert top in ("streamlit", "collections", "datetime"), f"{script.name} must not import {name}"
    assert len(script.read_text().splitlines()) <= 120


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_module_is_short_and_keeps_the_ratchets(file: Path) -> None:
    text = file.read_text()
    assert len(text.splitlines()) <= 300
    assert not re.search(r"(?<!\w)print\(", text)
    if file != PACKAGE / "ui" / "session.py":
        assert "session_state" not in text
    if part_of(file) == "root":
        assert not re.search(r"(?<![\w.])float\(", text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 50, f"{node.name} is too long"


def test_every_error_of_the_tree_is_drawn_at_the_top() -> None:
    text = (PACKAGE / "errors.py").read_text()
    drawn = text.split('"""')[1]
    named = re.findall(r"^class (\w+)\(", text, re.MULTILINE)
    assert len(named) >= 12
    assert [name for name in named if name not in drawn] == []


def test_no_text_of_the_project_names_what_it_must_stand_without() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.split():
        file = ROOT / name
        if file.suffix in (".py", ".md", ".toml", ".txt", ".yml", "") and file.is_file():
            assert "/work/" + "shared" not in file.read_text(errors="replace"), name
