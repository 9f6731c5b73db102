"""The writes of this app, one module each."""

from suitability.use_cases.answer_question import AnswerRefused, answer_question
from suitability.use_cases.confirm_class import UnableToConfirm, confirm_class
from suitability.use_cases.load_questionnaires import load_questionnaires
from suitability.use_cases.start_assessment import UnableToStart, start_assessment
from suitability.use_cases.submit_assessment import UnableToSubmit, submit_assessment

__all__ = [
    "AnswerRefused",
    "UnableToConfirm",
    "UnableToStart",
    "UnableToSubmit",
    "answer_question",
    "confirm_class",
    "load_questionnaires",
    "start_assessment",
    "submit_assessment",
]
