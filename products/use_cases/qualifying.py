"""Propose that a customer is a qualified investor; a second person agrees to the same figures."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core import clock
from brokerage.core.four_eyes import FourEyesRefused
from brokerage.customers.models import Customer, Kind
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.periods import Period
from brokerage.users.models import User
from products.dated import qualified_on
from products.models import QualifiedInvestor
from products.private_events import QualifiedAgreed, QualifiedProposed
from products.rules.qualified import is_qualified
from products.states import QualifiedFor
from products.use_cases.refusals import UnableToList, check
from suitability.rules.permission_rules import PermissionRule
from suitability.selectors.permissions import permissions_on

PLANS = "plan_"
"""Every dated row of a permission for plans begins so; a proof for plans meets all of them."""
PRIVATE_FUND = "private_fund"


def rules_of(products: str, on: date) -> list[PermissionRule]:
    """The dated rows with the thresholds of a business date; one query."""
    if products == QualifiedFor.PRIVATE:
        return [each.rule for each in permissions_on(on, PRIVATE_FUND)]
    return [each.rule for each in permissions_on(on) if each.rule.key.startswith(PLANS)]


@transaction.atomic
def propose_qualified(
    *,
    customer: Customer,
    products: str,
    fact: str,
    amount: Decimal,
    as_of: date,
    first_trade: date | None,
    document: str,
    maker: User,
    at: datetime,
) -> QualifiedInvestor:
    """Propose that a document proves a qualified investor.

    Args:
        products: of `states.QualifiedFor`.
        fact: of `states.WealthFact`.
        amount: yuan that the document shows.
        as_of: the day it is of; the proof counts from today until so many months after that day.
        first_trade: of the first investment anywhere, where the law asks for experience.
        document: what was shown, with its number.

    Raises:
        UnableToList: `errors` names the fields; below the thresholds, too old, or one's own.
    """
    today = clock.business_date(at)
    if customer.user_id == maker.pk:
        raise UnableToList(_("Nobody checks their own business."))
    if as_of > today:
        raise _wrong("as_of", _("This day has not come yet."))
    found = rules_of(products, today)
    rules = qualified_on(today)
    until = Period(months=rules.months).after(as_of)
    if until <= today:
        raise _wrong("as_of", _("This proof is too old. Ask for a newer one."))
    row = QualifiedInvestor(
        customer=customer,
        products=products,
        fact=fact,
        amount=str(amount),
        as_of=as_of,
        first_trade=first_trade,
        document=document.strip(),
        valid_from=today,
        valid_to=until,
        rule_version=", ".join([rules.version, *(each.version for each in found)])[:300],
        made_by_ref=maker.ref,
        made_at=at,
    )
    check(row)
    if not _enough(row, found, today):
        raise _wrong("amount", _("This is less than the law asks of a qualified investor."))
    row.save()
    told = QualifiedProposed(subject=row.ref, customer=customer.ref, products=products)
    record(told, actor=Actor.of(maker), at=at, rule_version=rules.version)
    return row


def qualified_approved(row: QualifiedInvestor, checker: User, at: datetime) -> None:
    """Hold the proof against the thresholds of today; runs in the approval's transaction.

    Raises:
        FourEyesRefused: it is too little or too old by now.
    """
    today = clock.business_date(at)
    if row.valid_to is None or row.valid_to <= today:
        raise FourEyesRefused(_("This proof is too old. Ask for a newer one."))
    if not _enough(row, rules_of(row.products, today), today):
        raise FourEyesRefused(_("This is less than the law asks of a qualified investor."))
    told = QualifiedAgreed(subject=row.ref, customer=row.customer.ref, products=row.products)
    record(told, actor=Actor.of(checker), at=at, rule_version=row.rule_version.partition(",")[0])


def _enough(row: QualifiedInvestor, rules: list[PermissionRule], today: date) -> bool:
    return is_qualified(
        rules,
        person=row.customer.kind != Kind.ORGANISATION,
        fact=row.fact,
        amount=Decimal(row.amount or 0),
        as_of=row.as_of,
        first_trade=row.first_trade,
        on=today,
    )


def _wrong(field: str, said: str) -> UnableToList:
    return UnableToList(said, {field: [said]})
