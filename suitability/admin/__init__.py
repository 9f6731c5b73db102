"""The back office of suitability."""

from suitability.admin.assessments import AssessmentAdmin, QuestionnaireAdmin
from suitability.admin.jumps import JumpReviewAdmin
from suitability.admin.matching import GradedItemAdmin, ItemGradeAdmin, MatchRecordAdmin

__all__ = [
    "AssessmentAdmin",
    "GradedItemAdmin",
    "ItemGradeAdmin",
    "JumpReviewAdmin",
    "MatchRecordAdmin",
    "QuestionnaireAdmin",
]
