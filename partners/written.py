"""What every call of the API asks, as SQL that is written once in a process (core.written)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from allauth.idp.oidc.models import Token
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import CharField, Q, QuerySet

from brokerage.core.clock import business_date
from brokerage.core.crypto import accepted_hashes
from brokerage.core.written import SOME_KEY, Given, Written, any_of
from brokerage.reference.dated import NoRuleInForce
from brokerage.reference.models import Rule
from partners.models import Credential, EntryLink, Lead
from partners.models.leads import PHONE

SOME_AT = datetime(1701, 3, 7, 11, 13, tzinfo=UTC)
SOME_DAY = business_date(SOME_AT)
"""An instant and its business date, which stand for any."""
SOME_WORD = "any word"
LOCK = """
SELECT pg_advisory_xact_lock(hashtextextended(name, 0))
FROM unnest(%s::text[]) WITH ORDINALITY AS given (name, place) ORDER BY place
"""


def _token(word: str, at: datetime) -> QuerySet[Token]:
    rows = Token.objects.filter(Q(expires_at=None) | Q(expires_at__gt=at), hash=word)
    return rows.filter(type=Token.Type.ACCESS_TOKEN, client__isnull=False)[:1]


def _credential(word: str, at: datetime, day: date) -> QuerySet[Credential]:
    rows = Credential.objects.living(at).filter(oauth_client_id=word)
    return rows.select_related("api_client__partner")[:1]


def _rule(word: str, day: date) -> QuerySet[Rule]:
    return Rule.objects.on(day).filter(key=word, scope="")[:1]


def _named(partner: int, word: str) -> QuerySet[EntryLink, Any]:
    return EntryLink.objects.filter(partner=partner, partner_reference=word).values("pk")[:1]


def _known(partner: int, word: str) -> QuerySet[Lead, Any]:
    named = any_of("phone_hash", Given("hashes", ArrayField(CharField())))
    rows: QuerySet[Lead] = Lead.objects.filter(
        Q(named) | Q(partner=partner, partner_reference=word)
    )
    columns = ("ref", "partner_id", "partner_reference", "phone_hash", "status")
    return rows.only(*columns, "first_touch", "protected_until").order_by("pk")


TOKEN = Written(_token, word=SOME_WORD, at=SOME_AT)
CREDENTIAL = Written(_credential, word=SOME_WORD, at=SOME_AT, day=SOME_DAY)
RULE = Written(_rule, word=SOME_WORD, day=SOME_DAY)
LINK = Written(_named, partner=SOME_KEY, word=SOME_WORD)
KNOWN = Written(_known, partner=SOME_KEY, word=SOME_WORD)


def rule_in_force(key: str, on: date) -> Rule:
    """As `Rule.objects.in_force`; raises NoRuleInForce."""
    found = RULE.first(word=key, day=on)
    if found is None:
        raise NoRuleInForce(key, on)
    return found


def known_leads(partner: int, phone: str, reference: str) -> list[Lead]:
    """Leads of anybody that name this number (E.164), and that of `partner` with this reference.

    In the order in which they came, without what is personal in them.
    """
    hashes = accepted_hashes(phone, purpose=PHONE)
    return KNOWN.load(partner=partner, word=reference, hashes=hashes)


def wait_for(*names: str) -> None:
    """Hold these names until the transaction ends; whoever wants one of them waits.

    Give names of several kinds in the same order everywhere, so that nobody waits in a circle.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [list(names)])
