"""Assessments, to be read."""

from django.contrib import admin

from brokerage.backoffice.admin import ReadOnlyAdmin
from suitability.models import Assessment


@admin.register(Assessment)
class AssessmentAdmin(ReadOnlyAdmin):
    """Results without answers; for those who read everything."""

    section = "control"
    icon = "list"
    list_display = ["ref", "questionnaire", "investor_class", "submitted_at", "valid_until"]
    list_filter = ["investor_class", "lowest"]
    exclude = ["answers_digest"]
    list_select_related = ["questionnaire"]
