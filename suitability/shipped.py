"""The shipped papers and rules, read from YAML into values. No database.

Decisions read the approved rows of the database; this is for tests, measurements and checks of a
release.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from suitability.rules.classes import ProfessionalRules, build_professional_rules
from suitability.rules.coaching import CoachingRules
from suitability.rules.disclosing import DisclosureRules, build_disclosure_rules
from suitability.rules.grading import GradingRules, build_grading_rules
from suitability.rules.insisting import InsistRules, build_insist_rules
from suitability.rules.knowledge import KnowledgeRules, build_knowledge_rules
from suitability.rules.matching import MatchingRules, build_matching_rules
from suitability.rules.paper import Paper, build
from suitability.rules.permission_rules import PermissionRule, build_permission

FOLDER = Path(__file__).resolve().parent / "reference"


@cache
def rows(name: str) -> tuple[dict[str, Any], ...]:
    """The rows of one file below `reference/`, such as `rules/matrix`."""
    return tuple(yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))


def row(name: str, key: str) -> dict[str, Any]:
    """The row `key` of a file; raises LookupError where there is none."""
    for found in rows(name):
        if found["key"] == key:
            return found
    raise LookupError(key)


def version_of(found: dict[str, Any]) -> str:
    """As `DatedRule.version` writes it."""
    return f"{found['key']}@{found['valid_from']:%Y-%m-%d}"


def paper(key: str) -> Paper:
    """The paper `natural_person` or `organisation`."""
    return build(row(f"papers/{key}", key)["value"])


def matching_rules() -> MatchingRules:
    """The matrix and its legs."""
    found = row("rules/matrix", "suitability.matrix")
    return build_matching_rules(found["value"], version_of(found))


def insist_rules() -> InsistRules:
    """The insist route."""
    found = row("rules/matrix", "suitability.insist")
    return build_insist_rules(found["value"], version_of(found), matching_rules())


def coaching_rules() -> CoachingRules:
    """When something is a sign of coaching."""
    found = row("rules/matrix", "suitability.coaching")
    return CoachingRules(version=version_of(found), **found["value"])


def professional_rules() -> ProfessionalRules:
    """Tests of professional investors."""
    found = row("rules/thresholds", "suitability.professional")
    return build_professional_rules(found["value"], version_of(found))


def knowledge_rules() -> KnowledgeRules:
    """The test of knowledge of professional investors."""
    found = row("rules/professional", "suitability.knowledge_test")
    return build_knowledge_rules(found["value"], version_of(found), ("zh-hans", "en"))


def disclosure_rules() -> DisclosureRules:
    """What is told before a sale."""
    found = row("rules/disclosure", "suitability.disclosure")
    return build_disclosure_rules(found["value"], version_of(found))


def grading_rules() -> GradingRules:
    """Factors and floors."""
    found = row("rules/thresholds", "suitability.grading")
    return build_grading_rules(found["value"], version_of(found))


def permissions() -> dict[str, PermissionRule]:
    """Every trading permission by its short key, such as `chinext`, as its newest row says."""
    found = {}
    for each in rows("rules/permissions"):
        key = each["key"].removeprefix("permission.")
        found[key] = build_permission(each["value"], key, version_of(each))
    return found
