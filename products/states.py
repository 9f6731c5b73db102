"""Words for what products are and how they are bought."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.states import Kind
from brokerage.core.states import StateTable


class Family(models.TextChoices):
    """What a product is by law; it decides where it may be shown and how it is bought."""

    FUND = "fund", _("public fund")
    PLAN = "plan", _("asset-management plan")
    PRIVATE = "private", _("private fund")
    BOND = "bond", _("bond")
    MANDATE = "mandate", _("bank-entrusted mandate")
    CUSTODY = "custody", _("custody")
    CROSS_BORDER = "cross_border", _("cross-border service")


class Channel(models.TextChoices):
    """Where it may be bought."""

    ONLINE = "online", pgettext_lazy("product", "online")
    OUTLET = "outlet", pgettext_lazy("product", "at an outlet")


class Mode(models.TextChoices):
    """How it is bought."""

    CART = "cart", _("any trading day, for the amount you choose")
    BOOK = "book", _("within a subscription period")
    PIPELINE = "pipeline", _("by a mandate that our branch company prepares with you")
    APPOINTMENT = "appointment", _("at an appointment")


MODES: dict[Family, Mode] = {
    Family.FUND: Mode.CART,
    Family.PLAN: Mode.BOOK,
    Family.BOND: Mode.BOOK,
    Family.PRIVATE: Mode.APPOINTMENT,
    Family.MANDATE: Mode.PIPELINE,
    Family.CUSTODY: Mode.PIPELINE,
    Family.CROSS_BORDER: Mode.APPOINTMENT,
}
HIDDEN = frozenset({Family.PRIVATE})
"""Never on an open shelf; only identified qualified investors see them (domain handbook 5)."""


class QualifiedFor(models.TextChoices):
    """What a qualified investor may buy; each law has thresholds of its own."""

    PRIVATE = "private", _("private funds")
    PLAN = "plan", _("asset-management plans")


class WealthFact(models.TextChoices):
    """What proves a qualified investor; the keys are those of the dated rules of permissions."""

    FINANCIAL = "financial_assets", pgettext_lazy("proof", "financial assets")
    HOUSEHOLD_NET = (
        "household_net_financial_assets",
        pgettext_lazy("proof", "net financial assets of the household"),
    )
    HOUSEHOLD = (
        "household_financial_assets",
        pgettext_lazy("proof", "financial assets of the household"),
    )
    INCOME = (
        "average_income_3y",
        pgettext_lazy("proof", "average yearly income of the last three years"),
    )
    NET_ASSETS = "net_assets", pgettext_lazy("proof", "net assets (organisations)")


class Side(models.TextChoices):
    """Which way an order goes."""

    SUBSCRIBE = "subscribe", pgettext_lazy("order", "buy")
    REDEEM = "redeem", pgettext_lazy("order", "sell")


class OrderStatus(models.TextChoices):
    """The life of an order."""

    PLACED = "placed", pgettext_lazy("order", "placed")
    PAID = "paid", pgettext_lazy("order", "paid")
    UNPAID = "unpaid", pgettext_lazy("order", "not paid")
    LAPSED = "lapsed", pgettext_lazy("order", "ended without an answer about the money")
    SENT = "sent", pgettext_lazy("order", "sent to the registrar")
    CONFIRMED = "confirmed", pgettext_lazy("order", "confirmed")
    PARTLY = "partly", pgettext_lazy("order", "confirmed in part")
    REJECTED = "rejected", pgettext_lazy("order", "rejected by the registrar")
    CANCELLED = "cancelled", pgettext_lazy("order", "taken back")


ORDER_TRANSITIONS = StateTable(
    {
        OrderStatus.PLACED: [
            OrderStatus.PAID,
            OrderStatus.UNPAID,
            OrderStatus.LAPSED,
            OrderStatus.SENT,
            OrderStatus.CANCELLED,
        ],
        OrderStatus.PAID: [OrderStatus.SENT, OrderStatus.CANCELLED],
        OrderStatus.SENT: [OrderStatus.CONFIRMED, OrderStatus.PARTLY, OrderStatus.REJECTED],
        OrderStatus.UNPAID: [],
        OrderStatus.LAPSED: [],
        OrderStatus.CONFIRMED: [],
        OrderStatus.PARTLY: [],
        OrderStatus.REJECTED: [],
        OrderStatus.CANCELLED: [],
    }
)
OPEN = (OrderStatus.PLACED, OrderStatus.PAID, OrderStatus.SENT)
DONE = (OrderStatus.CONFIRMED, OrderStatus.PARTLY)


class Allocation(models.TextChoices):
    """How a subscription book is shared out; told before anybody bids."""

    PRO_RATA = "pro_rata", _("in proportion to what was bid")
    BY_TIME = "by_time", _("first come, first served")


class BidStatus(models.TextChoices):
    """The life of a bid in a subscription book."""

    PLACED = "placed", pgettext_lazy("bid", "placed")
    PAID = "paid", pgettext_lazy("bid", "paid")
    UNPAID = "unpaid", pgettext_lazy("bid", "not paid")
    LAPSED = "lapsed", pgettext_lazy("bid", "ended without an answer about the money")
    WITHDRAWN = "withdrawn", pgettext_lazy("bid", "taken back")
    ALLOTTED = "allotted", pgettext_lazy("bid", "allotted in full")
    PARTLY = "partly", pgettext_lazy("bid", "allotted in part")
    NOTHING = "nothing", pgettext_lazy("bid", "nothing allotted")
    RETURNED = "returned", pgettext_lazy("bid", "paid back: the book was called off")


BID_TRANSITIONS = StateTable(
    {
        BidStatus.PLACED: [BidStatus.PAID, BidStatus.UNPAID, BidStatus.LAPSED],
        BidStatus.PAID: [
            BidStatus.WITHDRAWN,
            BidStatus.ALLOTTED,
            BidStatus.PARTLY,
            BidStatus.NOTHING,
            BidStatus.RETURNED,
        ],
        BidStatus.UNPAID: [],
        BidStatus.LAPSED: [],
        BidStatus.WITHDRAWN: [],
        BidStatus.ALLOTTED: [],
        BidStatus.PARTLY: [],
        BidStatus.NOTHING: [],
        BidStatus.RETURNED: [],
    }
)
IN_BOOK = (BidStatus.PLACED, BidStatus.PAID)
SHARED_OUT = (BidStatus.ALLOTTED, BidStatus.PARTLY, BidStatus.NOTHING)


class Misfit(models.TextChoices):
    """Why a confirmation of the registrar counted nothing."""

    UNKNOWN = "unknown", _("Nobody knows the order")
    TWICE = "twice", _("It was confirmed before under another number")
    NUMBER = "number", _("Its number stands on another order")
    UNSENT = "unsent", _("The order was not sent, or has ended otherwise")
    SUMS = "sums", _("The amounts do not fit the order or each other")
    UNITS = "units", _("Units or the value of a unit are missing")
    FORM = "form", _("It cannot be read")


class ComplaintStatus(models.TextChoices):
    """The life of a complaint."""

    RECEIVED = "received", pgettext_lazy("complaint", "received")
    ANSWERED = "answered", pgettext_lazy("complaint", "answered")


COMPLAINT_TRANSITIONS = StateTable(
    {ComplaintStatus.RECEIVED: [ComplaintStatus.ANSWERED], ComplaintStatus.ANSWERED: []}
)


class DocumentKind(models.TextChoices):
    """What a paper of a product is."""

    CONTRACT = "contract", pgettext_lazy("product document", "contract")
    PROSPECTUS = "prospectus", pgettext_lazy("product document", "prospectus")
    RISK = "risk", pgettext_lazy("product document", "risk disclosure")
    SUMMARY = "summary", pgettext_lazy("product document", "key facts")
    REPORT = "report", pgettext_lazy("product document", "periodic report")


class Language(models.TextChoices):
    """In which a paper is written."""

    CHINESE = "zh-hans", _("Simplified Chinese")
    ENGLISH = "en", _("English")


class Need(models.TextChoices):
    """What a customer or a local enterprise that an outlet brings needs."""

    BOND = "bond", pgettext_lazy("need", "issuing a bond")
    NEEQ = "neeq", pgettext_lazy("need", "listing on NEEQ")
    FINANCING = "financing", pgettext_lazy("need", "financing")
    MANDATE = "mandate", pgettext_lazy("need", "asset management")
    CUSTODY = "custody", pgettext_lazy("need", "custody")


class Desk(models.TextChoices):
    """The product desks at head office."""

    INVESTMENT_BANKING = "banking", pgettext_lazy("desk", "investment banking")
    ASSET_MANAGEMENT = "assets", pgettext_lazy("desk", "asset management")
    CUSTODY = "custody", pgettext_lazy("desk", "custody")


DESK_OF: dict[Need, Desk] = {
    Need.BOND: Desk.INVESTMENT_BANKING,
    Need.NEEQ: Desk.INVESTMENT_BANKING,
    Need.FINANCING: Desk.INVESTMENT_BANKING,
    Need.MANDATE: Desk.ASSET_MANAGEMENT,
    Need.CUSTODY: Desk.CUSTODY,
}


class ReferralStatus(models.TextChoices):
    """The life of a referral."""

    REGISTERED = "registered", pgettext_lazy("referral", "registered")
    QUALIFIED = "qualified", pgettext_lazy("referral", "qualified")
    TAILORED = "tailored", pgettext_lazy("referral", "proposal ready")
    REPORTED = "reported", pgettext_lazy("referral", "reported back")
    MANDATED = "mandated", pgettext_lazy("referral", "mandate under way")
    WON = "won", pgettext_lazy("referral", "won")
    DECLINED = "declined", pgettext_lazy("referral", "not pursued")


REFERRAL_TRANSITIONS = StateTable(
    {
        ReferralStatus.REGISTERED: [ReferralStatus.QUALIFIED, ReferralStatus.DECLINED],
        ReferralStatus.QUALIFIED: [ReferralStatus.TAILORED, ReferralStatus.DECLINED],
        ReferralStatus.TAILORED: [ReferralStatus.REPORTED, ReferralStatus.DECLINED],
        ReferralStatus.REPORTED: [
            ReferralStatus.MANDATED,
            ReferralStatus.WON,
            ReferralStatus.DECLINED,
        ],
        ReferralStatus.MANDATED: [ReferralStatus.WON, ReferralStatus.DECLINED],
        ReferralStatus.WON: [],
        ReferralStatus.DECLINED: [],
    }
)
PURSUED = (
    ReferralStatus.REGISTERED,
    ReferralStatus.QUALIFIED,
    ReferralStatus.TAILORED,
    ReferralStatus.REPORTED,
    ReferralStatus.MANDATED,
)
NEXT_STEP: dict[ReferralStatus, Any] = {
    ReferralStatus.REGISTERED: _("The branch company qualifies it"),
    ReferralStatus.QUALIFIED: _("The desk tailors a proposal"),
    ReferralStatus.TAILORED: _("The desk reports back to the outlet"),
    ReferralStatus.REPORTED: _("The desk brings it to a close with the outlet"),
    ReferralStatus.MANDATED: _("The desk carries its mandate on"),
}


class Measure(models.TextChoices):
    """What a goal of cross-selling counts: what an outlet itself does, never what was sold."""

    REFERRED = "referred", pgettext_lazy("goal", "referrals registered")
    QUALIFIED = "qualified", pgettext_lazy("goal", "referrals worth a proposal")
    WON = "won", pgettext_lazy("goal", "referrals won")


OUTLETS = (Kind.OUTLET, Kind.SERVICE_POINT)
"""Kinds of units that bring referrals."""
