"""Count what the registrar tells; what does not fit goes to the product desk."""

from __future__ import annotations

import logging
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.events import MismatchFound, MismatchSettled
from products.gateways.registrar import Registrar, Told, Unreadable
from products.models import Confirmation, Mismatch, Order
from products.states import Misfit
from products.use_cases.carrying import WORKER, WrongConfirmation, confirm
from products.use_cases.refusals import UnableToList

FIGURES = ("amount", "units", "value", "fee")
BATCH = 500
"""Confirmations that are looked up at once."""
log = logging.getLogger(__name__)


def take_confirmation(*, told: Told | Unreadable, at: datetime) -> Order | None:
    """Count a confirmation; one that does not fit is noted for the desk and stops no other.

    Args:
        told: also what could not be read: it is kept word for word.

    Returns:
        The order, or None where nothing was counted.
    """
    if isinstance(told, Unreadable):
        _note(told, Misfit.FORM, {"row": told.row}, at)
        return None
    try:
        order = confirm(told=told, at=at)
    except WrongConfirmation as error:
        _note(told, error.why, _figures(told), at)
        return None
    except Order.DoesNotExist:
        _note(told, Misfit.UNKNOWN, _figures(told), at)
        return None
    _fits_now(told, at)
    return order


def take_day(*, day: date, registrar: Registrar, at: datetime) -> None:
    """Count everything that the registrar tells of a trading day.

    What was counted before is passed over without a lock; one that fails stops no other.

    Raises:
        Unavailable: ask again; what came before it was counted.
    """
    told = iter(registrar.confirmations(day, at=at))
    while some := list(islice(told, BATCH)):
        counted = Confirmation.objects.filter(order__ref__in=[each.order for each in some])
        known = set(counted.values_list("order__ref", "number"))
        for each in some:
            if (each.order, each.number) in known:
                continue
            try:
                take_confirmation(told=each, at=at)
            except (
                Exception
            ):  # nobody foresaw it: the next ones and their money do not wait for it
                log.exception("confirmation %s of order %s", each.number, each.order)


@transaction.atomic
def settle_mismatch(*, mismatch: Mismatch, note: str, by: User, at: datetime) -> Mismatch:
    """Write down how a mismatch was settled with the registrar; the order itself is not touched.

    Raises:
        UnableToList: without words, or when it is settled already.
    """
    row = lock_row(Mismatch, mismatch.pk)
    if not note.strip():
        said = _("Say how it was settled.")
        raise UnableToList(said, {"note": [said]})
    if row.settled_at is not None:
        raise UnableToList(_("It was settled already."))
    row.settled_at, row.settled_by_ref, row.note = at, by.ref, note.strip()
    row.save()
    record(MismatchSettled(subject=row.ref), actor=Actor.of(by), at=at, reason=row.note)
    return row


def _figures(told: Told) -> dict[str, Any]:
    figures: dict[str, Any] = {"accepted": told.accepted, "reason": told.reason}
    return figures | {name: str(getattr(told, name)) for name in FIGURES}


@transaction.atomic
def _note(told: Told | Unreadable, why: Misfit, figures: dict[str, Any], at: datetime) -> None:
    """Keep what was told; told again, the open row gets the newest figures."""
    row, made = Mismatch.objects.get_or_create(
        order_ref=told.order,
        number=told.number,
        settled_at=None,
        defaults={
            "order": Order.objects.filter(ref=told.order).first() if told.order else None,
            "why": why,
            "told": figures,
            "found_at": at,
        },
    )
    if made:
        record(MismatchFound(subject=row.ref, why=why), actor=WORKER, at=at)
    elif (row.why, row.told) != (why, figures):
        row.why, row.told = why, figures
        row.save(update_fields=["why", "told"])


@transaction.atomic
def _fits_now(told: Told, at: datetime) -> None:
    """The registrar has told the right figures under the same number."""
    rows = Mismatch.objects.open().select_for_update()
    for row in rows.filter(order_ref=told.order, number=told.number):
        row.settled_at = at
        row.save(update_fields=["settled_at"])
        record(MismatchSettled(subject=row.ref), actor=WORKER, at=at)
