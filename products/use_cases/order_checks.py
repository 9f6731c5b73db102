"""What is looked at before an order, and again when it is placed: each refusal in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.life.states import Ability
from accounts.models import Application
from accounts.selectors import abilities
from accounts.states import Status
from branches.models import OrgUnit
from branches.states import Kind
from brokerage.core import clock
from brokerage.core.display import formats
from brokerage.customers.models import Customer
from brokerage.reference.calendars import (
    CalendarEnds,
    add_trading_days,
    is_trading_day,
    next_trading_day,
)
from products.models import Holding, Order, Product, Quota, Terms
from products.rules.dealing import Wrong, dealing_day, wrong_amount, wrong_units
from products.selectors.entry import entries_met
from products.selectors.exposure import committed
from products.states import Channel, Mode
from suitability.models import MatchRecord
from suitability.rules.matching import MatchInputs, match
from suitability.selectors.rules import matching_rules_on
from suitability.use_cases.duties import grade_of
from suitability.use_cases.matching import UnableToMatch, match_again

SAID: dict[Wrong, Any] = {
    Wrong.OVERFLOW: gettext_lazy("So large an amount cannot be ordered at once."),
    Wrong.PRECISION: gettext_lazy("Two decimals at most."),
    Wrong.TOO_LITTLE: gettext_lazy("This is less than the least amount of {least}."),
    Wrong.STEP: gettext_lazy("Amounts go up from {least} in steps of {step}."),
    Wrong.QUOTA: gettext_lazy("So much is not left of the quota. Choose a smaller amount."),
    Wrong.TOO_MUCH: gettext_lazy("You have {free} units that can be sold."),
}


class UnableToOrder(Exception):
    """The order is not possible; the message is translated and may be shown.

    Attributes:
        field: the field it belongs to, or an empty text.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class LookAgain(UnableToOrder):
    """Something has changed since the customer looked: it is shown and asked again."""


@dataclass(frozen=True)
class Place:
    """To whom an order belongs: the branch company, and the outlet that serves."""

    company: OrgUnit
    outlet: OrgUnit


def look_at_purchase(
    customer: Customer,
    product: Product,
    amount: Decimal,
    on: date,
    counter: OrgUnit | None = None,
) -> Terms:
    """What can be known of a purchase before it is told and ordered; writes nothing.

    Args:
        amount: yuan, the fee included.
        counter: the outlet where it is taken down; None for the portal.

    Returns:
        The terms it is sold on.

    Raises:
        UnableToOrder: with the field where it belongs to one.
    """
    terms = terms_for_sale(product, on, channel_of(counter))
    check_amount(terms, amount, quota_left(terms))
    require_within_limit(customer, product, terms, amount)
    require_sold_to(customer, terms, on, counter)
    return terms


def channel_of(counter: OrgUnit | None) -> Channel:
    """Where something is bought: at the outlet `counter`, or on the portal without one."""
    return Channel.OUTLET if counter else Channel.ONLINE


def terms_for_sale(product: Product, on: date, channel: Channel = Channel.ONLINE) -> Terms:
    """The terms on which a fund can be bought today through a channel.

    Raises:
        UnableToOrder: it is not for sale, or not so.
    """
    found = Product.objects.for_sale(on).filter(pk=product.pk).exists()
    terms = Terms.objects.approved().on(on).filter(product=product).first()
    return require_for_sale(product, terms if found else None, channel)


def require_for_sale(product: Product, terms: Terms | None, channel: Channel) -> Terms:
    """The terms of a fund that was looked up already; None where it is not for sale.

    Raises:
        UnableToOrder: it is not for sale, or not so.
    """
    if terms is None:
        raise UnableToOrder(_("This is not for sale at the moment."))
    if product.mode != Mode.CART:
        raise UnableToOrder(_("This cannot be bought online. An outlet helps you."))
    require_channel(terms, channel)
    return terms


