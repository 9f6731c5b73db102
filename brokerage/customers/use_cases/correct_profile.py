"""A new version of the profile, with the source of each changed value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.locking import lock_row
from brokerage.customers.events import ProfileCorrected
from brokerage.customers.models import Customer, ProfileVersion, Source
from brokerage.customers.models.profiles import digest_of
from brokerage.customers.rules.profile import CONTACT_FIELDS, FIELDS, BadValue, changed, clean
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


class UnableToCorrect(Exception):
    """The profile cannot take this change; the message is translated and may be shown."""


def correct_profile(
    *,
    customer: Customer,
    values: Mapping[str, str],
    source: Source,
    actor: Actor,
    at: datetime,
    reason: str = "",
) -> ProfileVersion | None:
    """Write a new version with `values` over the present ones.

    Args:
        customer: whose profile; locked here.
        values: field of `rules.profile.FIELDS` → text ("" removes it).
        source: where the values came from; a customer sets contact fields only.
        actor: who writes.
        at: the instant.
        reason: why, where staff correct.

    Returns:
        The new version, or None where nothing differs.

    Raises:
        UnableToCorrect: for a field that the source may not set, or a malformed value.
    """
    try:
        cleaned = clean(values)
    except BadValue as error:
        label = FIELDS[error.field].label if error.field in FIELDS else error.field
        raise UnableToCorrect(_("Check this field: {field}.").format(field=label)) from None
    if source == Source.CUSTOMER and not set(cleaned) <= set(CONTACT_FIELDS):
        raise UnableToCorrect(
            _("Name and document change only with a new reading of your document.")
        )
    with transaction.atomic():
        lock_row(Customer, customer.pk)
        return write_version(
            customer=customer, values=cleaned, source=source, actor=actor, at=at, reason=reason
        )


def write_version(
    *,
    customer: Customer,
    values: Mapping[str, str],
    source: Source,
    actor: Actor,
    at: datetime,
    reason: str = "",
) -> ProfileVersion | None:
    """Add the version and its journal entry; the caller holds the lock and has cleaned."""
    last = customer.profiles.order_by("-number").first()
    before = last.fields if last else {}
    names = changed(before, values)
    if not names:
        return None
    now = {name: text for name, text in {**before, **values}.items() if text}
    mark = {"source": str(source), "at": at.isoformat(), "by": str(actor.ref or "")}
    provenance = {**(last.provenance if last else {}), **dict.fromkeys(names, mark)}
    text = json.dumps(now, ensure_ascii=False, sort_keys=True)
    version = ProfileVersion.objects.create(
        customer=customer,
        number=last.number + 1 if last else 1,
        values=text,
        provenance={name: provenance[name] for name in now},
        digest=digest_of(text),
        made_at=at,
    )
    record(
        ProfileCorrected(
            subject=customer.ref, version=version.number, source=str(source), fields=names
        ),
        actor=actor,
        at=at,
        reason=reason,
    )
    return version
