"""Whom a campaign of offers reaches, and why the others fall out: one statement for everybody.

Each customer is counted once, at the first reason in the order of `campaign_states.Why`. The
suitability of many rests on `StatedWish`; before an offer is sent the assessment itself is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from branches.models import OrgUnit
from branches.states import Kind
from brokerage.core.clock import business_date
from brokerage.core.reminders import silence_of
from brokerage.customers.purposes import MARKETING, PERSONALISATION
from brokerage.messaging.contact_rules import rules_on
from brokerage.messaging.models import Channel, Purpose
from brokerage.messaging.rules.contact import Cap
from brokerage.reference.models import LegalHold
from products.campaign_states import Why
from products.dated import ranking_on
from products.selectors.shelf import facts_of
from suitability.rules.grades import Grade
from suitability.selectors.rules import matching_rules_on

LONG_WORK = "SET LOCAL statement_timeout = '10min'; SET LOCAL work_mem = '128MB'"
AT_ONCE = 1_000_000
"""So many customers are asked about their wish for silence at once."""

REACH = """
CREATE TEMP TABLE products_reach ON COMMIT DROP AS
SELECT c.id AS customer_id, CASE
    WHEN u.id IS NULL OR NOT u.is_active THEN 'no_inbox'
    WHEN agreed.customer_id IS NULL THEN 'consent'
    WHEN complaint.customer_id IS NOT NULL OR c.ref = ANY(%(held)s::uuid[]) THEN 'closed'
    WHEN muted.customer_id IS NOT NULL THEN 'muted'
    WHEN has.customer_id IS NOT NULL THEN 'has'
    WHEN status.customer_id IS NULL AND wish.customer_id IS NULL THEN CASE WHEN EXISTS (
        SELECT FROM suitability_assessment a WHERE a.customer_id = c.id
        AND a.confirmed_at IS NOT NULL AND a.valid_until > %(on)s)
        THEN 'unread' ELSE 'assessment' END
    WHEN status.customer_id IS NULL AND wish.valid_until <= %(on)s THEN 'assessment'
    WHEN NOT %(lowest_fits)s AND coalesce(wish.lowest, (
        SELECT a.lowest FROM suitability_assessment a WHERE a.customer_id = c.id
        AND a.confirmed_at IS NOT NULL ORDER BY a.submitted_at DESC, a.id DESC LIMIT 1), false)
        THEN 'risk'
    WHEN status.customer_id IS NOT NULL THEN ''
    WHEN NOT wish.lowest AND wish.investor_class <> ALL(%(classes)s::varchar[]) THEN 'risk'
    WHEN wish.horizon <> ALL(%(horizons)s::varchar[]) THEN 'time'
    WHEN NOT wish.types && %(types)s::varchar[] THEN 'type'
    ELSE '' END AS why, c.user_id
FROM customers_customer c
LEFT JOIN users_user u ON u.id = c.user_id
LEFT JOIN (SELECT customer_id FROM customers_consent
    WHERE withdrawn_at IS NULL AND purpose = ANY(%(purposes)s::varchar[])
    GROUP BY customer_id HAVING count(*) = cardinality(%(purposes)s::varchar[])) agreed
    ON agreed.customer_id = c.id
LEFT JOIN (SELECT DISTINCT customer_id FROM products_complaint WHERE status = 'received') complaint
    ON complaint.customer_id = c.id
LEFT JOIN (SELECT customer_id FROM products_mute WHERE family = %(family)s
    UNION SELECT customer_id FROM products_offer WHERE product_id = %(product)s
    AND declined_at IS NOT NULL AND "on" >= %(declined_since)s) muted ON muted.customer_id = c.id
LEFT JOIN (SELECT customer_id FROM products_holding WHERE product_id = %(product)s
    AND units > 0) has ON has.customer_id = c.id
LEFT JOIN (SELECT customer_id FROM suitability_investorstatus WHERE since <= %(on)s
    AND until > %(on)s AND (ended_on IS NULL OR ended_on > %(on)s)) status
    ON status.customer_id = c.id
LEFT JOIN products_statedwish wish ON wish.customer_id = c.id
WHERE c.closed_at IS NULL
    AND (%(kind)s = '' OR c.kind = %(kind)s)
    AND (%(everywhere)s OR c.home_outlet_ref = ANY(%(outlets)s::uuid[]))
    AND (%(keys)s::bigint[] IS NULL OR c.id = ANY(%(keys)s::bigint[]))
"""
OFTEN = """
UPDATE products_reach r SET why = 'often' FROM (
    SELECT customer_id FROM products_offer
    WHERE "on" > %(lately)s AND product_id IS NOT NULL
    UNION SELECT customer_id FROM products_offertarget
    WHERE status = 'sent' AND done_at > %(sent_since)s) f
WHERE r.why = '' AND f.customer_id = r.customer_id
"""
LIMIT = """
UPDATE products_reach r SET why = 'limit' FROM (
    SELECT user_id FROM messaging_message
    WHERE purpose = %(purpose)s AND created_at > %(since)s AND created_at <= %(at)s
    GROUP BY user_id HAVING count(*) >= %(limit)s) f
