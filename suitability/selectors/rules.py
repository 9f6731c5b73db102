"""The rules in force, built from approved dated rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from brokerage.reference.models import Rule
from suitability.rules.classes import ProfessionalRules, build_professional_rules
from suitability.rules.coaching import CoachingRules
from suitability.rules.disclosing import DisclosureRules, build_disclosure_rules
from suitability.rules.following_up import (
    FollowUpRules,
    Question,
    build_follow_up_rules,
    build_questions,
)
from suitability.rules.grading import GradingRules, build_grading_rules
from suitability.rules.insisting import InsistRules, build_insist_rules
from suitability.rules.knowledge import KnowledgeRules, build_knowledge_rules
from suitability.rules.matching import MatchingRules, build_matching_rules
from suitability.rules.recordings import (
    RecordingDuty,
    RecordingRules,
    build_recording_duty,
    build_recording_rules,
)
from suitability.rules.sampling import SampleRules, build_sample_rules

MATRIX = "suitability.matrix"
GRADING = "suitability.grading"
INSIST = "suitability.insist"
COACHING = "suitability.coaching"
DISCLOSURE = "suitability.disclosure"
RECORDING = "suitability.recording"
RECORDING_DUTY = "suitability.recording_duty"
FOLLOW_UP = "suitability.follow_up"
SAMPLE = "suitability.yearly_sample"
PROFESSIONAL = "suitability.professional"
PROCEDURE = "suitability.professional_procedure"

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


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


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """How one becomes a professional investor: the tests, and what goes with them.

    Attributes:
        text: version of the explanation of what is given up.
        test: version of the bank of questions.
        reading: the least time between the explanation and its acceptance.
        remind_days: so many days before its end a reminder is due, the longest first.
        most_files: of one proof.
    """

    rules: ProfessionalRules
    text: str
    test: str
    reading: timedelta
    remind_days: tuple[int, ...]
    most_files: int


def professional_rules_on(day: date) -> ProfessionalRules:
    """Tests of professional investors in force on the business date `day`; NoRuleInForce."""
    row = Rule.objects.in_force(PROFESSIONAL, day)
    return build_professional_rules(row.value, row.version)


def professional_rules_of(version: str) -> ProfessionalRules:
    """The tests that a decision names; raises Rule.DoesNotExist."""
    row = Rule.objects.of_version(version)
    return build_professional_rules(row.value, row.version)


def procedure_on(day: date) -> Procedure:
    """The procedure in force on the business date `day`; raises NoRuleInForce."""
    value = Rule.objects.in_force(PROCEDURE, day).value
    return Procedure(
        rules=professional_rules_on(day),
        text=value["text"],
        test=value["test"],
        reading=timedelta(seconds=value["reading_seconds"]),
        remind_days=tuple(sorted(value["remind_days"], reverse=True)),
        most_files=value["most_files"],
    )


def knowledge_rules_of(version: str) -> KnowledgeRules:
    """A version of the bank of questions; raises Rule.DoesNotExist."""
    row = Rule.objects.of_version(version)
    return build_knowledge_rules(row.value, row.version, LANGUAGES)


def disclosure_rules_on(day: date) -> DisclosureRules:
    """What is told before a sale, in force on the business date `day`; raises NoRuleInForce."""
    row = Rule.objects.in_force(DISCLOSURE, day)
    return build_disclosure_rules(row.value, row.version)


def disclosure_rules_of(version: str) -> DisclosureRules:
    """The rules that a finished disclosure names; raises Rule.DoesNotExist."""
    row = Rule.objects.of_version(version)
    return build_disclosure_rules(row.value, row.version)


def grading_rules_on(day: date) -> GradingRules:
    """Factors and floors in force on the business date `day`; raises NoRuleInForce."""
    row = Rule.objects.in_force(GRADING, day)
    return build_grading_rules(row.value, row.version)


def recording_rules_on(day: date) -> RecordingRules:
    """How recordings at outlets are made, in force on the business date `day`; NoRuleInForce."""
    row = Rule.objects.in_force(RECORDING, day)
    return build_recording_rules(row.value, row.version, LANGUAGES)


def recording_rules_of(version: str) -> RecordingRules:
    """The rules under which a recording was begun; raises Rule.DoesNotExist."""
    row = Rule.objects.of_version(version)
    return build_recording_rules(row.value, row.version, LANGUAGES)


def recording_duty_on(day: date) -> RecordingDuty:
    """What is recorded at outlets, in force on the business date `day`; raises NoRuleInForce."""
    row = Rule.objects.in_force(RECORDING_DUTY, day)
    return build_recording_duty(row.value, row.version)


def script_of(version: str) -> list[dict[str, Any]]:
    """The prompts of a script, in their order; raises Rule.DoesNotExist."""
    found: list[dict[str, Any]] = Rule.objects.of_version(version).value
    return found


def follow_up_rules_on(day: date) -> FollowUpRules:
    """Calls after high-risk sales, in force on the business date `day`; raises NoRuleInForce."""
    row = Rule.objects.in_force(FOLLOW_UP, day)
    return build_follow_up_rules(row.value, row.version)


def follow_up_rules_of(version: str) -> FollowUpRules:
    """The rules under which a call was planned; raises Rule.DoesNotExist."""
    row = Rule.objects.of_version(version)
    return build_follow_up_rules(row.value, row.version)


def sample_rules_on(day: date) -> SampleRules:
    """The yearly sample of buyers, in force on the business date `day`; raises NoRuleInForce."""
    row = Rule.objects.in_force(SAMPLE, day)
    return build_sample_rules(row.value, row.version)


def tries_of(version: str) -> int:
    """After how many tries a call planned under these rules goes to compliance."""
    row = Rule.objects.of_version(version)
    if row.key == SAMPLE:
        return build_sample_rules(row.value, version).tries
    return build_follow_up_rules(row.value, version).tries


def questions_of(version: str) -> tuple[Question, ...]:
    """The questions of a call; raises Rule.DoesNotExist."""
    return build_questions(Rule.objects.of_version(version).value, LANGUAGES)


def grading_rules_of(version: str) -> GradingRules:
    """The factors and floors that a grade names; raises Rule.DoesNotExist."""
    row = Rule.objects.of_version(version)
    return build_grading_rules(row.value, row.version)
