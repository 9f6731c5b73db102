"""The back office of suitability."""

from suitability.admin.assessments import AssessmentAdmin, QuestionnaireAdmin
from suitability.admin.jumps import JumpReviewAdmin
from suitability.admin.matching import (
    GradedItemAdmin,
    InsistCaseAdmin,
    ItemGradeAdmin,
    MatchRecordAdmin,
)

__all__ = [
    "AssessmentAdmin",
    "GradedItemAdmin",
    "InsistCaseAdmin",
    "ItemGradeAdmin",
    "JumpReviewAdmin",
    "MatchRecordAdmin",
    "QuestionnaireAdmin",
]
