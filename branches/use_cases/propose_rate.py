"""Propose a commission rate; somebody with the authority for it releases it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branches.commission.dated import AUTHORITY, CAP, fees_on
from branches.commission.quoting import all_in_rate, breaches
from branches.commission.terms import Level
from branches.events import RateProposed
from branches.models import CommissionRate, OrgUnit
from branches.selectors import assignments_of
from branches.states import Kind
from brokerage.core.clock import business_date
from brokerage.core.display.formats import rate as show_rate
from brokerage.core.four_eyes import FourEyesRefused
from brokerage.core.refusals import RefusedByField
from brokerage.core.roles import Role
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.dated import NoRuleInForce
from brokerage.reference.models import Rule
from brokerage.users.models import User

LEVELS = {
    Kind.OUTLET: Level.OUTLET,
    Kind.SERVICE_POINT: Level.OUTLET,
    Kind.BRANCH_COMPANY: Level.BRANCH_COMPANY,
    Kind.HEAD_OFFICE: Level.HEAD_OFFICE,
    Kind.DEPARTMENT: Level.HEAD_OFFICE,
}
RELEASES = (Role.BRANCH_MANAGER, Role.HEAD_OFFICE)
"""Roles that release rates; how low, says the kind of unit that they hold the role at."""


class UnableToPropose(RefusedByField):
    """The rate cannot be; `errors` gives the translated message of each field."""


@transaction.atomic
def propose_rate(*, maker: User, at: datetime, **values: Any) -> CommissionRate:
    """Propose a rate of a unit or of one customer.

    Args:
        maker: who proposes; another person decides.
        at: the instant.
        values: the columns of CommissionRate.

    Raises:
        UnableToPropose: when a value is wrong, the rate is above the cap or below the floor.
    """
    row = CommissionRate(made_by_ref=maker.ref, made_at=at, **values)
    try:
        row.full_clean()
        check_limits(row)
    except ValidationError as error:
        raise UnableToPropose(_by_field(error)) from error
    row.save()
    record(
        RateProposed(
            subject=row.ref,
            unit=row.unit.ref,
            market=row.market,
            product=row.product,
            customer=row.customer.ref if row.customer else None,
        ),
        actor=Actor.of(maker),
        at=at,
    )
    return row


def check_limits(row: CommissionRate) -> None:
    """Cap and floor on the first day of the rate, by the fees known for that day.

    Raises:
        ValidationError: naming the field.
    """
    try:
        fees = fees_on(row.valid_from, row.market, row.product)
    except NoRuleInForce:
        text = _("The fees of this market are not entered for that day.")
        raise ValidationError({"market": text}) from None
    cap = Rule.objects.in_force(CAP, row.valid_from).figure
    texts = {
        "above_cap": _("With all fees this is more than {cap}.").format(cap=show_rate(cap)),
        "below_floor": _("This is less than the fees of {floor} that the firm passes on.").format(
            floor=show_rate(fees.floor)
        ),
    }
    found = [texts[breach] for breach in breaches(row.terms, fees, cap=cap)]
    if found:
        raise ValidationError({"rate": found})


def release_rate(row: CommissionRate, checker: User, at: datetime) -> None:
    """What an approval asks: the authority of the checker, and the limits once more.

    Raises:
        FourEyesRefused: when the rate is lower than the checker may release.
    """
    try:
        check_limits(row)
    except ValidationError as error:
        raise FourEyesRefused(" ".join(error.messages)) from error
    lowest = lowest_for(checker, row.unit, at)
    if lowest is None:
        raise FourEyesRefused(_("You do not release rates of this unit."))
    if row.rate is None:
        return
    fees = fees_on(row.valid_from, row.market, row.product)
    if all_in_rate(row.terms, fees) < lowest:
        raise FourEyesRefused(
            _("You may release rates from {lowest} on. A higher level has to decide.").format(
                lowest=show_rate(lowest)
            )
        )


def lowest_for(checker: User, unit: OrgUnit, at: datetime) -> Decimal | None:
    """The lowest rate, fees included, that `checker` releases at `unit`; None: none at all."""
    day = business_date(at)
    limits = Rule.objects.in_force(AUTHORITY, day).figure
    held = assignments_of(checker, day, roles=RELEASES).filter(
        unit__lines_down__descendant=unit, unit__lines_down__valid__contains=day
    )
    kinds = set(held.values_list("unit__kind", flat=True))
    return min((Decimal(limits[LEVELS[Kind(kind)]]) for kind in kinds), default=None)


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    if hasattr(error, "error_dict"):
        return error.message_dict
    return {"__all__": error.messages}
