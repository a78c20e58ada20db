"""Edits cameras.yaml as a person would: only the lines that must change do, every other byte stays as it is.

The file is never written anew from its values, which would reformat it and lose what a person meant by its layout:
the parser's nodes say where a value stands (:mod:`.document`), and that piece of the text is exchanged.
"""

from monitor.config.edit.file import FarmEditor, Version
from monitor.config.edit.wishes import NewPrinter

__all__ = ["FarmEditor", "NewPrinter", "Version"]
