"""The dated figures of trading permissions: their form, and how the release loads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.permissions.rules import ExamTerms, ReviewTerms
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, Schema, Type, table_of, whole
from brokerage.reference.use_cases.load_reference import ship

TEST = "accounts.permission_test"
REVIEW = "accounts.permission_review"
CASE = "accounts.permission_case"
OLD_ASSESSMENT = "accounts.permission_old_assessment"
CARRIED: Final = ("chinext", "star", "bse", "stock_connect", "convertible_bond")
"""What is carried over where the rule in force does not say: rights of the exchanges, no contract.

Margin and options are contracts with one firm, so no row may leave them to this default.
"""
LEAST_AGE: Final = 18
"""From which age on somebody may apply where the rule in force does not say."""
COUNTS_MONTHS: Final = 12
"""How long a passed test counts where the rule in force does not say."""
FILE = Path(__file__).parents[1] / "reference" / "permissions" / "rules.yaml"


@dataclass(frozen=True)
class CaseTerms:
    """The dated rule of applications.

    Attributes:
        version: of the rule.
        life_days: until an unsigned application ends; its evidence would be too old.
        effective_days: trading days from the report to the first day of use.
        carries: keys of permissions that can be carried over from another broker.
        least_age: in years; who is younger can not apply.
    """

    version: str
    life_days: int
    effective_days: int
    carries: frozenset[str] = frozenset(CARRIED)
    least_age: int = LEAST_AGE


@dataclass(frozen=True)
class OldAssessmentTerms:
    """The dated rule of permissions whose customer's assessment has run out.

    Attributes:
        version: of the rule.
        suspends: whether buying is closed at all.
        grace_days: after the end of the assessment.
    """

    version: str
    suspends: bool
    grace_days: int

    def ended_before(self, on: date) -> date:
        """An assessment whose end lies on this day or before is too old on the day `on`."""
        return on - timedelta(days=self.grace_days)


def _check_review(value: Any) -> None:
    if not isinstance(value, dict) or set(value) != {"by_hand", "oldest"}:
        raise BadRuleValue("A table with exactly by_hand and oldest is needed.")
    keys = value["by_hand"]
    if not isinstance(keys, list) or not all(isinstance(key, str) and key for key in keys):
        raise BadRuleValue("by_hand lists keys of permissions.")
    whole("oldest", 18, 150).read(value["oldest"])


def _also(*parts: Schema, **lists: int) -> Callable[[Any], None]:
    """A `check` for a table with `parts`; the later columns may be absent in older rows.

    Args:
        parts: numbers; those named in `LATER` may be absent.
        lists: names of lists of keys, each with the most keys it may have; may be absent.
    """
    by_key = {part.key: part for part in parts}
    needed = set(by_key) - LATER

    def check(value: Any) -> None:
        if not isinstance(value, dict) or not needed <= set(value) <= {*by_key, *lists}:
            raise BadRuleValue(f"A table with {sorted(needed)} is needed.")
        for key, part in by_key.items():
            if key in value:
                part.read(value[key])
        for key, most in lists.items():
            _check_keys(key, value.get(key, []), most)

    return check


def _check_keys(name: str, keys: Any, most: int) -> None:
    if not isinstance(keys, list) or not all(isinstance(key, str) and key for key in keys):
        raise BadRuleValue(f"{name} lists keys of permissions.")
    if len(set(keys)) != len(keys) or len(keys) > most:
        raise BadRuleValue(f"{name} lists each key once, and at most {most}.")


LATER = frozenset({"counts_months", "least_age"})
"""Columns that came after the first rows; a row without one is read with the figure above."""
SCHEMAS = (
    Schema(
        key=TEST,
        label=_("Knowledge tests: questions, minutes, attempts and pauses"),
        type=Type.TABLE,
        check=_also(
            whole("questions", 1, 100),
            whole("minutes", 1, 240),
            whole("attempts", 1, 50),
            whole("pause_hours", 0, 24 * 30),
            whole("again_days", 1, 366),
            whole("counts_months", 1, 240),
        ),
    ),
    Schema(
        key=REVIEW,
        label=_("Which applications for a trading permission people look at"),
        type=Type.TABLE,
        check=_check_review,
    ),
    Schema(
        key=CASE,
        label=_(
            "How long an application for a trading permission lives, and when it takes effect"
        ),
        type=Type.TABLE,
        check=_also(
            whole("life_days", 1, 366),
            whole("effective_days", 0, 10),
            whole("least_age", 0, 100),
            carries=100,
        ),
    ),
    Schema(
        key=OLD_ASSESSMENT,
        label=_("Whether permissions are suspended once the assessment has run out, and when"),
        type=Type.TABLE,
        check=table_of(whole("suspends", 0, 1), whole("grace_days", 0, 366)),
    ),
)


def exam_terms(on: date) -> ExamTerms:
    """The rule of tests on the business date `on`; raises NoRuleInForce."""
    rule = Rule.objects.in_force(TEST, on)
    return ExamTerms(rule.version, **{"counts_months": COUNTS_MONTHS, **rule.figure})


def review_terms(on: date) -> ReviewTerms:
    """The rule of reviews on the business date `on`; raises NoRuleInForce."""
    rule = Rule.objects.in_force(REVIEW, on)
    return ReviewTerms(rule.version, frozenset(rule.figure["by_hand"]), rule.figure["oldest"])


def case_terms(on: date) -> CaseTerms:
    """The rule of applications on the business date `on`; raises NoRuleInForce."""
    rule = Rule.objects.in_force(CASE, on)
    figures = dict(rule.figure)
    carries = frozenset(figures.pop("carries", CARRIED))
    return CaseTerms(rule.version, carries=carries, **figures)


def old_assessment_terms(on: date) -> OldAssessmentTerms:
    """The rule of old assessments on the business date `on`; raises NoRuleInForce."""
    rule = Rule.objects.in_force(OLD_ASSESSMENT, on)
    return OldAssessmentTerms(
        rule.version, bool(rule.figure["suspends"]), rule.figure["grace_days"]
    )


def register() -> None:
    """Make the figures known to the loader of dated rules."""
    ship("accounts.permissions", FILE, *SCHEMAS)