def terms_of_sale(product: Product, on: date) -> Terms:
    """The newest terms of a product, in force or not: what is held was bought on some.

    Their fees and cut-off are those of a sale.
    """
    known = Terms.objects.approved().filter(product=product, valid_from__lte=on)
    found: Terms | None = known.order_by("-valid_from").first()
    assert found is not None, "what is held was bought on some terms"
    return found


def check_units(held: Holding, units: Decimal) -> None:
    """Refuse units that are not free.

    Raises:
        UnableToOrder: beside the field `units`.
    """
    free = held.units - held.reserved
    wrong = wrong_units(units, free=free)
    if wrong is Wrong.TOO_LITTLE:
        raise UnableToOrder(_("Enter a number of units above zero."), "units")
    if wrong is not None:
        raise UnableToOrder(str(SAID[wrong]).format(free=formats.number(free, 2)), "units")


def day_of(terms: Terms, at: datetime) -> date:
    """The trading day that an order placed at `at` counts for."""
    return dealing_day(
        at.astimezone(clock.SHANGHAI),
        terms.cut_off,
        is_trading_day=is_trading_day,
        next_trading_day=next_trading_day,
    )


def arrival_of(terms: Terms, day: date) -> date | None:
    """When what was sold for a dealing day should be on the cash account; None where unknown.

    Unknown too where the loaded calendar does not reach so far: that closes no sale.
    """
    if terms.arrival_days is None:
        return None
    try:
        return add_trading_days(day, terms.arrival_days)
    except CalendarEnds:
        return None


def place_of(customer: Customer, on: date) -> Place:
    """The customer's outlet and the branch company over it.

    Raises:
        UnableToOrder: the customer has no outlet yet.
    """
    ref = customer.home_outlet_ref
    outlet = OrgUnit.objects.filter(ref=ref).first() if ref else None
    company = None
    if outlet is not None:
        above = OrgUnit.objects.above(outlet, on)
        company = above.filter(kind=Kind.BRANCH_COMPANY).first()
    if outlet is None or company is None:
        raise UnableToOrder(_("Choose your outlet first: your orders belong to its branch."))
    return Place(company, outlet)


def place_of_sale(customer: Customer, product: Product, on: date) -> Place:
    """Where a sale belongs: the customer's place, or else that of the newest order of the product.

    Less is always allowed, so nobody has to choose an outlet first, and none has to be open still.

    Raises:
        UnableToOrder: there is neither; what is held came from an order, so that does not happen.
    """
    try:
        return place_of(customer, on)
    except UnableToOrder:
        rows = Order.objects.of(customer).filter(product=product, outlet__isnull=False)
        last = rows.select_related("company", "outlet").first()
        if last is None or last.outlet is None:
            raise
        return Place(last.company, last.outlet)


def require_able(customer: Customer, ability: Ability) -> None:
    """Refuse whoever has no account that can do this now.

    An account that rests sells all the same: less is always allowed, and who holds units did not
    leave the account unused.

    Raises:
        UnableToOrder: says what is in the way.
    """
    rows = Application.objects.filter(customer=customer, status=Status.ACTIVE).order_by("-pk")
    application = rows.first()  # the newest: an account closed before may have been opened again
    if application is None:
        raise UnableToOrder(_("Open an account first."))
    can = abilities(application, but_rest=ability is Ability.SELL)
    able, why = can.get(ability, (False, ""))
    if not able:
        raise UnableToOrder(_("Your account cannot do this now: {why}").format(why=why))


def check_amount(terms: Terms, amount: Decimal, left: Decimal | None) -> None:
    """Refuse an amount that these terms do not take; `left` is what the quota leaves.

    Raises:
        UnableToOrder: beside the field `amount`.
    """
    wrong = wrong_amount(amount, minimum=terms.minimum, step=terms.step, left=left)
    if wrong is not None:
        least, step = formats.money(terms.minimum), formats.money(terms.step)
        said = str(SAID[wrong]).format(least=least, step=step)
        raise UnableToOrder(said, "amount")