WHERE r.why = '' AND f.user_id = r.user_id
"""
COUNT = "SELECT why, count(*) FROM products_reach GROUP BY why"
LEFT = "SELECT customer_id FROM products_reach WHERE why = '' ORDER BY customer_id"
SILENT = "UPDATE products_reach SET why = 'silence' WHERE customer_id = ANY(%s)"
WHYS = "SELECT customer_id, why FROM products_reach"


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Of whom a campaign asks.

    Attributes:
        product: a row of `for_sale`, which carries its grade.
        unit: at home there or below; head office means everybody.
        kind: persons or organisations; empty for both.
    """

    product: Any
    unit: OrgUnit
    kind: str = ""


@dataclass(frozen=True)
class Counts:
    """How many are reached, and how many fall out at which reason first."""

    reached: int
    against: dict[str, int]

    @property
    def whole(self) -> int:
        """Everybody who was looked at."""
        return self.reached + sum(self.against.values())

    @property
    def lines(self) -> list[tuple[str, int]]:
        """(reason in words, number) in the order in which reasons are asked; without zeros."""
        return [(str(why.label), n) for why in Why if (n := self.against.get(why.value, 0))]

    def to_json(self) -> dict[str, Any]:
        """As a campaign keeps it."""
        return {"reached": self.reached, "against": self.against}

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Counts | None:
        """What a campaign kept; None before it was counted."""
        return cls(kept["reached"], kept["against"]) if kept else None


def count_reach(audience: Audience, at: datetime) -> Counts:
    """Count without writing anything: for the preview."""
    with transaction.atomic():
        find_reach(audience, at)
        return counted()


def why_not(audience: Audience, customers: Sequence[int], at: datetime) -> dict[int, str]:
    """Of some customers by key the reason against an offer; empty for whom nothing is against."""
    with transaction.atomic(), connection.cursor() as cursor:
        find_reach(audience, at, customers)
        cursor.execute(WHYS)
        return dict(cursor.fetchall())


def find_reach(audience: Audience, at: datetime, customers: Sequence[int] | None = None) -> None:
    """Fill the temporary table `products_reach` (customer_id, why) of this transaction."""
    on = business_date(at)
    rules = ranking_on(on)
    values = {
        **_of_unit(audience, on),
        **_of_product(audience.product, on),
        "on": on,
        "purposes": [MARKETING, PERSONALISATION],
        "held": _held(),
        "declined_since": on - timedelta(days=rules.pause_days),
        "keys": None if customers is None else list(customers),
    }
    lately = {
        "lately": on - timedelta(days=rules.every_days),
        "sent_since": at - timedelta(days=rules.every_days),
    }
    with connection.cursor() as cursor:
        cursor.execute(LONG_WORK)
        cursor.execute("DROP TABLE IF EXISTS products_reach")
        cursor.execute(REACH, values)
        cursor.execute(OFTEN, lately)
        for cap in rules_on(on).caps_of(Purpose.MARKETING, Channel.INBOX):
            cursor.execute(LIMIT, _of_cap(cap, at))
    _ask_for_silence(at)


def counted() -> Counts:
    """How many stand in `products_reach` for which reason."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        found = Counter(dict(cursor.fetchall()))
    reached = found.pop("", 0)
    return Counts(reached, dict(found))


def outlets_under(unit: OrgUnit, on: date) -> list[UUID]:
    """Refs of a unit and all below it."""
    return list(OrgUnit.objects.under(unit, on).values_list("ref", flat=True))


def _ask_for_silence(at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LEFT)
        keys = [key for (key,) in cursor.fetchall()]
        for start in range(0, len(keys), AT_ONCE):
            silent = list(silence_of(keys[start : start + AT_ONCE], at))
            if silent:
                cursor.execute(SILENT, [silent])


def _of_unit(audience: Audience, on: date) -> dict[str, Any]:
    everywhere = audience.unit.kind == Kind.HEAD_OFFICE
    return {
        "kind": audience.kind,
        "everywhere": everywhere,
        "outlets": [] if everywhere else outlets_under(audience.unit, on),
    }


def _of_product(product: Any, on: date) -> dict[str, Any]:
    """Which classes and answers suit it: the three legs of matching, turned round."""
    rules, item = matching_rules_on(on), facts_of(product)
    return {
        "product": product.pk,
        "family": product.family,
        "lowest_fits": item.grade is Grade.R1,
        "classes": [key.value for key, most in rules.highest.items() if item.grade <= most],
        "horizons": [
            key for key, most in rules.horizons.items() if most is None or item.months <= most
        ],
        "types": _sorted(key for key, covers in rules.types.items() if item.type in covers),
    }


def _of_cap(cap: Cap, at: datetime) -> dict[str, Any]:
    since = at - timedelta(days=cap.days)
    return {"purpose": cap.purpose, "since": since, "at": at, "limit": cap.limit}


def _held() -> list[UUID]:
    rows = LegalHold.objects.holding().filter(subject_type="customers.customer")
    return list(rows.values_list("subject_ref", flat=True))


def _sorted(keys: Iterable[str]) -> list[str]:
    return sorted(keys)
