"""Questions about applications."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.consents import FACE, NEEDED, PURPOSES_OF_OPENING
from accounts.dated import REVIEW_MINUTES
from accounts.entries import hears_stages
from accounts.evidence.states import (
    CheckKind,
    CheckStatus,
)
from accounts.later_markets.states import NotOpened
from accounts.life.states import Ability
from accounts.models import (
    Application,
    CashAccount,
    Dormancy,
    IdDocument,
    OutsideCheck,
    Section,
    StepMedian,
    TradingPermission,
    WatchHit,
)
from accounts.permissions.states import HELD, PermissionStatus
from accounts.permissions.wording import labels
from accounts.rules import minutes_left as minutes_between
from accounts.rules import promise
from accounts.states import (
    ACCEPTED,
    LEFT_OUT,
    OPEN,
    CashStatus,
    LinkStatus,
    MarketStatus,
    Status,
    Step,
)
from accounts.terms import Market
from branches.commission.quoting import Quote
from branches.commission.selectors import NoRate, Trade, quote_for
from branches.models import OrgUnit
from branches.states import Kind
from brokerage.core import clock
from brokerage.core.clock import business_date
from brokerage.core.display import formats
from brokerage.core.trusted import trusted
from brokerage.core.written import SOME_KEY, Written
from brokerage.customers.models import ConsentText, Customer
from brokerage.reference.calendars import Ahead, CalendarEnds, is_working_day
from brokerage.reference.dated import NoRuleInForce
from brokerage.reference.lists import custody_banks
from brokerage.reference.models import Rule

SHARING_PURPOSE = "origin_status"
SAMPLE = Decimal(10_000)


def present_application(customer: Customer) -> Application | None:
    """The application of `customer` that goes on, or that their account came of.

    One whose account was closed is past: the customer may begin again.
    """
    rows = Application.objects.of(customer).filter(status__in=(*OPEN, *ACCEPTED))
    rows = rows.exclude(cash_account__status=CashStatus.CLOSED)
    return rows.select_related("customer", "outlet").order_by("-pk").first()


def closed_since(application: Application) -> datetime | None:
    """When the account that came of an application was closed, or None."""
    rows = CashAccount.objects.filter(application=application, status=CashStatus.CLOSED)
    return rows.values_list("status_since", flat=True).first()


def refused_for_good(customer: Customer) -> Application | None:
    """The application of `customer` whose refusal is final, or None."""
    rows = Application.objects.of(customer).filter(status=Status.REJECTED, final=True)
    return rows.order_by("-pk").first()


def asks_about_sharing(application: Application) -> bool:
    """Whether the customer says if whoever sent them may hear how the application stands.

    Asked only where they may hear it at all: agreeing to what is forbidden has no purpose. An
    answer that was given stays there to be changed. One query while nothing was answered.
    """
    if not application.has_origin_outside or application.origin_ref is None:
        return False
    return application.sharing is not None or hears_stages(application.origin_ref)


def agrees_to_opening(application: Application, agreed: frozenset[str]) -> bool:
    """Whether everything that this opening needs is agreed to, as it is gone about.

    The face was needed until it was sent for the first time; taking it back later is no hindrance.

    Args:
        agreed: the purposes that the customer agrees to now.
    """
    faceless = application.without_face or application.submitted_at is not None
    needed = NEEDED if faceless else tuple(PURPOSES_OF_OPENING)
    return agreed.issuperset(needed)


def agrees_to_face(application: Application, agreed: frozenset[str] | None = None) -> bool:
    """Whether the face may be used now.

    Args:
        agreed: the purposes that the customer agrees to now, where they are known.
    """
    if application.without_face:
        return False
    if agreed is not None:
        return FACE in agreed
    return application.customer.consents.in_force().filter(purpose=FACE).exists()


SECTION = Written(
    lambda application, step: Section.objects.filter(application=application, step=step),
    application=SOME_KEY,
    step="?",
)


def section_of(application: Application, step: str) -> Section | None:
    """The answers of one step, or None where nobody began."""
    found = SECTION.first(application=application.pk, step=str(step))
    if found:
        found.application = application
    return found


def sharing_text(language: str, at: datetime) -> ConsentText | None:
    """The text by which a customer lets us tell the institution that sent them."""
    rows = ConsentText.objects.filter(
        purpose=SHARING_PURPOSE, language=language, valid_from__lte=at
    )
    return rows.order_by("-version").first()


def outlets_for_opening(on: date) -> QuerySet[OrgUnit]:
    """Outlets that take applications on the business date `on`."""
    return (
        OrgUnit.objects.filter(kind=Kind.OUTLET, opened_on__lte=on)
        .filter(Q(closed_on=None) | Q(closed_on__gt=on))
        .order_by("division_code", "code")
    )


@trusted
def open_outlets(on: date) -> dict[UUID, OrgUnit]:
    """The same by ref, in their order, as the network stood some seconds ago at most."""
    return {unit.ref: unit for unit in outlets_for_opening(on)}


def review_promise(at: datetime, days: Ahead | None = None) -> tuple[datetime, str]:
    """By when a review that begins to wait at `at` is promised, and the version of the rule.

    Args:
        days: the calendar from that day on, where the caller asks more of it.
    """
    rule = Rule.objects.in_force(REVIEW_MINUTES, business_date(at))
    is_working = days.is_working_day if days else is_working_day
    return promise(at, rule.figure, partial(_desk_works, is_working=is_working)), rule.version


def promise_after(at: datetime, minutes: int) -> datetime:
    """The instant after so many desk minutes."""
    return promise(at, minutes, _desk_works)


def desk_minutes_left(at: datetime, until: datetime) -> int:
    """Desk minutes until a promise; 0 where it has passed."""
    return minutes_between(at, until, _desk_works)


def _desk_works(day: date, is_working: Callable[[date], bool] = is_working_day) -> bool:
    """A calendar that ends too early must not keep customers from sending: weekdays then."""
    try:
        return is_working(day)
    except CalendarEnds:
        return day.weekday() < 5


def bank_name(code: str) -> str:
    """The custody bank with this code, in the reader's language."""
    return next((bank.name for bank in custody_banks() if bank.code == code), "")


