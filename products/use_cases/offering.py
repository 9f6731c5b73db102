"""Suggest a product to a customer who asks for it, or say that nothing is worth it today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.life.states import Ability
from accounts.models import Application
from accounts.states import Status
from brokerage.core.clock import business_date
from brokerage.core.reminders import silence_of
from brokerage.customers.models import Customer
from brokerage.customers.purposes import MARKETING, PERSONALISATION
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from holdings.models import AssetSnapshot
from products.dated import ranking_on
from products.events import FamilyMuted, OfferDeclined, OfferMade
from products.models import Mute, Offer, Product, Terms
from products.rules.costs import YEAR, bill
from products.rules.ranking import Candidate, Person, Ranked, RankingRules, best, rank
from products.selectors.exposure import committed_by, room_on
from products.selectors.offers import Closed, closed_to_offers
from products.selectors.orders import holdings_of
from products.selectors.shelf import Matcher, matcher_of
from products.selectors.sold import sold_online
from products.states import Family, Mode
from products.use_cases.order_checks import UnableToOrder, require_able
from suitability.models import Exposure
from suitability.rules.contradictions import age_on
from suitability.rules.matching import MatchOutcome
from suitability.use_cases.matching import record_exposures

SHOWN = 5
"""So many of the ranking the page names."""
SAMPLE = Decimal(10_000)
"""Yuan for which costs are compared, or the least amount where that is more."""


class UnableToOffer(Exception):
    """Nothing may be suggested now; the message is translated and may be shown.

    Attributes:
        why: for the page.
    """

    def __init__(self, message: str, why: Closed) -> None:
        super().__init__(message)
        self.why = why


def offer_of(customer: Customer, on: date) -> Offer | None:
    """What was suggested on a day, if anything was looked for."""
    rows = Offer.objects.filter(customer=customer, on=on)
    return rows.select_related("product__item", "product__issuer").first()


def require_open(customer: Customer, matcher: Matcher, rules: RankingRules, at: datetime) -> None:
    """Refuse whoever did not agree, wants silence, complained, is under a hold, or got one lately.

    Raises:
        UnableToOffer: with the first reason.
    """
    given = set(customer.consents.in_force().values_list("purpose", flat=True))
    if not {MARKETING, PERSONALISATION} <= given:
        said = _("You have not agreed to offers, or not to pages that fit your use.")
        raise UnableToOffer(said, Closed.CONSENT)
    if matcher.investor.investor_class is None or matcher.investor.valid_until is None:
        raise UnableToOffer(_("Without a risk assessment nothing suits."), Closed.ASSESSMENT)
    if why := silence_of([customer.pk], at).get(customer.pk):
        raise UnableToOffer(str(why), Closed.SILENCE)
    why = closed_to_offers([customer.pk], business_date(at), rules.every_days).get(customer.pk)
    if why is Closed.COMPLAINT:
        said = _("You complained, and we have not answered yet. Until then we suggest nothing.")
        raise UnableToOffer(said, why)
    if why is Closed.HOLD:
        raise UnableToOffer(_("At the moment we suggest nothing."), why)
    if why is Closed.OFTEN:
        said = _("You got a suggestion lately. We make one in {n} days at most.")
        raise UnableToOffer(said.format(n=rules.every_days), why)


@transaction.atomic
def suggest(*, customer: Customer, actor: Actor, at: datetime) -> Offer:
    """Look for one product that is worth a suggestion; the second look of a day finds the first.

    All that its page names, the ranking too, is recorded as shown, so that it cannot be insisted
    on later.

    Raises:
        UnableToOffer: nothing may be suggested to this customer now.
    """
    on = business_date(at)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if found := offer_of(customer, on):
        return found
    rules, matcher = ranking_on(on), matcher_of(customer, on)
    require_open(customer, matcher, rules, at)
    products = _candidates(customer, matcher, rules)
    ranked = rank(_costed(list(products.values()), on), _person(customer, matcher), rules)
    first = best(ranked, rules)
    chosen = products[first.code] if first else None
    offer = Offer.objects.create(
        customer=customer,
        product=chosen,
        on=on,
        points=[_plain(each) for each in ranked[:SHOWN]],
        rule_version=rules.version,
        made_at=at,
    )
    shown = [products[each.code].item.ref for each in ranked[:SHOWN]]
    record_exposures(customer=customer, refs=shown, way=Exposure.Way.SHOWN, at=at)
    event = OfferMade(
        subject=offer.ref, customer=customer.ref, product=chosen.ref if chosen else None
    )
    record(event, actor=actor, at=at, rule_version=rules.version)
    return offer


@transaction.atomic
def decline(*, offer: Offer, actor: Actor, at: datetime) -> Offer:
    """The customer says "not for me"; it is not suggested again for a while."""
    row = Offer.objects.select_for_update(of=("self",)).select_related("customer").get(pk=offer.pk)
    if row.declined_at is not None or row.product_id is None:
        return row
    row.declined_at = at
    row.save(update_fields=["declined_at"])
    record(OfferDeclined(subject=row.ref, customer=row.customer.ref), actor=actor, at=at)
    return row


@transaction.atomic
def mute(*, customer: Customer, family: Family, on: bool, actor: Actor, at: datetime) -> None:
    """Suggest nothing of a family to this customer any more, or again."""
    if on:
        _row, changed = Mute.objects.get_or_create(
            customer=customer, family=family.value, defaults={"since": at}
        )
    else:
        changed = bool(Mute.objects.filter(customer=customer, family=family.value).delete()[0])
    if changed:
        event = FamilyMuted(subject=customer.ref, family=family.value, muted=on)
        record(event, actor=actor, at=at)


def _candidates(customer: Customer, matcher: Matcher, rules: RankingRules) -> dict[str, Product]:
    """What suits and this customer can buy on the portal, neither muted nor turned down lately.

    Whoever has no account yet may be suggested something; whose account cannot buy now may not.

    Returns:
        Products by code.
    """
    if not _may_buy(customer):
        return {}
    sold, limits = sold_online(matcher.on), room_on(matcher.on)
    rows = list(Product.objects.for_sale(matcher.on).openly().select_related("item"))
    muted = set(Mute.objects.filter(customer=customer).values_list("family", flat=True))
    had = committed_by([customer.pk], list(limits))
    since = matcher.on - timedelta(days=rules.pause_days)
    declined = Offer.objects.filter(customer=customer, declined_at__isnull=False, on__gte=since)
    turned_down = set(declined.values_list("product", flat=True))
    return {
        row.item.code: row
        for row, opinion in zip(rows, matcher.opinions(rows), strict=True)
        if opinion.outcome is MatchOutcome.MATCH
        and row.mode == Mode.CART
        and row.family not in muted
        and row.pk not in turned_down
        and sold.to(row.pk, customer.home_outlet_ref)
        and (row.pk not in limits or had.get((customer.pk, row.pk), 0) <= limits[row.pk])
    }


def _may_buy(customer: Customer) -> bool:
    """Whether nothing stands against buying but that there is no account yet."""
    if not Application.objects.filter(customer=customer, status=Status.ACTIVE).exists():
        return True
    try:
        require_able(customer, Ability.BUY)
    except UnableToOrder:
        return False
    return True


def _costed(products: Sequence[Any], on: date) -> list[Candidate]:
    """Each with what it costs of its least sensible amount over a year."""
    terms = {
        row.product_id: row for row in Terms.objects.approved().on(on).filter(product__in=products)
    }
    found = []
    for product in products:
        amount = max(SAMPLE, terms[product.pk].minimum)
        cost = bill(terms[product.pk].table, amount, days=YEAR).total / amount
        found.append(Candidate(code=product.item.code, type=product.item.type, cost=cost))
    return found


def _person(customer: Customer, matcher: Matcher) -> Person:
    """Funds by the type of their item; what lies at the counter counts as equity."""
    held: dict[str, Decimal] = {}
    for fund in holdings_of(customer):
        kind = fund.product.item.type
        held[kind] = held.get(kind, Decimal(0)) + (fund.worth or Decimal(0))
    newest = AssetSnapshot.objects.filter(customer=customer).order_by("-day").first()
    if newest is not None:
        held["equity"] = held.get("equity", Decimal(0)) + newest.securities
    investor = matcher.investor
    return Person(
        investor_class=str(investor.investor_class),
        horizon=investor.horizon,
        held=held,
        age=age_on(customer.born, matcher.on) if customer.born else None,
    )


def _plain(ranked: Ranked) -> dict[str, Any]:
    parts = {part.value: str(points) for part, points in ranked.parts.items()}
    return {"code": ranked.code, "parts": parts, "total": str(ranked.total)}
