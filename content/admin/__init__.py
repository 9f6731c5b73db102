"""The content desk: sources, texts that came in, items, signed versions, corrections."""

from content.admin.corrections import CorrectionAdmin
from content.admin.items import ItemAdmin
from content.admin.market import RatingAdmin
from content.admin.reminders import ReminderAdmin
from content.admin.revisions import RevisionAdmin
from content.admin.texts import RawItemAdmin, SourceAdmin

__all__ = [
    "CorrectionAdmin",
    "ItemAdmin",
    "RatingAdmin",
    "RawItemAdmin",
    "ReminderAdmin",
    "RevisionAdmin",
    "SourceAdmin",
]
