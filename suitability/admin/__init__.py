"""The back office of suitability."""

from suitability.admin.assessments import AssessmentAdmin, QuestionnaireAdmin
from suitability.admin.jumps import JumpReviewAdmin

__all__ = ["AssessmentAdmin", "JumpReviewAdmin", "QuestionnaireAdmin"]
