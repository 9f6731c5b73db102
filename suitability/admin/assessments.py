"""Questionnaires and assessments, to be read; drafting papers comes with its own pages."""

from django.contrib import admin

from brokerage.backoffice.admin import ReadOnlyAdmin
from suitability.models import Assessment, Questionnaire


@admin.register(Questionnaire)
class QuestionnaireAdmin(ReadOnlyAdmin):
    """Versions of the papers with their dates and signatures."""

    section = "rules"
    icon = "list"
    list_display = ["key", "valid_from", "valid_to", "decision"]
    list_filter = ["decision"]


@admin.register(Assessment)
class AssessmentAdmin(ReadOnlyAdmin):
    """Results without answers; for those who read everything."""

    section = "control"
    icon = "list"
    list_display = ["ref", "questionnaire", "investor_class", "submitted_at", "valid_until"]
    list_filter = ["investor_class", "lowest"]
    exclude = ["answers_digest"]
    list_select_related = ["questionnaire"]
