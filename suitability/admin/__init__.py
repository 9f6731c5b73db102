"""The back office of suitability."""

from suitability.admin.assessments import AssessmentAdmin, QuestionnaireAdmin

__all__ = ["AssessmentAdmin", "QuestionnaireAdmin"]
