"""The import desk: lists in CSV or XLSX, previewed row by row and released by a second person.

An app declares an `Importer` and registers it in its `apps.py`; docs/imports.md shows how.
"""

from brokerage.backoffice.imports.importer import Cells, Column, Importer, Values, importers

__all__ = ["Cells", "Column", "Importer", "Values", "importers", "register"]


def register(importer: Importer) -> Importer:
    """Make an importer known; call it from an app's `ready()`."""
    return importers.register(importer.key, importer)
