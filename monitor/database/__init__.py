"""An SQLite file that must not be lost: opened, brought up to date, locked, set aside when damaged, told in words."""

from monitor.database.asking import ask
from monitor.database.copying import Copied, copy_all
from monitor.database.file import open_for_writing, translated
from monitor.database.lock import FileLock
from monitor.database.schema import Schema, migrate

__all__ = ["Copied", "FileLock", "Schema", "ask", "copy_all", "migrate", "open_for_writing", "translated"]
