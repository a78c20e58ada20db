"""Which tables a file has. ``PRAGMA user_version`` counts the scripts that it has been through."""

import sqlite3
from dataclasses import dataclass

from monitor.errors import StorageDamaged


@dataclass(frozen=True, slots=True)
class Schema:
    """The scripts that make a file's tables, in order; a script that was published is never changed."""

    scripts: tuple[str, ...]
    tables: tuple[str, ...]  # in the order in which they are saved from a damaged file
    another_file: str  # how a person names another file, for the error about a newer one: "in storage.path"


def migrate(connection: sqlite3.Connection, schema: Schema) -> None:
    """Bring a file to this version's schema, each script in a transaction of its own.

    Raises StorageDamaged when a newer Vigie wrote it.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(schema.scripts):
        raise StorageDamaged(
            f"the database has schema {version}, this version knows up to {len(schema.scripts)}: "
            f"update Vigie, or name another file {schema.another_file}"
        )
    for number, script in enumerate(schema.scripts[version:], version + 1):
        connection.executescript(f"BEGIN IMMEDIATE;{script};PRAGMA user_version = {number};COMMIT;")