def opening_quote(
    application: Application, on: date, outlet: OrgUnit | None = None
) -> Quote | None:
    """What a purchase of shares for SAMPLE yuan costs, line by line.

    Args:
        application: whose outlet counts.
        on: the business date.
        outlet: one that is looked at before it is chosen.
    """
    place = outlet or application.outlet
    if place is None:
        return None
    trade = Trade(market="SH", product="stock", amount=SAMPLE)
    try:
        _rate, bill = quote_for(outlet=place, trade=trade, on=on, customer=application.customer)
    except (NoRate, NoRuleInForce):  # nothing released yet: the page says nothing about prices
        return None
    return bill


def minutes_left(steps: Sequence[Step], medians: Mapping[str, int] | None = None) -> int | None:
    """About how many minutes these steps take by measured medians; None while one is unmeasured.

    Sending and one yes or no about sharing take no time worth telling.

    Args:
        steps: what is left.
        medians: seconds by step, where they are known already.
    """
    wanted = {str(step) for step in steps if step not in (Step.SEND, Step.SHARING)}
    known = dict(StepMedian.objects.values_list("step", "seconds")) if medians is None else medians
    if not wanted or not wanted <= known.keys():
        return None
    return max(1, round(sum(known[step] for step in wanted) / 60))


@dataclass(frozen=True)
class Capability:
    """One thing an account can do, or why not yet."""

    label: str
    ready: bool
    note: str


def capabilities(application: Application) -> list[Capability]:
    """Pay in and out, sell and buy, each by the state of its own account; none before the opening.

    Then each market that was refused, with the reason, and each trading permission that is held.
    What an expired document closes is told as such.
    """
    able = abilities(application)
    found = [Capability(str(each.label), *able[each]) for each in Ability if each in able]
    refused = application.market_accounts.filter(status=MarketStatus.REFUSED)
    for account in refused.exclude(refusal=LEFT_OUT).order_by("market") if able else ():
        label = str(Market(account.market).label)
        found.append(Capability(label, False, str(NotOpened.of(account.refusal).label)))
    if application.status != Status.ACTIVE or not able:
        return found
    return [*found, *_permitted(application.customer, *able[Ability.BUY])]


