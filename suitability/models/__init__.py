"""Papers as dated versions, and what customers answered."""

from suitability.models.assessments import (
    Assessment,
    AssessmentQuerySet,
    Class,
    Questionnaire,
    digest_of,
    in_language,
)
from suitability.models.reviews import JumpReview

__all__ = [
    "Assessment",
    "AssessmentQuerySet",
    "Class",
    "JumpReview",
    "Questionnaire",
    "digest_of",
    "in_language",
]
