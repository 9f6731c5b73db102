"""The back office of suitability."""

from suitability.admin.assessments import AssessmentAdmin
from suitability.admin.coaching import CoachingFlagAdmin
from suitability.admin.disclosures import DisclosureAdmin
from suitability.admin.follow_ups import SaleFollowUpAdmin
from suitability.admin.insisting import InsistCaseAdmin
from suitability.admin.jumps import JumpReviewAdmin
from suitability.admin.matching import GradedItemAdmin, ItemGradeAdmin, MatchRecordAdmin
from suitability.admin.papers import PaperDraftAdmin, QuestionnaireAdmin
from suitability.admin.professional import InvestorStatusAdmin, StatusRequestAdmin
from suitability.admin.recordings import DoubleRecordingAdmin

__all__ = [
    "AssessmentAdmin",
    "CoachingFlagAdmin",
    "DisclosureAdmin",
    "DoubleRecordingAdmin",
    "GradedItemAdmin",
    "InsistCaseAdmin",
    "InvestorStatusAdmin",
    "ItemGradeAdmin",
    "JumpReviewAdmin",
    "MatchRecordAdmin",
    "PaperDraftAdmin",
    "QuestionnaireAdmin",
    "SaleFollowUpAdmin",
    "StatusRequestAdmin",
]