def _permitted(customer: Customer, may_buy: bool, why_not: Any) -> Iterator[Capability]:
    """Each permission that is held; it buys where the account does. Two queries at most."""
    on = business_date(clock.now())
    held = list(TradingPermission.objects.of(customer).filter(status__in=HELD).order_by("key"))
    names = labels(on) if held else {}
    for each in held:
        note = each.get_status_display()
        if each.status == PermissionStatus.GRANTED and each.effective_on:
            note = _("from {day}").format(day=formats.day(each.effective_on, year=True))
        ready = may_buy and each.usable_on(on)
        yield Capability(names.get(each.key, each.key), ready, note if may_buy else why_not)


def abilities(
    application: Application, *, but_rest: bool = False
) -> dict[Ability, tuple[bool, Any]]:
    """By ability whether it is open, and in words why not; nothing before the opening.

    Args:
        but_rest: as if the account did not rest; for what an account at rest may do all the same.
    """
    cash = CashAccount.objects.filter(application=application).select_related("link").first()
    if cash is None:
        return {}
    active = application.status == Status.ACTIVE and cash.status != CashStatus.CLOSED
    opened = application.market_accounts.filter(status=MarketStatus.OPEN).exists()
    linked = cash.link.status == LinkStatus.LINKED
    last = "" if active else _("after the last questions")
    if cash.status == CashStatus.CLOSED:
        last = cash.get_status_display()
    bank = "" if linked else cash.link.get_status_display()
    able: dict[Ability, tuple[bool, Any]] = {
        Ability.DEPOSIT: (active and linked, last or bank),
        Ability.WITHDRAW: (active and linked, last or bank),
        Ability.SELL: (active and opened, last),
        Ability.BUY: (active and opened and linked, last or bank),
    }
    for ability, why in stopped_abilities(application, but_rest=but_rest).items():
        able[ability] = (False, why)
    return able


def rest_word(rest: Dormancy | None) -> str:
    """Until when something is closed because of a rest, in the reader's language."""
    if rest is None or rest.opens_on is None:
        return _("closed until you wake your account")
    return _("open again from {day} on").format(day=formats.day(rest.opens_on, year=True))


def stopped_abilities(application: Application, *, but_rest: bool = False) -> dict[Ability, Any]:
    """What an account can not do for its document, because it rests or by law, with words for it.

    Nothing moves in the account of whoever compliance confirmed on a list of sanctions and terror
    (Anti-Money Laundering Law, special preventive measures); the words do not tell. Three queries.
    With `but_rest` the rest is not looked at.
    """
    document = IdDocument.objects.filter(application=application).first()
    rests = Dormancy.objects.filter(application=application).dormant()
    rest = None if but_rest else rests.first()
    stops: dict[Ability, Any] = {}
    for each in rest.stopped if rest else ():
        stops[Ability(each)] = rest_word(rest)
    for each in document.stopped if document else ():
        stops[Ability(each)] = _("closed until your new identity document is confirmed")
    if WatchHit.objects.filter(customer=application.customer_id).freezing().exists():
        stops = dict.fromkeys(Ability, _("closed at the moment; ask our service"))
    return stops


@dataclass(frozen=True)
class Asked:
    """One question to a counterparty, as the customer is told of it.

    Attributes:
        label: what is asked.
        is_answered: whether the answer is there; what it says is for the reviewer.
        again_at: when it is asked the next time, while the counterparty does not answer or its
            hours have not begun; None where the answer is on its way.
    """

    label: str
    is_answered: bool
    again_at: datetime | None


ASKED = "_asked"
"""Where an application keeps the questions that were asked within this request, all of them."""


def asked_outside(application: Application, at: datetime) -> list[Asked]:
    """The questions that run while an application is with us, in the order of asking."""
    known = application.__dict__.get(ASKED)
    checks = known or OutsideCheck.objects.current().filter(application=application)
    found = []
    for check in sorted(checks, key=lambda check: (check.created_at, check.pk)):
        if check.kind == CheckKind.FACE:
            continue
        waits = check.next_attempt_at
        late = waits is not None and (check.last_problem or waits > at)
        found.append(
            Asked(
                label=check.get_kind_display(),
                is_answered=check.status == CheckStatus.ANSWERED,
                again_at=waits if late else None,
            )
        )
    return found
