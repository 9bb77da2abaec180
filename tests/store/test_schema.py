"""The schema is made once, kept up to date, and never run on when it is newer than the program."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

import seatsync.store.schema
from seatsync.errors import DatabaseError
from seatsync.model import Book, CompanyId, Link
from seatsync.snapshot_changes import SnapshotChanges
from seatsync.status import LinkSource
from seatsync.store import open_store
from seatsync.store.engine import Database
from seatsync.store.schema import HEAD
from seatsync.store.tables import metadata

from .making import NOON, draft, look, tamper, team_of

HERE = ["sqlite", pytest.param("empty_postgres", marks=pytest.mark.postgres)]
OPEN = "import sys; from seatsync.store import open_store; open_store(sys.argv[1]).teams.root()"
OPEN_AND_LIST_MODULES = OPEN + "; print(sorted({name.split('.')[0] for name in sys.modules}))"


@pytest.fixture(params=HERE)
def empty_url(request):
    return request.getfixturevalue(f"{request.param}_url")


def scripts() -> Config:
    config = Config()
    folder = Path(seatsync.store.schema.__file__).with_name("migrations")
    config.set_main_option("script_location", str(folder))
    return config


def make_at(url: str, revision: str, *statements: str) -> None:
    """Make a database as an older program left it, with rows in it."""
    database, config = Database(url, lambda: NOON), scripts()
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        for statement in statements:
            connection.execute(text(statement))
    database.close()


def run(code: str, url: str, folder: Path | None = None) -> subprocess.Popen[str]:
    root = str(Path(seatsync.store.schema.__file__).parents[2])
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {root!r}); {code}", url]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)


def test_the_revision_known_to_the_code_is_the_newest_migration():
    assert ScriptDirectory.from_config(scripts()).get_heads() == [HEAD]


def test_the_migrations_make_exactly_the_tables_of_the_code(empty_url):
    with open_store(empty_url) as store, store._database.writing() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_migrations_make_every_table_as_the_code_would_itself(sqlite_url, tmp_path):
    """SQLite keeps each statement, so that checks, keys and partial indexes are compared too."""
    engine = create_engine(f"sqlite:///{tmp_path}/direct.db")
    metadata.create_all(engine)
    wanted = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"
    with engine.connect() as connection:
        direct = {tuple(row[:2]): words_of(row.sql) for row in connection.execute(text(wanted))}
    engine.dispose()
    with open_store(sqlite_url) as store:
        migrated = {row[:2]: words_of(row[2]) for row in look(store, wanted) if row[0] != "trigger"}
    assert migrated == direct


def words_of(statement: str) -> list[str]:
    """Sort the words: the order of a table's constraints has no meaning."""
    return sorted(statement.replace("(", " ( ").replace(")", " ) ").replace(",", " ").split())


@pytest.mark.postgres
def test_partial_indexes_on_postgres_cover_only_the_rows_meant(postgres_store):
    found = dict(look(postgres_store, "SELECT indexname, indexdef FROM pg_indexes"))
    assert "WHERE (digest <> ''::text)" in found["uq_operation_digest"]
    assert "WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]))" in found["uq_operation_under_way"]


def test_a_second_start_keeps_what_is_there(database_url):
    with open_store(database_url) as store:
        root = store.teams.root()
    with open_store(database_url) as store:
        assert store.teams.all() == (root,)


def test_a_database_of_the_first_schema_is_brought_up_to_date_with_its_rows(empty_url):
    make_at(
        empty_url,
        "0001",
        "INSERT INTO team (id, name) VALUES (1, 'Root')",
        "INSERT INTO link (team_id, key, company_id, company_name, tenant_name, portal, source, made_by, "
        "made_at) VALUES (1, 'contoso', 250, 'Contoso Ltd', 'Contoso', 'Contoso', 'automatic', 'anna', NULL)",
    )
    with open_store(empty_url) as store:
        kept = Link(
            "contoso", CompanyId(250), "Contoso Ltd", "Contoso", "Contoso", LinkSource.AUTOMATIC, "anna"
        )
        assert store.choices.links(team_of(store)) == (kept,)
        store.choices.save_column_choice(team_of(store), "f00d", {"users": "Seats"}, draft(store))
        assert store.choices.column_choice(team_of(store), "f00d").columns == {"users": "Seats"}
        assert look(store, "SELECT version_num FROM alembic_version") == [(HEAD,)]


def test_snapshots_of_before_changes_were_kept_have_none(empty_url):
    make_at(
        empty_url,
        "0004",
        "INSERT INTO team (id, name) VALUES (1, 'Root')",
        "INSERT INTO snapshot (id, team_id, taken_at, companies, agreements, additions, products, "
        "agreement_types, suspicion) VALUES (7, 1, '2026-11-21 06:00:00', 3, 2, 1, 1, '[]', '')",
    )
    with open_store(empty_url) as store:
        (kept,) = store.snapshots.all(team_of(store))
        assert (kept.id, kept.companies) == (7, 3)
        assert store.snapshots.changes(team_of(store), kept.id) is None
        made = store.snapshots.swap_in(team_of(store), Book({}, {}, (), {}), NOON, draft(store))
        assert store.snapshots.changes(team_of(store), made.id) == SnapshotChanges(kept.taken_at)


def test_a_database_newer_than_the_program_is_refused(database_url):
    with open_store(database_url) as store:
        tamper(store, "UPDATE alembic_version SET version_num = '0009'")
    with pytest.raises(
        DatabaseError, match="made by a newer SeatSync: its schema is 0009, this one knows 0005"
    ):
        open_store(database_url)


def test_a_migration_that_fails_leaves_nothing_behind(database_url):
    with open_store(database_url) as store:
        tamper(store, "DELETE FROM alembic_version")
        team_of(store)
    with pytest.raises(DatabaseError, match="already exists"):
        open_store(database_url)


def test_processes_that_start_at_once_make_one_schema(empty_url):
    children = [run(OPEN, empty_url) for _ in range(3)]
    assert [child.wait() for child in children] == [0, 0, 0]
    for child in children:
        child.stdout.close()
    with open_store(empty_url) as store:
        assert len(store.teams.all()) == 1


def test_a_start_on_an_up_to_date_database_imports_neither_alembic_nor_cryptography(sqlite_url, tmp_path):
    """The migrations are found from any folder; once they have run, nothing is imported for them."""
    for folder, imported in ((tmp_path, True), (Path("/"), False)):
        child = run(OPEN_AND_LIST_MODULES, sqlite_url, folder)
        modules = child.communicate()[0]
        assert child.returncode == 0
        assert ("'alembic'" in modules) is imported
        assert "'cryptography'" not in modules
        assert "'streamlit'" not in modules
