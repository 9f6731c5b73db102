"""A customer agrees to a purpose, on the text of the day."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

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
    """Keep the agreement to exactly this text. Agreeing again to the same text changes nothing.

    Args:
        customer: who agrees; locked here.
        purpose: key of `purposes.PURPOSES`.
        text: the version that was shown.
        actor: who acts (the customer, or staff at an outlet with a signed paper).
        channel: portal, outlet or partner.
        at: the instant.

    Raises:
        UnableToConsent: when a newer text is in force than the one that was shown.
    """
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=customer.pk)
        newest = (
            ConsentText.objects.filter(purpose=purpose, language=text.language, valid_from__lte=at)
            .order_by("-version")
            .first()
        )
        if newest != text:
            raise UnableToConsent(_("The text has changed. Read the new one, then agree."))
        present = customer.consents.in_force().filter(purpose=purpose).first()
        if present and present.text_id == text.pk:
            return present
        if present:  # an older version or another language: the new agreement replaces it
            present.withdrawn_at, present.withdrawn_channel = at, channel
            present.save()
        consent = Consent.objects.create(
            customer=customer, purpose=purpose, text=text, given_at=at, channel=channel
        )
        record(
            ConsentGiven(
                subject=customer.ref,
                purpose=purpose,
                text_version=text.version,
                text_sha256=text.sha256,
            ),
            actor=actor,
            at=at,
        )
    return consent
