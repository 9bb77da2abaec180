"""Bring the database's schema up to date at the start; nothing is imported for it when it is."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from seatsync.errors import DatabaseError
from seatsync.store.engine import Database, only

HEAD = "0005"
"""The newest revision under ``migrations/versions``; known here so that a start needs no alembic."""

_SCRIPTS = Path(__file__).with_name("migrations")


def bring_up_to_date(database: Database) -> None:
    """Run the missing migrations in one transaction. Raises DatabaseError on a schema newer than HEAD."""
    with database.reading() as connection:
        if _version(connection) == HEAD:
            return
    with database.writing() as connection:
        database.alone(connection, "schema")
        # Another process may have done it while this one waited.
        version = _version(connection)
        if version != HEAD:
            _upgrade(connection, version, database.where)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = only(connection, text("SELECT version_num FROM alembic_version"))
    return version


def _upgrade(connection: Connection, version: str | None, where: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        if version is not None:
            ScriptDirectory.from_config(config).get_revision(version)
    except CommandError as error:
        raise DatabaseError(
            f"The database {where} was made by a newer SeatSync: its schema is {version}, this one "
            f"knows {HEAD}. Install the newer version, or restore a backup from before the change."
        ) from error
    command.upgrade(config, "head")
