"""The rules in force, built from approved dated rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from brokerage.reference.models import Rule
from suitability.rules.coaching import CoachingRules
from suitability.rules.grading import GradingRules, build_grading_rules
from suitability.rules.insisting import InsistRules, build_insist_rules
from suitability.rules.matching import MatchingRules, build_matching_rules

MATRIX = "suitability.matrix"
GRADING = "suitability.grading"
INSIST = "suitability.insist"
COACHING = "suitability.coaching"


def matching_rules_on(day: date) -> MatchingRules:
    """The matrix in force on the business date `day`.

    Raises:
        NoRuleInForce: when none is approved.
        BadMatrix: when a row opens what the law keeps shut.
    """
    row = Rule.objects.in_force(MATRIX, day)
    return build_matching_rules(row.value, row.version)


def matching_rules_of(version: str) -> MatchingRules:
    """The matrix that a decision names; raises Rule.DoesNotExist."""
    row = Rule.objects.of_version(version)
    return build_matching_rules(row.value, row.version)


def insist_rules_on(day: date) -> InsistRules:
    """The insist route in force on the business date `day`, with its matrix; NoRuleInForce."""
    row = Rule.objects.in_force(INSIST, day)
    return build_insist_rules(row.value, row.version, matching_rules_on(day))


def insist_rules_of(version: str, matching: str) -> InsistRules:
    """The rules that a confirmed case names, and the matrix of its decision."""
    row = Rule.objects.of_version(version)
    return build_insist_rules(row.value, row.version, matching_rules_of(matching))


def text_of(version: str) -> dict[str, Any]:
    """A dated text, such as the warning of the insist route; raises Rule.DoesNotExist."""
    found: dict[str, Any] = Rule.objects.of_version(version).value
    return found


def coaching_rules_on(day: date) -> CoachingRules:
    """When something is a sign of coaching on the business date `day`; raises NoRuleInForce."""
    row = Rule.objects.in_force(COACHING, day)
    return CoachingRules(version=row.version, **row.value)


def grading_rules_on(day: date) -> GradingRules:
    """Factors and floors in force on the business date `day`; raises NoRuleInForce."""
    row = Rule.objects.in_force(GRADING, day)
    return build_grading_rules(row.value, row.version)
