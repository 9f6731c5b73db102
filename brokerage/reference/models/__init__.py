"""Tables of reference data."""

from brokerage.reference.models.calendar import CalendarDay, Market
from brokerage.reference.models.holds import HoldRelease, LegalHold
from brokerage.reference.models.markets import (
    CODES,
    Code,
    CodeList,
    Completion,
    CustodyBank,
    Exchange,
    Instrument,
    InstrumentKind,
)
from brokerage.reference.models.places import Division, Level, MapSheet
from brokerage.reference.models.rules import Rule, Switch
from brokerage.reference.origin import Origin

__all__ = [
    "CODES",
    "CalendarDay",
    "Code",
    "CodeList",
    "Completion",
    "CustodyBank",
    "Division",
    "Exchange",
    "HoldRelease",
    "Instrument",
    "InstrumentKind",
    "LegalHold",
    "Level",
    "MapSheet",
    "Market",
    "Origin",
    "Rule",
    "Switch",
]
