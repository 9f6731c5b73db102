"""A customer lets one outlet take down an order for one product that is sold at outlets only.

The code is that of the counter (`accounts.use_cases.release_codes`). Whoever serves there sells
(`SELLERS`): who opens accounts, reviews or records does not come here.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.counter.selectors import WITH_COUNTERS
from accounts.counter.states import LIVE, ReleaseEnd, ReleaseStatus
from accounts.dated import CounterTerms, counter_terms
from accounts.life.states import Ability
from accounts.use_cases.release_codes import (
    UnableToRelease,
    code_hash,
    end_release,
    fresh_code,
    hashes_of,
    open_at_outlet,
    take_code,
)
from branches.models import Licence, OrgUnit
from branches.selectors import services_on, units_of
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.counter_events import (
    CounterOrderEnded,
    SaleClosed,
    SaleEvent,
    SaleOffered,
    SaleOpened,
)
from products.counter_states import CounterStatus
from products.models import CounterOrder, Product, SaleRelease
from products.selectors.orders import decision_for
from products.use_cases.counter_ways import require_taken_down
from products.use_cases.order_checks import place_of, require_able
from suitability.use_cases.matching import UnableToMatch

SELLERS = (Role.ADVISER,)
"""Who takes orders down at an outlet: the side that sells (`branches.states.SIDES`)."""
SERVICE = "funds"
"""The service that an outlet has to offer, and whose licence the seller has to hold."""
ACTOR = Actor.system("products.counter")
ENDED_AS = {
    ReleaseEnd.CUSTOMER: CounterStatus.REFUSED,
    ReleaseEnd.STAFF: CounterStatus.WITHDRAWN,
}
"""How what was taken down ends with its release; it lapses where the release ends otherwise."""


def outlets_to_sell_at(user: Any, on: date) -> QuerySet[OrgUnit]:
    """The open outlets at whose counters this person sells on a business date, by code."""
    units = units_of(user, on, roles=SELLERS)
    return units.open(on).filter(kind__in=WITH_COUNTERS).order_by("code")  # type: ignore[attr-defined]


@transaction.atomic
def offer_sale(*, customer: Customer, product: Product, actor: Actor, at: datetime) -> SaleRelease:
    """Make a code for an outlet; while a release is live, that one.

    Raises:
        UnableToOrder: no outlet takes it down now, the account cannot buy, or no outlet is chosen.
    """
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    mine = SaleRelease.objects.filter(customer=customer, product=product, status__in=LIVE)
    for old in mine.filter(until__lte=at):
        end_sale(release=old, ended_by=ReleaseEnd.TIME, actor=ACTOR, at=at)
    if found := mine.first():
        return found
    today = business_date(at)
    require_taken_down(product, at)
    require_able(customer, Ability.BUY)
    place_of(customer, today)
    terms, code = counter_terms(today), fresh_code()
    assert customer.user is not None, "whoever asks for a code is signed in"
    made = SaleRelease.objects.create(
        customer=customer,
        applicant=customer.user,
        product=product,
        code=code,
        code_hash=code_hash(code),
        offered_at=at,
        until=at + timedelta(minutes=terms.code_minutes),
    )
    tell(SaleOffered, made, actor=actor, at=at, rule_version=terms.version)
    return made


def take_sale(*, code: str, outlet: OrgUnit, helper: User, at: datetime) -> SaleRelease:
    """Open the purchase that a code belongs to; see `release_codes.take_code`."""
    return take_code(
        code=code,
        outlet=outlet,
        helper=helper,
        at=at,
        openers=[open_sale],
        counters=outlets_to_sell_at,
    )


def open_sale(
    code: str, outlet: OrgUnit, helper: User, terms: CounterTerms, at: datetime
) -> SaleRelease | None:
    """Open the release that a code leads to; None where it leads to no purchase.

    The match of today is decided for it, as of what the customer named.

    Raises:
        UnableToRelease: for one's own purchase, or where outlet or person may not sell funds.
    """
    rows = SaleRelease.objects.live(at).filter(
        status=ReleaseStatus.OFFERED, code_hash__in=hashes_of(code)
    )
    seen = rows.first()
    if seen is None:
        return None
    found = locked_sale(seen)
    if found.status != ReleaseStatus.OFFERED:
        return None
    if found.applicant_id == helper.pk:
        raise UnableToRelease(_("Nobody takes down their own order."))
    _require_may_sell(helper, outlet, business_date(at))
    open_at_outlet(found, outlet, helper, terms, at)
    actor = Actor.of(helper)
    tell(SaleOpened, found, actor=actor, at=at, rule_version=terms.version, outlet=outlet.ref)
    try:
        language = get_language() or "zh-hans"
        decision_for(found.customer, found.product, language=language, actor=actor, at=at)
    except UnableToMatch as refusal:
        raise UnableToRelease(str(refusal)) from refusal
    return found


@transaction.atomic
def end_sale(
    *, release: SaleRelease, ended_by: ReleaseEnd, actor: Actor, at: datetime
) -> SaleRelease:
    """End a release with what waits under it; a second time changes nothing."""
    row = locked_sale(release)
    if row.status == ReleaseStatus.ENDED:
        return row
    ran_out = row.until <= at
    why, who = (ReleaseEnd.TIME, ACTOR) if ran_out else (ended_by, actor)
    end_proposals(row, ENDED_AS.get(why, CounterStatus.LAPSED), who, at)
    close_sale(row, why, who, at)
    return row


def close_sale(row: SaleRelease, why: ReleaseEnd, actor: Actor, at: datetime) -> None:
    """End a locked release under which nothing waits any more."""
    end_release(row, why, at)
    tell(SaleClosed, row, actor=actor, at=at, ended_by=str(why))


def end_proposals(row: SaleRelease, status: CounterStatus, actor: Actor, at: datetime) -> None:
    """End what waits for the customer under a locked release."""
    for each in row.proposals.filter(status=CounterStatus.PROPOSED):
        end_proposal(each, status, at)
        tell_end(row, each, actor, at)


def end_proposal(proposal: CounterOrder, status: CounterStatus, at: datetime) -> None:
    """End a proposal whose release is locked; its code counts no more."""
    proposal.move_to(status)
    proposal.ended_at, proposal.code_hash = at, ""
    proposal.save()


def locked_sale(release: SaleRelease) -> SaleRelease:
    """The row anew, locked, its customer first as everywhere, so that nobody waits crosswise."""
    Customer.objects.select_for_update(no_key=True).get(pk=release.customer_id)
    rows = SaleRelease.objects.select_for_update(of=("self",))
    wanted = ("customer__user", "product__item", "outlet", "helper")
    return rows.select_related(*wanted).get(pk=release.pk)


def tell(
    event: type[SaleEvent],
    row: SaleRelease,
    *,
    actor: Actor,
    at: datetime,
    rule_version: str = "",
    **facts: Any,
) -> None:
    """Record what happened to a release."""
    made = event(subject=row.ref, customer=row.customer.ref, product=row.product.ref, **facts)
    record(made, actor=actor, at=at, rule_version=rule_version)


def tell_end(row: SaleRelease, proposal: CounterOrder, actor: Actor, at: datetime) -> None:
    """Record how what was taken down ended."""
    tell(
        CounterOrderEnded,
        row,
        actor=actor,
        at=at,
        proposal=proposal.ref,
        status=str(proposal.status),
        order=proposal.order.ref if proposal.order else None,
        bid=proposal.bid.ref if proposal.bid else None,
    )


def _require_may_sell(helper: User, outlet: OrgUnit, on: date) -> None:
    """The outlet offers funds, and the seller is licensed (domain handbook 6)."""
    offered = [each for each in services_on(outlet, on) if each.code == SERVICE]
    if not offered:
        raise UnableToRelease(_("This outlet does not offer funds."))
    licences = Licence.objects.on(on).filter(user=helper, kind=offered[0].licence_id)
    if not licences.exists():
        raise UnableToRelease(_("You hold no licence to sell funds."))