def require_within_limit(
    customer: Customer, product: Product, terms: Terms, amount: Decimal
) -> None:
    """Refuse what would give one customer more of a product than these terms let them have.

    Selling never meets this: less is always allowed.

    Raises:
        UnableToOrder: beside the field `amount`.
    """
    if terms.most_held is not None:
        check_limit(terms, amount, committed(customer, product))


def check_limit(terms: Terms, amount: Decimal, have: Decimal) -> None:
    """Refuse an amount that is too much beside what one customer has already, both in yuan.

    Raises:
        UnableToOrder: beside the field `amount`.
    """
    if terms.most_held is not None and have + amount > terms.most_held:
        said = _("One customer may have {most} of it at most; held or ordered are {have}.")
        most, now = formats.money(terms.most_held), formats.money(have)
        raise UnableToOrder(said.format(most=most, have=now), "amount")


def quota_left(terms: Terms) -> Decimal | None:
    """What is left of the quota now; None without one."""
    row = Quota.objects.filter(terms=terms).first()
    return row.total - row.taken if row else terms.quota


def require_unit(terms: Terms, outlet: OrgUnit, on: date) -> None:
    """Refuse an order at an outlet where these terms do not sell; raises UnableToOrder."""
    if terms.unit_id is None:
        return
    inside = OrgUnit.objects.under(terms.unit, on).filter(pk=outlet.pk)
    check_unit(terms, inside=inside.exists())


def check_unit(terms: Terms, *, inside: bool) -> None:
    """Refuse where these terms are of one unit and the outlet is not inside of it.

    Raises:
        UnableToOrder: says which unit sells it.
    """
    if terms.unit_id is not None and not inside:
        raise UnableToOrder(_("This is sold only by {unit}.").format(unit=terms.unit))


def require_channel(terms: Terms, channel: Channel) -> None:
    """Refuse what these terms do not sell through a channel; raises UnableToOrder."""
    if channel in terms.channels:
        return
    if channel is Channel.ONLINE:
        raise UnableToOrder(_("This cannot be bought online. An outlet helps you."))
    raise UnableToOrder(_("This is not sold at outlets."))


def require_sold_to(
    customer: Customer, terms: Terms, on: date, counter: OrgUnit | None = None
) -> Place:
    """What stands between a customer and these terms, whatever the amount.

    One question for everything that is bought here, before the costs are shown and again when it
    is ordered or bid for.

    Args:
        counter: the outlet where the customer stands; None for the portal.

    Returns:
        The customer's place, to which the order belongs wherever it was taken down.

    Raises:
        UnableToOrder: not sold so, the account cannot buy, no outlet, or not sold there.
    """
    require_channel(terms, channel_of(counter))
    require_able(customer, Ability.BUY)
    place = place_of(customer, on)
    require_unit(terms, counter or place.outlet, on)
    return place


def require_same_opinion(decision: MatchRecord, product: Product, on: date) -> None:
    """Refuse where the grade, the class or what proves the entry has moved since the decision.

    Raises:
        LookAgain: the customer has to look anew.
        UnableToOrder: the product has lost its grade.
    """
    if decision.item_id != product.item_id or decision.decided_on != on:
        raise LookAgain(_("This result is of another day. Have it checked anew first."))
    rules = matching_rules_on(on)
    try:
        inputs: MatchInputs = match_again(decision, on, rules)
    except UnableToMatch as error:
        raise UnableToOrder(str(error)) from error
    met = entries_met(decision.customer, on, product.item.requirements)
    if met != inputs.investor.met:
        raise LookAgain(_("Something has changed since you looked. Look at the result again."))
    now = match(inputs, rules)
    if now.outcome.value != decision.outcome or inputs.item.grade.value != grade_of(decision):
        raise LookAgain(_("Something has changed since you looked. Look at the result again."))
