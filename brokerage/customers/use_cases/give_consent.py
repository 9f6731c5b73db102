"""A customer agrees to a purpose, on the text of the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from brokerage.core.locking import lock_row
from brokerage.core.saving import inserted
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
    with transaction.atomic(savepoint=False):
        given = _given_first(customer, texts, channel, at)
        is_stale = not given and not _are_newest(texts, at)
        if not is_stale and given.keys() != texts.keys():
            left = {purpose: texts[purpose] for purpose in texts if purpose not in given}
            given |= _given_anew(customer, left, channel, at)
        for consent, is_new in given.values():
            if is_new:
                _record(consent, actor, at)
    if is_stale:  # nothing was written: what the caller did before stands
        raise UnableToConsent(_("The text has changed. Read the new one, then agree."))
    return [given[purpose][0] for purpose in texts]


FIRST = """
INSERT INTO customers_consent
    (ref, customer_id, purpose, text_id, given_at, channel, withdrawn_channel)
SELECT new.ref, customer.id, new.purpose, new.text_id, %(at)s, %(channel)s, ''
FROM (SELECT id FROM customers_customer WHERE id = %(customer)s FOR UPDATE) AS customer,
    unnest(%(refs)s::uuid[], %(purposes)s::text[], %(texts)s::bigint[])
        AS new (ref, purpose, text_id)
WHERE NOT EXISTS (
    SELECT FROM unnest(%(purposes)s::text[], %(texts)s::bigint[]) AS shown (purpose, text_id)
    WHERE shown.text_id IS DISTINCT FROM (
        SELECT newest.id FROM customers_consenttext AS newest
        JOIN customers_consenttext AS text
            ON text.id = shown.text_id AND text.language = newest.language
        WHERE newest.purpose = shown.purpose AND newest.valid_from <= %(at)s
        ORDER BY newest.version DESC LIMIT 1))
ON CONFLICT (customer_id, purpose) WHERE withdrawn_at IS NULL DO NOTHING
RETURNING id, purpose
"""
Given = dict[str, tuple[Consent, bool]]
"""By purpose, the agreement that stands and whether it is new."""


def _given_first(
    customer: Customer, texts: Mapping[str, ConsentText], channel: str, at: datetime
) -> Given:
    """Keep what nothing was agreed to for yet, where each text that was shown is the newest."""
    new = {
        purpose: Consent(
            customer=customer, purpose=purpose, text=text, given_at=at, channel=channel
        )
        for purpose, text in texts.items()
    }
    values: dict[str, Any] = {
        "customer": customer.pk,
        "at": at,
        "channel": channel,
        "refs": [each.ref for each in new.values()],
        "purposes": list(texts),
        "texts": [text.pk for text in texts.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(FIRST, values)
        keys = {purpose: key for key, purpose in cursor.fetchall()}
    for purpose, key in keys.items():
        inserted(new[purpose], key)
    return {purpose: (new[purpose], True) for purpose in texts if purpose in keys}


def _are_newest(texts: Mapping[str, ConsentText], at: datetime) -> bool:
    in_force = ConsentText.objects.filter(purpose__in=texts, valid_from__lte=at)
    known = in_force.order_by("version").values_list("purpose", "language", "pk")
    newest = {(purpose, language): key for purpose, language, key in known}
    return all(newest.get((key, text.language)) == text.pk for key, text in texts.items())


def _given_anew(
    customer: Customer, texts: Mapping[str, ConsentText], channel: str, at: datetime
) -> Given:
    """Keep what something stands of already: an older version, another language, or just this."""
    lock_row(Customer, customer.pk)
    given: Given = {}
    for before in customer.consents.in_force().filter(purpose__in=texts):
        if before.text_id == texts[before.purpose].pk:
            given[before.purpose] = before, False
            continue
        before.withdrawn_at, before.withdrawn_channel = at, channel
        before.save()
    for purpose in texts.keys() - given.keys():
        consent = Consent.objects.create(
            customer=customer, purpose=purpose, text=texts[purpose], given_at=at, channel=channel
        )
        given[purpose] = consent, True
    return given


def _record(consent: Consent, actor: Actor, at: datetime) -> None:
    event = ConsentGiven(
        subject=consent.customer.ref,
        purpose=consent.purpose,
        text_version=consent.text.version,
        text_sha256=consent.text.sha256,
    )
    record(event, actor=actor, at=at)
