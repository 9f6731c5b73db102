"""A customer asks for a time without offers, makes it longer, or ends it early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.core.clock import business_date
from brokerage.core.written import any_of
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from content.events import CoolingOffEnded, CoolingOffSet
from content.models import CoolingOff
from content.reminder_rules import silence_rule_on

WHY = gettext_lazy("You asked for a time without offers. Until it ends we suggest nothing.")


class UnableToCoolOff(Exception):
    """The wish cannot be kept; the message is translated."""


def running(customer: Customer, at: datetime) -> CoolingOff | None:
    """The time without offers that holds now, if there is one."""
    return CoolingOff.objects.running(at).filter(customer=customer).first()


MANY = 5000
"""Of more customers than these all wishes for silence are read: a long list costs more."""


def silent(customers: Sequence[int], at: datetime) -> Mapping[int, Any]:
    """For `core.reminders.silences`: who is offered nothing now."""
    rows = CoolingOff.objects.running(at)
    if len(customers) <= MANY:
        rows = rows.filter(any_of("customer", customers))
    wanted = set(customers)
    silenced = rows.values_list("customer", flat=True)
    return dict.fromkeys((key for key in silenced if key in wanted), WHY)


@transaction.atomic
def cool_off(*, customer: Customer, days: int, actor: Actor, at: datetime) -> CoolingOff:
    """No offers for `days` from now on; one that holds already only becomes longer.

    Raises:
        UnableToCoolOff: for a number of days that is not offered.
    """
    rule = silence_rule_on(business_date(at))
    if days not in rule.days:
        raise UnableToCoolOff(_("Choose one of the times on the page."))
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    until = at + timedelta(days=days)
    row = running(customer, at)
    if row is not None and row.until >= until:
        return row
    if row is None:
        row = CoolingOff(customer=customer, since=at)
    row.until, row.rule_version = until, rule.version
    row.save()
    event = CoolingOffSet(subject=customer.ref, until=until)
    record(event, actor=actor, at=at, rule_version=rule.version)
    return row


@transaction.atomic
def end_cooling_off(*, customer: Customer, actor: Actor, at: datetime) -> CoolingOff | None:
    """End it some hours from now, never later than it would end anyway; None where none holds."""
    rule = silence_rule_on(business_date(at))
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    row = running(customer, at)
    early = at + timedelta(hours=rule.end_hours)
    if row is None or row.until <= early:
        return row
    row.until = max(early, row.since + timedelta(microseconds=1))
    row.save(update_fields=["until"])
    event = CoolingOffEnded(subject=customer.ref, until=row.until)
    record(event, actor=actor, at=at, rule_version=rule.version)
    return row
