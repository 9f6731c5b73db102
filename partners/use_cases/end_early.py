"""A contract or a licence of an institution ends before its time."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from partners.events import ContractEndedEarly, LicenceEndedEarly
from partners.models import Contract, PartnerLicence


class UnableToEndEarly(RefusedByField):
    """It cannot end so; `errors` gives the translated messages by field."""


@transaction.atomic
def end_contract(
    *, contract: Contract, last_day: date, reason: str, actor: Actor, at: datetime
) -> Contract:
    """Let an approved contract end earlier; what it is due runs to that day.

    Whoever has to stop at once is suspended (`set_partner_status`): a day that has begun counts.

    Args:
        last_day: the last day on which it holds, today or later.

    Raises:
        UnableToEndEarly: when it is not approved, or the day is past or not earlier.
    """
    row = Contract.objects.select_for_update(of=("self",), no_key=True).get(pk=contract.pk)
    if not row.is_approved:
        raise UnableToEndEarly({"__all__": [_("Only an approved contract can be ended.")]})
    row.valid_to = _day_after(last_day, row.valid_to, business_date(at))
    if row.valid_to < row.valid_from:
        raise UnableToEndEarly({"last_day": [_("It has not begun by then.")]})
    row.save(update_fields=["valid_to"])
    record(
        ContractEndedEarly(subject=row.partner.ref, contract=row.ref, valid_to=row.valid_to),
        actor=actor,
        at=at,
        reason=reason,
    )
    return row


@transaction.atomic
def end_licence(
    *, licence: PartnerLicence, last_day: date, reason: str, actor: Actor, at: datetime
) -> PartnerLicence:
    """Let a licence end earlier: it was taken back, or its last day was entered wrong.

    Args:
        last_day: the last day on which it holds; yesterday, so that everything stops at once.

    Raises:
        UnableToEndEarly: when it is not approved, or the day is further back, or not earlier than
            its end.
    """
    rows = PartnerLicence.objects.select_for_update(of=("self",), no_key=True)
    row: PartnerLicence = rows.select_related("partner").get(pk=licence.pk)
    if not row.is_approved:
        raise UnableToEndEarly({"__all__": [_("Only an approved licence can be ended.")]})
    row.valid_to = max(
        _day_after(last_day, row.valid_to, business_date(at), since_yesterday=True), row.valid_from
    )
    row.save(update_fields=["valid_to"])
    record(
        LicenceEndedEarly(subject=row.partner.ref, licence=row.ref, valid_to=row.valid_to),
        actor=actor,
        at=at,
        reason=reason,
    )
    return row


def _day_after(
    last_day: date, end: date | None, today: date, *, since_yesterday: bool = False
) -> date:
    """The first day without it; raises UnableToEndEarly."""
    after = date.fromordinal(last_day.toordinal() + 1)
    if after < today or (after == today and not since_yesterday):
        raise UnableToEndEarly({"last_day": [_("This day is past.")]})
    if end is not None and after >= end:
        raise UnableToEndEarly({"last_day": [_("It ends by then already.")]})
    return after
