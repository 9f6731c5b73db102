"""Who trades too often, holds too much of one security, or bought after reading of a rumour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, Sum, Value
from django.urls import reverse

from brokerage.core.clock import day_begins
from brokerage.core.reminders import Found, Look
from brokerage.core.written import any_of
from content.models import Item, Read
from content.reminder_rules import reminder_rules_on
from content.rules import reminding
from content.rules.reminding import ConcentrationRule, Trading
from content.states import ItemStatus, Verdict
from holdings.models import Position, Trade
from holdings.states import Side

DOUBTED = (Verdict.DISPUTED, Verdict.UNVERIFIABLE, Verdict.EXTREME)


def trading(day: date) -> Look:
    """Trades of the last days against the customer's own past, once a month."""
    rule = reminder_rules_on(day).trading
    start = day - timedelta(days=rule.days)
    past = start - timedelta(days=rule.days * rule.windows)
    now = Q(day__gt=start)

    def look(keys: Sequence[int]) -> Iterator[Found]:
        rows = (
            Trade.objects.filter(any_of("account__customer", keys), day__gt=past, day__lte=day)
            .values(customer=F("account__customer"))
            .annotate(now=Count("pk", filter=now), all=Count("pk"), fees=Sum("fees", filter=now))
        )
        for row in rows.filter(now__gte=rule.least).order_by("customer"):
            before, fees = row["all"] - row["now"], row["fees"] or Decimal()
            found = Trading(now=row["now"], before=before, fees=fees)
            if reminding.trades_too_often(found, rule):
                yield Found(
                    customer=row["customer"],
                    subject=f"{day:%Y-%m}",
                    version=rule.version,
                    facts={
                        "number": found.now,
                        "usual": str(reminding.usual(found, rule)),
                        "days": rule.days,
                        "fees": str(found.fees),
                    },
                )

    return look


def concentration(day: date) -> Look:
    """One security that is too much of all, once a month."""
    rule = reminder_rules_on(day).concentration

    def look(keys: Sequence[int]) -> Iterator[Found]:
        for customer, held in _held(_perhaps_too_much(keys, day, rule), day):
            total = sum((row["worth"] for row in held), Decimal())
            largest = next((row for row in held if row["kind"] in rule.kinds), None)
            if largest and reminding.is_concentrated(largest["worth"], total, rule):
                yield Found(
                    customer=customer,
                    subject=f"{largest['code']}:{day:%Y-%m}",
                    version=rule.version,
                    facts={
                        "name": both(largest["zh"], largest["en"]),
                        "percent": reminding.share_of(largest["worth"], total),
                    },
                    link=reverse("holdings:assets"),
                )

    return look


def _perhaps_too_much(keys: Sequence[int], day: date, rule: ConcentrationRule) -> list[int]:
    """Customers whose largest position, in as many accounts as they have, reaches the rule.

    The database leaves nearly everybody out, so that few positions are added up here.
    """
    rows = (
        Position.objects.filter(any_of("account__customer", keys), day=day, value__gt=0)
        .values(customer=F("account__customer"))
        .annotate(
            total=Sum("value"), most=Max("value") * Count("account", distinct=True) * Value(100)
        )
    )
    enough = rows.filter(total__gte=rule.least, most__gte=F("total") * Value(rule.percent))
    return list(enough.order_by().values_list("customer", flat=True))


def _held(keys: Sequence[int], day: date) -> Iterator[tuple[int, list[Any]]]:
    """By customer what is held, the largest first."""
    if not keys:
        return
    rows = (
        Position.objects.filter(account__customer__in=keys, day=day, value__gt=0)
        .values("instrument", customer=F("account__customer"))
        .annotate(
            worth=Sum("value"),
            zh=Max("instrument__name_zh"),
            en=Max("instrument__name_en"),
            code=Max("instrument__code"),
            kind=Max("instrument__kind"),
        )
    )
    by_customer: dict[int, list[Any]] = defaultdict(list)
    for row in rows.order_by("customer", "-worth", "instrument"):
        by_customer[row["customer"]].append(row)
    yield from by_customer.items()


def rumours(day: date) -> Look:
    """Bought on `day` within some days of first reading a fact check that doubts the rumour.

    A trade has no time of day, so what was read on `day` itself may have been read afterwards and
    does not count. Nor does a fact check that was withdrawn, or corrected to say that it was true.
    """
    rules = reminder_rules_on(day)
    since, before = day_begins(day - timedelta(days=rules.rumour_days)), day_begins(day)

    def look(keys: Sequence[int]) -> Iterator[Found]:
        reads = Read.objects.filter(
            any_of("customer", keys),
            first_at__gte=since,
            first_at__lt=before,
            revision__verdict__in=DOUBTED,
            item__status=ItemStatus.LIVE,
            item__live__verdict__in=DOUBTED,
        ).values_list("customer", "item", "item__ref", "revision__title_zh", "revision__title_en")
        seen = list(reads.order_by("customer", "item"))
        if not seen:
            return
        through = Item.instruments.through.objects
        named = set(
            through.filter(item__in={row[1] for row in seen}).values_list("item", "instrument")
        )
        bought = _bought(keys, day)
        for customer, item, ref, zh, en in seen:
            if any((item, instrument) in named for instrument in bought[customer]):
                yield Found(
                    customer=customer,
                    subject=f"item:{item}",
                    version=rules.rumour_version,
                    facts={"name": both(zh, en)},
                    link=reverse("content:item", args=[ref]),
                )

    return look


def _bought(keys: Sequence[int], day: date) -> dict[int, set[int]]:
    buys = Trade.objects.filter(any_of("account__customer", keys), day=day, side=Side.BUY)
    bought: dict[int, set[int]] = defaultdict(set)
    for customer, instrument in buys.values_list("account__customer", "instrument"):
        bought[customer].add(instrument)
    return bought


def both(zh: str, en: str) -> dict[str, str]:
    """A text in both languages; Chinese where there is no English one."""
    return {"zh-hans": zh, "en": en or zh}
