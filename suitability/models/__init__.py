"""Papers as dated versions, and what customers answered."""

from suitability.models.assessments import (
    Assessment,
    AssessmentQuerySet,
    Class,
    Questionnaire,
    digest_of,
    in_language,
)

__all__ = [
    "Assessment",
    "AssessmentQuerySet",
    "Class",
    "Questionnaire",
    "digest_of",
    "in_language",
]
