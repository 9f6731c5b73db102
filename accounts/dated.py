"""The dated figures of this app: their form, and how the release loads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.funds.dated import SCHEMA as FUNDS
from accounts.rules.identity import OnlineTerms, terms_of
from accounts.rules.tax import SIGNS
from accounts.tax_changes.dated import SCHEMA as TAX_CHANGE
from brokerage.reference.dated import NoRuleInForce
from brokerage.reference.models import Rule
from brokerage.reference.schemas import Schema, Type, table_of, whole
from brokerage.reference.use_cases.load_reference import ship

REVIEW_MINUTES = "accounts.review_minutes"
DRAFT_LIFE = "accounts.draft_life"
ONLINE_TERMS = "accounts.online_terms"
TAX_FORM = "accounts.tax_form"
US_PERSON = "accounts.us_person"
CLAIM_MINUTES = "accounts.claim_minutes"
FOLLOW_UP = "accounts.follow_up"
FOLLOW_UP_OVERDUE = "accounts.follow_up_overdue"
COUNTER = "accounts.counter"
FILE = Path(__file__).parent / "reference" / "rules.yaml"


def _numbers(*names: str) -> Callable[[Any], None]:
    return table_of(*map(whole, names))


SCHEMAS = (
    Schema(
        key=REVIEW_MINUTES,
        label=_("Desk time until an application is decided"),
        type=Type.INTEGER,
        unit="minutes",
        least=5,
        most=5 * 8 * 60,
    ),
    Schema(
        key=CLAIM_MINUTES,
        label=_("How long an officer may keep an application without a proposal"),
        type=Type.INTEGER,
        unit="minutes",
        least=10,
        most=7 * 24 * 60,
    ),
    Schema(key=DRAFT_LIFE, label=_("How long an untouched draft stays open"), type=Type.PERIOD),
    Schema(
        key=ONLINE_TERMS,
        label=_("Who may open online, and how long a document must still be valid"),
        type=Type.TABLE,
        check=_numbers("youngest", "oldest", "days_left", "warn_days"),
    ),
    Schema(
        key=TAX_FORM,
        label=_("Form of the tax self-certification"),
        type=Type.TABLE,
        check=_numbers("form", "days", "jurisdictions"),
    ),
    Schema(
        key=US_PERSON,
        label=_("Question for US persons, and the signs held against its answer"),
        type=Type.TABLE,
        check=_numbers(*sorted(SIGNS)),
    ),
    TAX_CHANGE,
    FUNDS,
    Schema(
        key=FOLLOW_UP,
        label=_("Follow-up before an account becomes active"),
        type=Type.TABLE,
        check=_numbers("own_answers", "days"),
    ),
    Schema(
        key=FOLLOW_UP_OVERDUE,
        label=_("When an overdue follow-up is escalated, and its new date"),
        type=Type.TABLE,
        check=table_of(whole("after_hours", 0, 240), whole("new_days", 1, 30)),
    ),
    Schema(
        key=COUNTER,
        label=_("Help at an outlet with the customer's code"),
        type=Type.TABLE,
        check=_numbers("code_minutes", "help_minutes", "tries", "pause_minutes"),
    ),
)


def online_terms(on: date) -> OnlineTerms:
    """Who may open online on the business date `on`."""
    rule = Rule.objects.in_force(ONLINE_TERMS, on)
    return terms_of(rule.figure, rule.version)


def tax_form(on: date) -> tuple[str, int]:
    """The version of the tax form in force, and how many jurisdictions it has room for."""
    rule = Rule.objects.in_force(TAX_FORM, on)
    return rule.version, rule.figure["jurisdictions"]


def us_signs(on: date) -> frozenset[str] | None:
    """The signs of a US person that count on the business date `on`.

    Returns:
        Words of `rules.tax.SIGNS`; None where no rule is in force, so that nobody is asked.
    """
    try:
        figure = Rule.objects.in_force(US_PERSON, on).figure
    except NoRuleInForce:
        return None
    return frozenset(each for each in SIGNS if figure[each])


@dataclass(frozen=True)
class FollowUpTerms:
    """The dated rule of the follow-up.

    Attributes:
        version: of the rule; names the script too.
        own_answers: whether the customer's own answers in the portal are enough.
        days: until a follow-up is due.
    """

    version: str
    own_answers: bool
    days: int


def follow_up_terms(on: date) -> FollowUpTerms:
    """How the follow-up is made on the business date `on`."""
    rule = Rule.objects.in_force(FOLLOW_UP, on)
    return FollowUpTerms(rule.version, bool(rule.figure["own_answers"]), rule.figure["days"])


@dataclass(frozen=True)
class OverdueTerms:
    """The dated rule of a follow-up whose date has passed.

    Attributes:
        version: of the rule.
        after_hours: by which it may be late before it is escalated.
        new_days: from a new date being set until it.
    """

    version: str
    after_hours: int
    new_days: int


def overdue_terms(on: date) -> OverdueTerms:
    """When an overdue follow-up is escalated on the business date `on`."""
    rule = Rule.objects.in_force(FOLLOW_UP_OVERDUE, on)
    return OverdueTerms(rule.version, **rule.figure)


@dataclass(frozen=True)
class CounterTerms:
    """The dated rule of the help at an outlet.

    Attributes:
        version: of the rule.
        code_minutes: how long a code waits to be typed.
        help_minutes: how long an opened case stays open.
        tries: wrong codes in a row after which a member of staff pauses.
        pause_minutes: how long.
    """

    version: str
    code_minutes: int
    help_minutes: int
    tries: int
    pause_minutes: int


def counter_terms(on: date) -> CounterTerms:
    """How cases are released to outlets on the business date `on`."""
    rule = Rule.objects.in_force(COUNTER, on)
    return CounterTerms(rule.version, **rule.figure)


def register() -> None:
    """Make the figures known to the loader of dated rules."""
    ship("accounts.rules", FILE, *SCHEMAS)
