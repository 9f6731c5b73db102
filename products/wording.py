"""Fees in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from brokerage.core.display import formats
from products.rules.costs import Fees, Step
from products.rules.ranking import Part

YEARLY: dict[str, Any] = {
    "management": gettext_lazy("Management a year"),
    "custody": gettext_lazy("Custody a year"),
    "service": gettext_lazy("Sales service a year"),
}


def fee_lines(fees: Fees) -> list[tuple[str, str]]:
    """Each rate with when it counts, such as ("Buying, from CNY 1,000,000.00", "0.8%")."""
    lines = []
    for index, step in enumerate(fees.subscription):
        start = formats.money(step.start)
        words = _("Buying, from {amount}").format(amount=start) if index else _("Buying")
        lines.append((words, _price(step)))
    lines += _redemption(fees.redemption)
    lines += [(str(YEARLY[name]), formats.rate(rate)) for name, rate in fees.yearly]
    return lines


def _redemption(steps: Sequence[Step]) -> list[tuple[str, str]]:
    lines = []
    for index, step in enumerate(steps):
        after = steps[index + 1].start if index + 1 < len(steps) else None
        if after is not None:
            words = _("Selling, held less than {days}").format(days=_days(after))
        elif index:
            words = _("Selling, held {days} or longer").format(days=_days(step.start))
        else:
            words = _("Selling")
        lines.append((words, _price(step)))
    return lines


def _days(number: Decimal) -> str:
    count = int(number)
    return ngettext("{n} day", "{n} days", count).format(n=count)


def _price(step: Step) -> str:
    if step.rate is None:
        return _("{amount} each time").format(amount=formats.money(step.flat or 0))
    return formats.rate(step.rate) if step.rate else _("nothing")


PARTS: dict[Part, Any] = {
    Part.GAP: gettext_lazy("What you have little of"),
    Part.COST: gettext_lazy("What it costs"),
    Part.HORIZON: gettext_lazy("How long you want to invest"),
    Part.STAGE: gettext_lazy("Your stage of life"),
}
REASONS: dict[Part, Any] = {
    Part.GAP: gettext_lazy(
        "You have less of its type than the model allocation of your class has."
    ),
    Part.COST: gettext_lazy("It costs little beside others of what suits you."),
    Part.HORIZON: gettext_lazy("It goes with how long you want to invest."),
    Part.STAGE: gettext_lazy("Its type goes with your stage of life."),
}


def reason_of(points: Mapping[str, str]) -> str:
    """Why a product was suggested, by its strongest part of those that counted."""
    counted = [part for part in Part if part.value in points]
    strongest = max(counted, key=lambda part: Decimal(points[part.value]))
    return str(REASONS[strongest])
