"""Count what the registrar tells; what does not fit goes to the product desk."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.events import MismatchFound, MismatchSettled
from products.gateways.registrar import Told
from products.models import Mismatch, Order
from products.states import Misfit
from products.use_cases.carrying import WORKER, WrongConfirmation, confirm
from products.use_cases.refusals import UnableToList

FIGURES = ("amount", "units", "value", "fee")


def take_confirmation(*, told: Told, at: datetime) -> Order | None:
    """Count a confirmation; one that does not fit is noted for the desk and stops no other.

    Returns:
        The order, or None where nothing was counted.
    """
    try:
        order = confirm(told=told, at=at)
    except WrongConfirmation as error:
        _note(told, error.why, at)
        return None
    except Order.DoesNotExist:
        _note(told, Misfit.UNKNOWN, at)
        return None
    _fits_now(told, at)
    return order


@transaction.atomic
def settle_mismatch(*, mismatch: Mismatch, note: str, by: User, at: datetime) -> Mismatch:
    """Write down how a mismatch was settled with the registrar; the order itself is not touched.

    Raises:
        UnableToList: without words, or when it is settled already.
    """
    row = Mismatch.objects.select_for_update(of=("self",)).get(pk=mismatch.pk)
    if not note.strip():
        said = _("Say how it was settled.")
        raise UnableToList(said, {"note": [said]})
    if row.settled_at is not None:
        raise UnableToList(_("It was settled already."))
    row.settled_at, row.settled_by_ref, row.note = at, by.ref, note.strip()
    row.save()
    record(MismatchSettled(subject=row.ref), actor=Actor.of(by), at=at, reason=row.note)
    return row


@transaction.atomic
def _note(told: Told, why: Misfit, at: datetime) -> None:
    """Keep what was told; told again, the open row gets the newest figures."""
    figures = {"accepted": told.accepted, "reason": told.reason}
    figures |= {name: str(getattr(told, name)) for name in FIGURES}
    row, made = Mismatch.objects.get_or_create(
        order_ref=told.order,
        number=told.number,
        settled_at=None,
        defaults={
            "order": Order.objects.filter(ref=told.order).first(),
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
