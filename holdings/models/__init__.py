"""What customers hold, as the trading counter reports it, and what follows from it."""

from holdings.models.accounts import Account, AccountQuerySet
from holdings.models.assets import AssetEvidence, AssetSnapshot, CustomerAssets
from holdings.models.days import CashBalance, MarginBalance, Position, Trade
from holdings.models.files import CounterFile, CounterFileQuerySet, FileIssue

__all__ = [
    "Account",
    "AccountQuerySet",
    "AssetEvidence",
    "AssetSnapshot",
    "CashBalance",
    "CounterFile",
    "CounterFileQuerySet",
    "CustomerAssets",
    "FileIssue",
    "MarginBalance",
    "Position",
    "Trade",
]
