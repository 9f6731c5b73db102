"""The writes of this app, one module each."""

from suitability.use_cases.answer_question import AnswerRefused, answer_question
from suitability.use_cases.confirm_class import UnableToConfirm, confirm_class
from suitability.use_cases.decide_jump import UnableToDecideJump, decide_jump
from suitability.use_cases.keep_sheet import keep_sheet
from suitability.use_cases.load_questionnaires import load_questionnaires
from suitability.use_cases.start_assessment import UnableToStart, start_assessment
from suitability.use_cases.submit_assessment import (
    AnswersContradict,
    UnableToSubmit,
    VersionEnded,
    submit_assessment,
)

__all__ = [
    "AnswerRefused",
    "AnswersContradict",
    "UnableToConfirm",
    "UnableToDecideJump",
    "UnableToStart",
    "UnableToSubmit",
    "VersionEnded",
    "answer_question",
    "confirm_class",
    "decide_jump",
    "keep_sheet",
    "load_questionnaires",
    "start_assessment",
    "submit_assessment",
]
