"""An assessment as it stands now, locked until the transaction ends."""

from __future__ import annotations

from brokerage.core.written import SOME_KEY, Written
from suitability.models import Assessment, AssessmentQuerySet


def _row(pk: int) -> AssessmentQuerySet:
    # the content of the version is a large text that the process knows by its hash
    rows = Assessment.objects.filter(pk=pk).select_for_update(of=("self",))
    return rows.select_related("questionnaire", "customer").defer("questionnaire__value")


ROW = Written(_row, pk=SOME_KEY)


def lock_assessment(pk: int) -> Assessment:
    """As `lock_row`, with its customer and version."""
    return ROW.get(pk=pk)
