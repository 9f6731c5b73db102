"""What a visit is about, in words; higher apps know their own subjects."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from branches.visits.models import Visit
from brokerage.core.registry import Registry

Named = Callable[[UUID], str]

subjects: Registry[Named] = Registry("branches.visit_subjects")
"""By the step of a visit: ref of its subject → its name for the reader, or an empty text."""


def about(visit: Visit) -> str:
    """The name of what a visit is about; its step where nobody knows the subject."""
    if visit.subject_ref is not None and visit.step in subjects:
        return subjects.get(visit.step)(visit.subject_ref) or visit.step
    return visit.step
