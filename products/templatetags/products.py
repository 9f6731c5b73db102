"""Words of the shelf: `{% load products %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext, gettext_lazy

from brokerage.core.display import formats
from products.mandate_states import CONCLUDED, UNDER_WAY, Stage
from products.models import Bid, Order, PrivateContract
from products.private_states import PrivateStatus
from products.states import SHARED_OUT, BidStatus, OrderStatus, Side
from products.use_cases.basket_checks import Hurdle, Line
from products.wording import YEARLY

register = template.Library()
TONES = {
    OrderStatus.PLACED: "info",
    OrderStatus.PAID: "info",
    OrderStatus.SENT: "info",
    OrderStatus.CONFIRMED: "done",
    OrderStatus.PARTLY: "done",
    OrderStatus.UNPAID: "stop",
    OrderStatus.LAPSED: "stop",
    OrderStatus.REJECTED: "stop",
}
NO_ANSWER = gettext_lazy(
    "Nobody told us in time whether the money was taken. If it was, it goes back to your cash "
    "account."
)
NEXT = {
    OrderStatus.PLACED: gettext_lazy("It counts for {day}."),
    OrderStatus.PAID: gettext_lazy("The money is taken. It counts for {day}."),
    OrderStatus.SENT: gettext_lazy(
        "The registrar confirms it on the trading day after {day} as a rule."
    ),
    OrderStatus.CONFIRMED: gettext_lazy("It was confirmed with the value of {day}."),
    OrderStatus.PARTLY: gettext_lazy("A part was taken. The rest is paid back or stays yours."),
    OrderStatus.UNPAID: gettext_lazy("There was not enough money on your cash account."),
    OrderStatus.LAPSED: NO_ANSWER,
    OrderStatus.REJECTED: gettext_lazy("The fund took nothing of it. Nothing is lost."),
    OrderStatus.CANCELLED: gettext_lazy("You took it back in time. Nothing is lost."),
}


BID_TONES = {
    BidStatus.PLACED: "info",
    BidStatus.PAID: "info",
    BidStatus.ALLOTTED: "done",
    BidStatus.PARTLY: "done",
    BidStatus.UNPAID: "stop",
    BidStatus.LAPSED: "stop",
}
BID_NEXT = {
    BidStatus.PLACED: gettext_lazy("We are taking the money from your cash account."),
    BidStatus.PAID: gettext_lazy(
        "The money is taken. The book closes on {day} and is shared out."
    ),
    BidStatus.UNPAID: gettext_lazy("There was not enough money on your cash account."),
    BidStatus.LAPSED: NO_ANSWER,
    BidStatus.WITHDRAWN: gettext_lazy("You took it back in time. Nothing is lost."),
    BidStatus.ALLOTTED: gettext_lazy("You get all that you bid for."),
    BidStatus.PARTLY: gettext_lazy("More was bid than there was. The rest is paid back."),
    BidStatus.NOTHING: gettext_lazy("More was bid than there was. All of it is paid back."),
    BidStatus.RETURNED: gettext_lazy("The book was called off. All of it is paid back."),
}


BID_LIMITED = gettext_lazy(
    "You may have no more of this product: {most} of the bid counted. What was not allotted is "
    "paid back."
)

BASKET_WORDS: dict[Hurdle | None, Any] = {
    None: gettext_lazy("Can be ordered"),
    Hurdle.CLOSED: gettext_lazy("Not for sale now"),
    Hurdle.UNSUITED: gettext_lazy("Does not suit you"),
    Hurdle.CHANGED: gettext_lazy("Has changed"),
    Hurdle.UNTOLD: gettext_lazy("To be read first"),
    Hurdle.AMOUNT: gettext_lazy("Another amount"),
}
BASKET_NEXT: dict[Hurdle | None, Any] = {
    Hurdle.CLOSED: gettext_lazy("It stays here until it is sold again, or you take it out."),
    Hurdle.CHANGED: gettext_lazy("Keep it only if that is all right with you."),
    Hurdle.UNTOLD: gettext_lazy("It counts for later purchases too."),
}


@register.filter
def bid_tone(status: str) -> str:
    """The tone of a bid's status as a chip's kind."""
    return BID_TONES.get(BidStatus(status), "")


@register.filter
def bid_next(bid: Bid) -> str:
    """What happens next, and when, or how it ended."""
    if bid.most is not None and bid.status in SHARED_OUT:
        return str(BID_LIMITED).format(most=formats.money(bid.most))
    text = str(BID_NEXT[BidStatus(bid.status)])
    return text.format(day=formats.day(formats.local(bid.book.closes_at)))


PRIVATE_TONES = {
    PrivateStatus.PLACED: "info",
    PrivateStatus.COOLING: "wait",
    PrivateStatus.BINDING: "done",
    PrivateStatus.UNPAID: "stop",
    PrivateStatus.LAPSED: "stop",
}
PRIVATE_NEXT = {
    PrivateStatus.PLACED: gettext_lazy("We are taking the money from your cash account."),
    PrivateStatus.COOLING: gettext_lazy(
        "You can think it over until {until}. Then somebody who did not sell it to you calls; "
        "until you confirm in that call you can take it back."
    ),
    PrivateStatus.BINDING: gettext_lazy(
        "You confirmed it in a call, and it is binding. We order the fund with your money."
    ),
    PrivateStatus.UNPAID: gettext_lazy("There was not enough money on your cash account."),
    PrivateStatus.LAPSED: NO_ANSWER,
    PrivateStatus.CANCELLED: gettext_lazy("You took it back in time. Nothing is lost."),
    PrivateStatus.UNREACHED: gettext_lazy(
        "It was not confirmed in a call in time, so it has ended. All of it is paid back."
    ),
}


@register.filter
def private_tone(status: str) -> str:
    """The tone of a private contract's status as a chip's kind."""
    return PRIVATE_TONES.get(PrivateStatus(status), "")


@register.filter
def mandate_tone(status: str) -> str:
    """The tone of a mandate's stage as a chip's kind; none where it was not concluded."""
    stage = Stage(status)
    if stage in CONCLUDED:
        return "done"
    return "info" if stage in UNDER_WAY else ""


@register.filter
def private_next(contract: PrivateContract) -> str:
    """What happens next, and when, or how it ended."""
    text = str(PRIVATE_NEXT[PrivateStatus(contract.status)])
    until = contract.cooling_until
    return text.format(until=formats.moment(until) if until else "")


@register.filter
def yearly_fee(name: str) -> str:
    """What a yearly fee is for."""
    return str(YEARLY[name])


@register.filter
def order_tone(status: str) -> str:
    """The tone of a status as a chip's kind."""
    return TONES.get(OrderStatus(status), "")


@register.filter
def order_headline(order: Order) -> str:
    """Such as "Buy for CNY 1,000.00"."""
    if order.side == Side.REDEEM:
        return gettext("Sell {units} units").format(units=formats.number(order.units or 0, 2))
    return gettext("Buy for {amount}").format(amount=formats.money(order.amount or 0))


@register.filter
def order_next(order: Order) -> str:
    """What happens next, and when, or how it ended."""
    text = str(NEXT[OrderStatus(order.status)])
    return text.format(day=formats.day(order.dealing_day))


@register.filter
def basket_word(line: Line) -> str:
    """Where a fund in the basket stands, in two words."""
    return str(BASKET_WORDS[line.hurdle])


@register.filter
def basket_tone(line: Line) -> str:
    """The tone of its chip."""
    if line.hurdle is None:
        return "done"
    return "stop" if line.hurdle in (Hurdle.CLOSED, Hurdle.UNSUITED) else "wait"


@register.filter
def basket_next(line: Line) -> str:
    """What to do about it."""
    return str(BASKET_NEXT.get(line.hurdle, ""))
