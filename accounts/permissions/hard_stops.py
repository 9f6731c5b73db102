"""What stands against a trading permission whatever its conditions say: account, document, age.

Also a freeze of the account by law, in the neutral words that everybody may read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.dormancy.states import DormancyStatus
from accounts.life.states import Ability, ClosingStatus
from accounts.models import CashAccount, Closing, Dormancy, IdDocument, WatchHit
from accounts.permissions.dated import CaseTerms, case_terms
from accounts.states import CashStatus
from brokerage.customers.models import Customer, Kind

GOING = (ClosingStatus.CONFIRMED, ClosingStatus.RUNNING)
"""A closing that the customer signed: it is on its way."""


class StopKind(models.TextChoices):
    """What is in the way."""

    ACCOUNT = "account"
    CLOSING = "closing"
    REST = "rest"
    DOCUMENT = "document"
    AGE = "age"


@dataclass(frozen=True)
class Stop:
    """One thing that is in the way.

    Attributes:
        kind: which.
        text: a sentence for the customer, in the reader's language.
        url: where the customer can do something about it; empty where nothing can be done.
        action: words of that link.
    """

    kind: StopKind
    text: str
    url: str = ""
    action: str = ""


def hard_stops(customer: Customer, on: date, terms: CaseTerms | None = None) -> list[Stop]:
    """Everything that closes the way to a permission on a day; empty where nothing does.

    One query for the account, one for the rule. Of several accounts the newest counts.

    Args:
        customer: who applies, signs or waits for the register.
        on: business date; the least age is that of the dated rule `accounts.permission_case`.
        terms: that rule, where the caller has it.
    """
    return [*account_stops(customer), *_of_age(customer, on, terms)]


def account_stops(customer: Customer) -> Iterator[Stop]:
    """What closes the way to anything new of the newest account; one query.

    Of an account in which nothing moves by law no more is said than its page says.
    """
    row = _account_of(customer)
    if row is None:
        yield Stop(
            StopKind.ACCOUNT,
            _("First your account has to be active."),
            reverse("accounts:start"),
            _("My account"),
        )
        return
    if row.frozen:
        yield Stop(
            StopKind.ACCOUNT, _("Nothing new can be opened at the moment; ask our service.")
        )
        return
    ref = row.application.ref
    if row.goes:
        text = _("Your account is being closed. Take that back first.")
        url = reverse("accounts:close", args=[ref])
        yield Stop(StopKind.CLOSING, text, url, _("Closing of the account"))
    if row.rests:
        url = reverse("accounts:wake", args=[ref])
        if row.woken:
            text = _("You woke your account; buying is open from the next trading day on.")
            yield Stop(StopKind.REST, text, url, _("When it is open"))
        else:
            text = _("Your account rests, and buying is closed. Wake it first.")
            yield Stop(StopKind.REST, text, url, _("Wake my account"))
    if row.old_document:
        text = _("Your identity document has run out, and buying is closed. Renew it first.")
        url = reverse("accounts:renew", args=[ref])
        yield Stop(StopKind.DOCUMENT, text, url, _("Renew my document"))


def _account_of(customer: Customer) -> Any:
    """The active account with what is closed of it, in one query; None without one."""
    of_account = {"application": OuterRef("application")}
    buying = {"stopped__contains": [Ability.BUY]}
    rows = CashAccount.objects.filter(customer=customer, status=CashStatus.ACTIVE)
    return (
        rows.select_related("application")
        .annotate(
            goes=Exists(Closing.objects.filter(**of_account, status__in=GOING)),
            rests=Exists(Dormancy.objects.dormant().filter(**of_account, **buying)),
            woken=Exists(Dormancy.objects.filter(**of_account, status=DormancyStatus.WAKING)),
            old_document=Exists(IdDocument.objects.filter(**of_account, **buying)),
            frozen=Exists(WatchHit.objects.filter(customer=OuterRef("customer")).freezing()),
        )
        .order_by("-pk")
        .first()
    )


def _of_age(customer: Customer, on: date, terms: CaseTerms | None) -> Iterator[Stop]:
    age = age_of(customer, on)
    if customer.kind == Kind.ORGANISATION or age is None:
        return  # an unknown age is looked at by people (`rules.needs_people`)
    least = (terms or case_terms(on)).least_age
    if age < least:
        text = _("It can be applied for from the age of {age} on.").format(age=least)
        yield Stop(StopKind.AGE, text)


def age_of(customer: Customer, on: date) -> int | None:
    """Full years on the business date `on`; None where the birth date is not known."""
    born = customer.born
    if born is None:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
