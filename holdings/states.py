"""Kinds of accounts and files, and the life of a file from the trading counter, as a table."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class AccountKind(models.TextChoices):
    """What an account at the trading counter is for."""

    ORDINARY = "ordinary", _("Securities account")
    MARGIN = "margin", _("Margin account")


class Segment(models.TextChoices):
    """Which kind of customer somebody is, for who serves them."""

    RETAIL = "retail", _("Retail customer")
    WEALTHY = "wealthy", _("High-net-worth customer")
    INSTITUTION = "institution", _("Institution")


class FileKind(models.TextChoices):
    """What a file of the trading counter lists; in the order in which they are useful."""

    ACCOUNTS = "accounts", pgettext_lazy("counter file", "Accounts")
    SECURITIES = "securities", _("Securities master")
    POSITIONS = "positions", pgettext_lazy("counter file", "Positions")
    CASH = "cash", pgettext_lazy("counter file", "Cash")
    MARGIN = "margin", _("Margin balances")
    TRADES = "trades", pgettext_lazy("counter file", "Trades")


VALUED = (FileKind.POSITIONS, FileKind.CASH, FileKind.MARGIN)
"""A day has its asset snapshots once these files were taken."""


class FileStatus(models.TextChoices):
    """Where a file stands."""

    RECEIVED = "received", _("Received")
    WAITING = "waiting", _("Waits for securities or accounts")
    REFUSED = "refused", _("Refused as a whole")
    TAKEN = "taken", _("Taken over")
    REPLACED = "replaced", _("Replaced by a correction")
    OUTDATED = "outdated", _("A later correction was taken before")


FILE_TRANSITIONS = StateTable(
    {
        FileStatus.RECEIVED: [
            FileStatus.TAKEN,
            FileStatus.WAITING,
            FileStatus.REFUSED,
            FileStatus.OUTDATED,
            FileStatus.REPLACED,  # an older securities master adds what the newer one lacks
        ],
        FileStatus.WAITING: [FileStatus.TAKEN, FileStatus.REFUSED, FileStatus.OUTDATED],
        FileStatus.REFUSED: [
            FileStatus.TAKEN,
            FileStatus.WAITING,
            FileStatus.OUTDATED,
            FileStatus.REPLACED,
        ],
        FileStatus.TAKEN: [FileStatus.REPLACED],
        FileStatus.REPLACED: [],
        FileStatus.OUTDATED: [],
    }
)


FINAL = (FileStatus.TAKEN, FileStatus.REPLACED, FileStatus.OUTDATED)
"""No file comes out of these by being read again."""


class AskProblem(models.TextChoices):
    """Why a file that the desk asked for was not fetched."""

    UNAVAILABLE = "unavailable", _("The trading counter does not answer. Try again later.")
    BUSY = "busy", _("Another file is being taken. Try again in a minute.")


class Side(models.TextChoices):
    """Which side of a trade the customer was on."""

    BUY = "buy", pgettext_lazy("trade", "Bought")
    SELL = "sell", pgettext_lazy("trade", "Sold")


class Currency(models.TextChoices):
    """In what a price is, where it is not in yuan."""

    HKD = "HKD", _("Hong Kong dollars")
    USD = "USD", _("US dollars")


class Tier(models.TextChoices):
    """How a customer is served, by assets."""

    BASIC = "basic", _("Basic service")
    FULL = "full", _("Full service")


class IssueCode(models.TextChoices):
    """What is wrong with a file, a row or a cell."""

    HEADER = "header", _("The first line is no header of this file")
    COLUMNS = "columns", _("The second line does not name the columns of this kind")
    ENDING = "ending", _("The last line is missing: the file is not complete")
    AFTER_END = "after_end", _("There are lines after the last one")
    ENCODING = "encoding", _("Is no UTF-8, or holds a quotation mark or backslash")
    CELLS = "cells", _("Has more or fewer cells than columns")
    ROWS = "rows", _("The number of rows differs from the control total")
    TOTAL = "total", _("The sum differs from the control total")
    DAY = "day", _("Is of another day than announced")
    NO_TRADING = "no_trading", _("Is no trading day")
    CALENDAR = "calendar", _("Lies outside the loaded calendar")
    FUTURE = "future", _("Lies in the future")
    FORM = "form", _("Has not the form that the format asks for")
    NEGATIVE = "negative", _("Is negative")
    TWICE = "twice", _("Stands in the file twice")
    ACCOUNT = "account", _("No account has this number")
    SECURITY = "security", _("The securities master does not know it")
    KIND = "kind", _("Does not fit this kind of account")
    SAME_REVISION = "same_revision", _("Another file with this revision was taken")
    BEFORE_OPENING = "before_opening", _("Lies before the account was opened")
    OWNER = "owner", _("Belongs to another customer here")
    TOO_MUCH = "too_much", _("The sum is larger than any that can be right")


MISSING = frozenset({IssueCode.ACCOUNT, IssueCode.SECURITY})
"""A file with nothing but these waits: what it names may still come."""

MAY_PASS = frozenset(
    {
        IssueCode.HEADER,
        IssueCode.ENDING,
        IssueCode.ROWS,
        IssueCode.TOTAL,
        IssueCode.FUTURE,
        IssueCode.CALENDAR,
        IssueCode.NO_TRADING,
        IssueCode.BEFORE_OPENING,  # a later list of accounts may name an earlier day
    }
)
"""What a file has that broke off on the way or came too early: it is fetched again."""

NAMING = (FileKind.ACCOUNTS, FileKind.SECURITIES)
"""Files that say what the others name. They add and correct; they take nothing away."""
