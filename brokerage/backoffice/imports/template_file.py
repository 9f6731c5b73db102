"""The empty list that people download and fill in."""

from __future__ import annotations

import csv
import io

from brokerage.backoffice.imports.importer import Importer

MARK = "\ufeff"  # else spreadsheets misread Chinese


def template_file(importer: Importer) -> str:
    """A CSV with the headings in the reader's language and one example row."""
    draft = io.StringIO(newline="")
    writer = csv.writer(draft)
    writer.writerow([str(column.label) for column in importer.columns])
    writer.writerow([column.example for column in importer.columns])
    return MARK + draft.getvalue()
