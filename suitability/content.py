"""What the content of a questionnaire must look like: the schema of its dated rule."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from brokerage.customers.models import Customer, Kind
from brokerage.reference import schemas
from brokerage.reference.schemas import BadRuleValue, Schema, Type
from suitability.models import in_language
from suitability.rules.paper import BadPaper, build
from suitability.rules.sheets import DECLARATIONS, NO, YES

PERSON = "natural_person"
ORGANISATION = "organisation"
PAPERS = {
    PERSON: _("Questionnaire for persons"),
    ORGANISATION: _("Questionnaire for organisations"),
}
YES_OR_NO: list[dict[str, Any]] = [
    {"key": YES, "zh-hans": "是", "en": "Yes"},
    {"key": NO, "zh-hans": "不是", "en": "No"},
]
STATEMENT = {"zh-hans": "需要你声明", "en": "Your statement"}


def register_schemas() -> None:
    """Make the papers known to the loader of dated rules."""
    for key, label in PAPERS.items():
        schemas.register(Schema(key=key, label=label, type=Type.TABLE, check=check))


def paper_for(customer: Customer) -> str:
    """The key of the paper that this customer answers."""
    return ORGANISATION if customer.kind == Kind.ORGANISATION else PERSON


def screens(content: dict[str, Any]) -> list[dict[str, Any]]:
    """What is shown one a screen: the questions, then each declaration as yes or no."""
    statements = [
        {**each, "group": DECLARATIONS, "kind": "single", "options": YES_OR_NO}
        for each in content.get("declarations", [])
    ]
    return [*content["questions"], *statements]


def group_name(content: dict[str, Any], group: str) -> dict[str, str]:
    """The name of the group of a screen in both languages."""
    found: dict[str, str] = STATEMENT if group == DECLARATIONS else content["groups"][group]
    return found


def words_of(content: dict[str, Any]) -> dict[str, str]:
    """Texts by key of questions and declarations in the reader's language, for sentences."""
    return {each["key"]: in_language(each["text"]) for each in screens(content)}


def check(content: Any) -> None:
    """Refuse a content that cannot be scored, or lacks a text in one language.

    Raises:
        BadRuleValue: saying where.
    """
    try:
        build(content)
        texts = _texts(content)
        int(content["validity_months"])
        groups = {question["group"] for question in content["questions"]}
        if unnamed := groups - set(content["groups"]):
            raise BadRuleValue(f"The groups {sorted(unnamed)} have no name.")
        keys = [each["key"] for each in screens(content)]
        if len(keys) != len(set(keys)):
            raise BadRuleValue("A declaration has the key of a question.")
    except BadPaper as error:
        raise BadRuleValue(str(error)) from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadRuleValue(f"{type(error).__name__}: {error}") from error
    for text in texts:
        if any(not text.get(code) for code, _name in settings.LANGUAGES):
            raise BadRuleValue(f"A text lacks a language: {text}.")


def _texts(content: dict[str, Any]) -> list[dict[str, str]]:
    """Every place of a paper that people read."""
    questions = content["questions"]
    options = [option for question in questions for option in question["options"]]
    return [
        content["title"],
        *content["groups"].values(),
        *(question["text"] for question in questions),
        *options,
        *(each["text"] for each in content.get("declarations", [])),
    ]


def register_loader() -> None:
    """Have `load_reference` load the shipped papers too."""
    from brokerage.reference.use_cases.load_reference import loaders
    from suitability.use_cases.load_questionnaires import load_for_release

    loaders.register("suitability.questionnaires", load_for_release)
