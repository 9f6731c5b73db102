"""A customer agrees to a purpose, on the text of the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.locking import lock_row
from brokerage.customers.events import ConsentGiven
from brokerage.customers.models import Consent, ConsentText, Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


class UnableToConsent(Exception):
    """The agreement cannot be taken; the message is translated and may be shown."""


def give_consent(
    *,
    customer: Customer,
    purpose: str,
    text: ConsentText,
    actor: Actor,
    channel: str,
    at: datetime,
) -> Consent:
    """Keep the agreement to exactly this text, as `give_consents` does."""
    (given,) = give_consents(
        customer=customer, texts={purpose: text}, actor=actor, channel=channel, at=at
    )
    return given


def give_consents(
    *,
    customer: Customer,
    texts: Mapping[str, ConsentText],
    actor: Actor,
    channel: str,
    at: datetime,
) -> list[Consent]:
    """Keep the agreement to exactly these texts. Agreeing again to the same text changes nothing.

    Args:
        customer: who agrees; locked here.
        texts: key of `purposes.PURPOSES` → the version that was shown.
        actor: who acts (the customer, or staff at an outlet with a signed paper).
        channel: portal, outlet or partner.
        at: the instant.

    Returns:
        What stands then, in the order of `texts`.

    Raises:
        UnableToConsent: when a newer text is in force than one that was shown; nothing is kept.
    """
    with transaction.atomic():
        lock_row(Customer, customer.pk)
        in_force = ConsentText.objects.filter(purpose__in=texts, valid_from__lte=at)
        known = in_force.order_by("version").values_list("purpose", "language", "pk")
        newest = {(purpose, language): key for purpose, language, key in known}
        if any(newest.get((key, text.language)) != text.pk for key, text in texts.items()):
            raise UnableToConsent(_("The text has changed. Read the new one, then agree."))
        rows = customer.consents.in_force().filter(purpose__in=texts)
        present = {each.purpose: each for each in rows}
        new = {
            purpose: Consent(
                customer=customer, purpose=purpose, text=text, given_at=at, channel=channel
            )
            for purpose, text in texts.items()
            if purpose not in present or present[purpose].text_id != text.pk
        }
        for purpose in present.keys() & new.keys():  # an older version or another language
            present[purpose].withdrawn_at, present[purpose].withdrawn_channel = at, channel
            present[purpose].save()
        Consent.objects.bulk_create(new.values())
        for purpose in new:
            record(
                ConsentGiven(
                    subject=customer.ref,
                    purpose=purpose,
                    text_version=texts[purpose].version,
                    text_sha256=texts[purpose].sha256,
                ),
                actor=actor,
                at=at,
            )
    return [new.get(purpose) or present[purpose] for purpose in texts]
