"""How closely a relationship is watched: by the dated rule, and again by a person in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.aml.dated import rating_terms
from accounts.aml.events import CustomerRated
from accounts.aml.rating import level_of, review_on, score_of
from accounts.aml.states import AmlFactor, AmlLevel, HitStatus, ListKind
from accounts.models import AmlRating, Application, Section, WatchHit
from accounts.rules.sections import OTHER_OCCUPATION
from accounts.rules.tax import is_abroad
from accounts.states import Step
from accounts.tax_changes.selectors import tax_answers
from accounts.terms import Assets, Benefits, Income, YesNo
from accounts.use_cases.ask_about_funds import ask_where_needed, lacks_source_of_funds
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User

ACTOR = Actor.system("accounts.rating")
UNCLEAR_OCCUPATIONS = frozenset({OTHER_OCCUPATION})


class UnableToRate(Exception):
    """The rating is refused; the message is translated and may be shown."""


def rate_customer(*, application: Application, at: datetime) -> AmlRating:
    """Rate the customer of an approved application by the rule; the same factors change nothing.

    Args:
        application: with its sections.
        at: the instant.
    """
    on = business_date(at)
    terms = rating_terms(on)
    with transaction.atomic():
        customer = _lock(application.customer_id)
        factors = sorted(set(_factors(application)))
        last = AmlRating.objects.current().filter(customer=customer).first()
        if last and last.factors == factors and last.rule_version == terms.version:
            return last
        score = score_of(factors, terms)
        level = level_of(score, terms)
        made = AmlRating(
            customer=customer,
            level=level,
            score=score,
            factors=factors,
            rule_version=terms.version,
            rated_at=at,
            review_on=review_on(level, on, terms),
        )
        return _replace(last, made, ACTOR, at)


def review_rating(
    *, rating: AmlRating, officer: User, level: AmlLevel, note: str, at: datetime
) -> AmlRating:
    """Look at a rating again: a new one by a person, and a new date.

    Args:
        rating: the one that counts; locked here.
        officer: of an AML role.
        level: as the officer sees it now.
        note: why.
        at: the instant.

    Raises:
        UnableToRate: without a note, where another rating counts meanwhile, or where the risk is
            high and nobody has accepted where the money comes from.
    """
    if not note.strip():
        raise UnableToRate(_("Say why; somebody will have to follow it in ten years."))
    on = business_date(at)
    with transaction.atomic():
        customer = _lock(rating.customer_id)
        last = AmlRating.objects.current().filter(customer=customer).first()
        if last is None or last.pk != rating.pk:
            raise UnableToRate(_("Another rating counts meanwhile."))
        if lacks_source_of_funds(last, at):
            raise UnableToRate(
                _("First the customer says where the money comes from, and you accept that.")
            )
        terms = rating_terms(on)
        made = AmlRating(
            customer=customer,
            level=level,
            score=last.score,
            factors=last.factors,
            rule_version=terms.version,
            rated_at=at,
            review_on=review_on(level, on, terms),
            rated_by=officer,
            note=note.strip(),
        )
        return _replace(last, made, Actor.of(officer), at)


def _lock(customer: int) -> Customer:
    return lock_row(Customer, customer)


def _replace(last: AmlRating | None, made: AmlRating, actor: Actor, at: datetime) -> AmlRating:
    if last:
        last.replaced_at = at
        last.save(update_fields=["replaced_at"])
    made.customer_name = made.customer.name
    made.save()
    record(CustomerRated(subject=made.ref), actor=actor, at=at)
    ask_where_needed(rating=made, at=at)
    return made


def _factors(application: Application) -> Iterator[AmlFactor]:
    answers: dict[str, dict[str, Any]] = {
        row.step: row.answers for row in Section.objects.filter(application=application)
    }
    profile, tax = answers.get(Step.PROFILE, {}), tax_answers(application)
    if is_abroad(tax):
        yield AmlFactor.ABROAD
    if profile.get("controls") == YesNo.NO or profile.get("benefits") == Benefits.OTHER:
        yield AmlFactor.OTHERS_MONEY
    if profile.get("income") == Income.UNDER_100K and profile.get("assets") == Assets.FROM_3M:
        yield AmlFactor.WEALTH
    if profile.get("occupation") in UNCLEAR_OCCUPATIONS:
        yield AmlFactor.OCCUPATION
    if profile.get("bad_faith") == YesNo.YES:
        yield AmlFactor.BAD_FAITH
    confirmed = WatchHit.objects.filter(customer=application.customer, status=HitStatus.CONFIRMED)
    for kind in confirmed.values_list("watch_list__kind", flat=True).distinct():
        yield AmlFactor.EXPOSED if kind == ListKind.PEP else AmlFactor.LISTED
