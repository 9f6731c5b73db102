"""What came in, what is worked on, what is released, and who read it."""

from content.models.contents import Content
from content.models.intake import Mark, RawItem
from content.models.items import Correction, Item, Revision
from content.models.market import ClosingPrice, Rating, Valuation
from content.models.readers import Follow, Read
from content.models.reminders import PutOffReminder, Reminder, ReminderMute, ReminderRun
from content.models.silence import CoolingOff
from content.models.sources import Source, Topic

__all__ = [
    "ClosingPrice",
    "Content",
    "CoolingOff",
    "Correction",
    "Follow",
    "Item",
    "Mark",
    "PutOffReminder",
    "Rating",
    "RawItem",
    "Read",
    "Reminder",
    "ReminderMute",
    "ReminderRun",
    "Revision",
    "Source",
    "Topic",
    "Valuation",
]
