"""Banks of test questions: what one must look like, how the release loads them, which counts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import QuestionBank
from accounts.models.knowledge_tests import PREFIX
from brokerage.core.clock import business_date
from brokerage.reference.dated import Confidence
from brokerage.reference.loading import Counts
from brokerage.reference.schemas import BadRuleValue, Schema, Type, schemas
from brokerage.reference.use_cases.load_reference import loaders
from brokerage.reference.use_cases.load_rules import load_rules

FOLDER = Path(__file__).parents[1] / "reference" / "permissions" / "tests"
TESTS = {
    "stock_connect": _("Knowledge test: Stock Connect"),
    "margin": _("Knowledge test: margin trading"),
    "options_1": _("Knowledge test: options, level 1"),
    "options_2": _("Knowledge test: options, level 2"),
    "options_3": _("Knowledge test: options, level 3"),
}


def bank_at(at: datetime, test: str) -> QuestionBank | None:
    """The approved questions in force of a test; None while nobody has signed any off."""
    return QuestionBank.objects.on(business_date(at)).filter(key=PREFIX + test).first()


def check_questions(value: Any) -> None:
    """Refuse a bank that makes no fair test.

    Raises:
        BadRuleValue: naming the question.
    """
    questions = value.get("questions") if isinstance(value, dict) else None
    if not isinstance(questions, list) or not questions or set(value) != {"questions"}:
        raise BadRuleValue("A table with exactly questions is needed, one at least.")
    keys = [_check(each) for each in questions]
    if len(set(keys)) != len(keys):
        raise BadRuleValue("Each question needs a key of its own.")


def _check(question: Any) -> str:
    """A question has the same options in each language, one of them right; returns its key."""
    key = question.get("key") if isinstance(question, dict) else None
    if not isinstance(key, str) or not key:
        raise BadRuleValue("A question needs a key.")
    if question.get("certainty") not in Confidence.values:
        letters = ", ".join(Confidence.values)
        raise BadRuleValue(f"{key}: certainty is one of {letters}.")
    try:
        texts = [question[language] for language, _name in settings.LANGUAGES]
        options = {tuple(sorted(each["options"])) for each in texts}
        fits = len(options) == 1 and question["right"] in next(iter(options))
        said = [text for each in texts for text in (each["text"], *each["options"].values())]
        complete = all(text.strip() for text in said)
    except (KeyError, TypeError, AttributeError):
        fits = complete = False
    if not fits or not complete:
        raise BadRuleValue(f"{key}: texts, the same options in each language, one of them right.")
    return key


def register() -> None:
    """Make the banks known to the loader of dated rules."""
    for test, label in TESTS.items():
        key = PREFIX + test
        schemas.register(key, Schema(key=key, label=label, type=Type.TABLE, check=check_questions))
    loaders.register("accounts.question_banks", load_banks)


def load_banks(at: datetime, sandbox: bool, folder: Path = FOLDER) -> Counts:
    """Load the shipped banks; those from memory wait for compliance outside of a sandbox.

    Raises:
        BadFile: when a file is malformed, or an approved version would change.
    """
    total = Counts()
    for path in sorted(folder.glob("*.yaml")):
        total += load_rules(path, at=at, sandbox=sandbox, model=QuestionBank)
    return total
