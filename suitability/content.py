"""What the content of a questionnaire must look like: the schema of its dated rule."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from brokerage.reference import schemas
from brokerage.reference.schemas import BadRuleValue, Schema, Type
from suitability.rules.paper import BadPaper, build

SHORT = "natural_person_short"


def register_schemas() -> None:
    """Make the papers known to the loader of dated rules."""
    schemas.register(
        Schema(key=SHORT, label=_("Short questionnaire for persons"), type=Type.TABLE, check=check)
    )


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
    ]


def register_loader() -> None:
    """Have `load_reference` load the shipped papers too."""
    from brokerage.reference.use_cases.load_reference import loaders
    from suitability.use_cases.load_questionnaires import load_for_release

    loaders.register("suitability.questionnaires", load_for_release)
