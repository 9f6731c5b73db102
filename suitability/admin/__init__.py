"""The back office of suitability."""

from suitability.admin.assessments import AssessmentAdmin
from suitability.admin.coaching import CoachingFlagAdmin
from suitability.admin.jumps import JumpReviewAdmin
from suitability.admin.matching import (
    DisclosureAdmin,
    GradedItemAdmin,
    InsistCaseAdmin,
    ItemGradeAdmin,
    MatchRecordAdmin,
)
from suitability.admin.papers import PaperDraftAdmin, QuestionnaireAdmin
from suitability.admin.professional import InvestorStatusAdmin, StatusRequestAdmin

__all__ = [
    "AssessmentAdmin",
    "CoachingFlagAdmin",
    "DisclosureAdmin",
    "GradedItemAdmin",
    "InsistCaseAdmin",
    "InvestorStatusAdmin",
    "ItemGradeAdmin",
    "JumpReviewAdmin",
    "MatchRecordAdmin",
    "PaperDraftAdmin",
    "QuestionnaireAdmin",
    "StatusRequestAdmin",
]
