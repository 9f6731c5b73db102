"""What customers hold, as the trading counter reports it, and what follows from it."""

from holdings.models.accounts import Account, AccountQuerySet, UnknownAccount
from holdings.models.assets import AssetEvidence, AssetSnapshot, CustomerAssets
from holdings.models.days import CashBalance, MarginBalance, Position, Trade
from holdings.models.desk import CounterDay, WaivedDay
from holdings.models.files import CounterFile, CounterFileQuerySet, FileChange, FileIssue

__all__ = [
    "Account",
    "AccountQuerySet",
    "AssetEvidence",
    "AssetSnapshot",
    "CashBalance",
    "CounterDay",
    "CounterFile",
    "CounterFileQuerySet",
    "CustomerAssets",
    "FileChange",
    "FileIssue",
    "MarginBalance",
    "Position",
    "Trade",
    "UnknownAccount",
    "WaivedDay",
]
