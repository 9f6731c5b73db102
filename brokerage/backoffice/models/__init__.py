"""What the back office itself keeps."""

from brokerage.backoffice.models.arriving import ImportPart, ImportRow, ImportRun
from brokerage.backoffice.models.leaving import Export, ExportPart, Purpose, Reveal

__all__ = ["Export", "ExportPart", "ImportPart", "ImportRow", "ImportRun", "Purpose", "Reveal"]
