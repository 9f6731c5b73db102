"""The dated figures of reminders, of their weekly limit and of the wish for silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from brokerage.core.reminders import reminders
from brokerage.reference.models import Rule
from brokerage.reference.models.markets import InstrumentKind
from brokerage.reference.schemas import BadRuleValue, Schema, Type, table_of, whole
from content.rules.reminding import ConcentrationRule, Limit, TradingRule
from content.rules.valuing import ValuationRule

REMIND = "content.reminders"
LIMIT = "content.reminder_limit"
WAIT = "content.reminder_wait"
RATING = "content.remind_rating"
VALUATION = "content.remind_valuation"
SILENCE = "content.cooling_off"

_REMINDERS = table_of(
    whole("trading_days", 5, 92),
    whole("trading_windows", 1, 24),
    whole("trading_least", 2, 9999),
    Schema(key="trading_times", label="", type=Type.DECIMAL, least=1, most=100),
    whole("concentration_percent", 10, 100),
    Schema(key="concentration_least", label="", type=Type.DECIMAL, least=0, most=10**12),
    whole("rumour_days", 1, 92),
    Schema(key="for_a_person", label="", type=Type.TABLE),
)
LATER: dict[str, Any] = {
    "concentration_kinds": ["stock", "fund", "reit", "bond", "conv"],
    "not_again": {},
    "follow_days": 3,
    "follow_licences": [],
}
"""What versions before these existed say by their silence."""


def _check_reminders(value: Any) -> None:
    """The figures of how somebody trades, and which kinds an adviser follows up."""
    if not isinstance(value, dict):
        raise BadRuleValue("A table is needed.")
    _REMINDERS({key: one for key, one in value.items() if key not in LATER})
    later, known = LATER | value, {key for key, _kind in reminders.items()}
    _some_of("for_a_person", value["for_a_person"], known)
    _some_of("concentration_kinds", later["concentration_kinds"], set(InstrumentKind.values))
    if not isinstance(later["not_again"], dict):
        raise BadRuleValue("not_again gives days by kind.")
    _some_of("not_again", list(later["not_again"]), known)
    for key, days in later["not_again"].items():
        whole(key, 1, 366).read(days)
    whole("follow_days", 1, 30).read(later["follow_days"])
    licences = later["follow_licences"]
    if not isinstance(licences, list) or not all(isinstance(one, str) for one in licences):
        raise BadRuleValue("follow_licences names kinds of licences.")


def _some_of(key: str, values: Any, known: set[str]) -> None:
    if not isinstance(values, list) or not set(map(str, values)) <= known:
        raise BadRuleValue(f"{key} names some of {sorted(known)}.")


def _check_silence(value: Any) -> None:
    """`{days: [7, 30], end_hours: 24}`: what may be chosen, and how soon it can end early."""
    if not isinstance(value, dict) or set(value) != {"days", "end_hours"}:
        raise BadRuleValue("The table has exactly days and end_hours.")
    whole("end_hours", 0, 240).read(value["end_hours"])
    if not isinstance(value["days"], list) or not value["days"]:
        raise BadRuleValue("At least one number of days can be chosen.")
    for days in value["days"]:
        whole("days", 1, 366).read(days)


_VALUATION = table_of(
    whole("years", 1, 20),
    whole("least_days", 20, 5000),
    whole("high_percent", 51, 100),
    whole("low_percent", 0, 49),
    whole("fresh_days", 1, 31),
)
REMINDER_SCHEMAS = (
    Schema(
        key=REMIND,
        label=_("When customers are reminded of how they trade"),
        type=Type.TABLE,
        check=_check_reminders,
    ),
    Schema(
        key=LIMIT,
        label=_("How many reminders one customer gets"),
        type=Type.TABLE,
        check=table_of(whole("most", 1, 50), whole("days", 1, 31)),
    ),
    Schema(
        key=WAIT,
        label=_("How long a reminder that was put off may wait"),
        type=Type.INTEGER,
        unit="days",
        least=1,
        most=92,
    ),
    Schema(
        key=RATING,
        label=_("When customers are told of a changed rating"),
        type=Type.TABLE,
        check=table_of(whole("fresh_days", 1, 31), whole("person_steps", 1, 5)),
    ),
    Schema(
        key=VALUATION,
        label=_("When customers are told of an unusual valuation"),
        type=Type.TABLE,
        check=_VALUATION,
    ),
    Schema(
        key=SILENCE,
        label=_("How long customers can ask for no offers"),
        type=Type.TABLE,
        check=_check_silence,
    ),
)


@dataclass(frozen=True, kw_only=True)
class ReminderRules:
    """How somebody trades, and what becomes of it.

    Attributes:
        for_a_person: kinds that an adviser follows up.
        not_again: by kind, so many days the same thing is not said again.
        follow_days: so soon an adviser should have talked with the customer.
        follow_licences: the licences one of which the adviser holds; none: nobody asks.
    """

    trading: TradingRule
    concentration: ConcentrationRule
    rumour_days: int
    rumour_version: str
    for_a_person: frozenset[str]
    not_again: Mapping[str, int]
    follow_days: int
    follow_licences: tuple[str, ...]


def reminder_rules_on(day: date) -> ReminderRules:
    """The reminders in force on the business date `day`; raises NoRuleInForce."""
    row = Rule.objects.in_force(REMIND, day)
    value, version = LATER | row.value, row.version
    return ReminderRules(
        trading=TradingRule(
            version=version,
            days=value["trading_days"],
            windows=value["trading_windows"],
            least=value["trading_least"],
            times=Decimal(value["trading_times"]),
        ),
        concentration=ConcentrationRule(
            version=version,
            percent=value["concentration_percent"],
            least=Decimal(value["concentration_least"]),
            kinds=frozenset(value["concentration_kinds"]),
        ),
        rumour_days=value["rumour_days"],
        rumour_version=version,
        for_a_person=frozenset(value["for_a_person"]),
        not_again=value["not_again"],
        follow_days=value["follow_days"],
        follow_licences=tuple(value["follow_licences"]),
    )


def limit_on(day: date) -> Limit:
    """How many reminders one customer gets; raises NoRuleInForce."""
    value = Rule.objects.in_force(LIMIT, day).value
    return Limit(most=value["most"], days=value["days"])


def wait_on(day: date) -> int:
    """So many days a reminder that the limit put off may wait; raises NoRuleInForce."""
    days: int = Rule.objects.in_force(WAIT, day).figure
    return days


@dataclass(frozen=True, kw_only=True)
class RatingRule:
    """Changes of the last `fresh_days`; an adviser talks about a fall of `person_steps`."""

    version: str
    fresh_days: int
    person_steps: int


def rating_rule_on(day: date) -> RatingRule:
    """The rule of changed ratings in force; raises NoRuleInForce."""
    row = Rule.objects.in_force(RATING, day)
    return RatingRule(version=row.version, **row.value)


def valuation_rule_on(day: date) -> ValuationRule:
    """The rule of unusual valuations in force; raises NoRuleInForce."""
    row = Rule.objects.in_force(VALUATION, day)
    return ValuationRule(version=row.version, **row.value)


@dataclass(frozen=True, kw_only=True)
class SilenceRule:
    """The days that a customer may choose, and after how many hours an early end counts."""

    version: str
    days: tuple[int, ...]
    end_hours: int


def silence_rule_on(day: date) -> SilenceRule:
    """The rule of cooling off in force; raises NoRuleInForce."""
    row = Rule.objects.in_force(SILENCE, day)
    return SilenceRule(
        version=row.version, days=tuple(row.value["days"]), end_hours=row.value["end_hours"]
    )
