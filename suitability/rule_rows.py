"""The dated rules of matching, grading and permissions: their schemas and their loader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from brokerage.files.chapters import check_script
from brokerage.reference import schemas
from brokerage.reference.loading import Counts
from brokerage.reference.schemas import BadRuleValue, Schema, Type
from suitability import shipped
from suitability.rules.classes import build_professional_rules
from suitability.rules.coaching import CoachingRules
from suitability.rules.disclosing import build_disclosure_rules
from suitability.rules.following_up import build_follow_up_rules, build_questions
from suitability.rules.grading import build_grading_rules
from suitability.rules.insisting import build_insist_rules
from suitability.rules.knowledge import build_knowledge_rules
from suitability.rules.matching import build_matching_rules
from suitability.rules.permission_rules import build_permission
from suitability.rules.recordings import build_recording_duty, build_recording_rules
from suitability.rules.sampling import build_sample_rules
from suitability.rules.simulated import build_simulated_rules

RULE_FILES = (
    "matrix",
    "thresholds",
    "permissions",
    "warnings",
    "professional",
    "disclosure",
    "recordings",
    "follow_up",
    "simulated",
)
LANGUAGES = [code for code, _name in settings.LANGUAGES]

RULES: dict[str, tuple[Any, Callable[[Any], object]]] = {
    "suitability.matrix": (
        _("Matching of classes and grades"),
        lambda v: build_matching_rules(v, ""),
    ),
    "suitability.insist": (
        _("Buying what does not suit"),
        lambda v: build_insist_rules(v, "", shipped.matching_rules()),
    ),
    "suitability.warning.mismatch": (_("Warning of what does not suit"), lambda v: _texts(v)),
    "suitability.coaching": (_("Signs of coaching"), lambda v: CoachingRules(version="", **v)),
    "suitability.professional": (
        _("Tests of professional investors"),
        lambda v: build_professional_rules(v, ""),
    ),
    "suitability.disclosure": (
        _("What is told before a sale"),
        lambda v: build_disclosure_rules(v, ""),
    ),
    "suitability.text.disclosure": (_("Five things before a sale"), lambda v: _texts(v)),
    "suitability.text.high_risk": (
        _("What to know of a high-risk product"),
        lambda v: _texts(v),
    ),
    "suitability.professional_procedure": (
        _("How one becomes a professional investor"),
        lambda v: _procedure(**v),
    ),
    "suitability.text.professional": (
        _("What a professional investor gives up"),
        lambda v: _texts(v),
    ),
    "suitability.knowledge_test": (
        _("Test of knowledge for professional investors"),
        lambda v: build_knowledge_rules(v, "", LANGUAGES),
    ),
    "suitability.grading": (
        _("Factors and least grades of products"),
        lambda v: build_grading_rules(v, ""),
    ),
    "suitability.recording": (
        _("Double recordings at outlets"),
        lambda v: build_recording_rules(v, "", LANGUAGES),
    ),
    "suitability.recording_duty": (
        _("What is recorded at outlets before it goes ahead"),
        lambda v: build_recording_duty(v, ""),
    ),
    "suitability.script.five_items": (
        _("Script of the recording of the five things before a sale"),
        check_script,
    ),
    "suitability.script.conversion": (
        _("Script of the recording of what a professional investor gives up"),
        check_script,
    ),
    "suitability.script.step_back": (
        _("Script of the recording of the way back to ordinary investor"),
        check_script,
    ),
    "suitability.script.mismatch": (
        _("Script of the recording of what does not suit"),
        check_script,
    ),
    "suitability.script.high_risk": (
        _("Script of the recording of a high-risk sale"),
        check_script,
    ),
    "suitability.text.recording_consent": (
        _("Consent to a double recording"),
        lambda v: _texts(v),
    ),
    "suitability.simulated_trading": (
        _("Simulated trading that counts"),
        build_simulated_rules,
    ),
    "suitability.follow_up": (
        _("Calls after high-risk sales"),
        lambda v: build_follow_up_rules(v, ""),
    ),
    "suitability.yearly_sample": (
        _("Yearly sample of buyers"),
        lambda v: build_sample_rules(v, ""),
    ),
    "suitability.text.yearly_sample": (
        _("Questions of the yearly sample"),
        lambda v: build_questions(v, LANGUAGES),
    ),
    "suitability.text.follow_up": (
        _("Questions of the calls after sales"),
        lambda v: build_questions(v, LANGUAGES),
    ),
}
"""What each rule is, and what builds it: a value that cannot be built is refused."""


def register_schemas() -> None:
    """Make the rules known to the loader of dated rules."""
    for key, (label, make) in RULES.items():
        schemas.register(Schema(key=key, label=label, type=Type.TABLE, check=_built(make)))
    for short in shipped.permissions():
        schemas.register(
            Schema(
                key=f"permission.{short}",
                label=_("Conditions of a trading permission"),
                type=Type.TABLE,
                check=_built(partial(_permission, short)),
            )
        )


def _procedure(
    *, text: str, test: str, reading_seconds: int, remind_days: list[int], most_files: int
) -> None:
    """Refuse a procedure that names no version, or has a figure that cannot be."""
    if not all("@" in version for version in (text, test)):
        raise ValueError("A text or test is named by its version.")
    if reading_seconds < 0 or most_files < 1 or not remind_days or min(remind_days) < 1:
        raise ValueError("A time, a number of files or a reminder cannot be.")


def _texts(value: Any) -> None:
    """Refuse a warning that lacks a text or a language."""
    texts = [value["title"], value["acknowledge"], *value["paragraphs"]]
    if not value["paragraphs"] or any(not text.get(code) for text in texts for code in LANGUAGES):
        raise ValueError("A warning has paragraphs, each in every language.")


def _permission(key: str, value: Any) -> object:
    return build_permission(value, key, "")


def _built(make: Callable[[Any], object]) -> Callable[[Any], None]:
    """A check that refuses what `make` cannot build."""

    def check_value(value: Any) -> None:
        try:
            make(value)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadRuleValue(f"{type(error).__name__}: {error}") from error

    return check_value


def register_loader() -> None:
    """Have `load_reference` load the shipped rules too."""
    from brokerage.reference.use_cases.load_reference import loaders

    loaders.register("suitability.rules", load_rules_for_release)


def load_rules_for_release(at: datetime, sandbox: bool) -> Counts:
    """Load matrix, thresholds and permissions; see `load_rules`."""
    from brokerage.reference.models import Rule
    from brokerage.reference.use_cases.load_rules import load_rules

    counts = Counts()
    for name in RULE_FILES:
        path = shipped.FOLDER / "rules" / f"{name}.yaml"
        counts += load_rules(path, at=at, sandbox=sandbox, model=Rule)
    return counts
