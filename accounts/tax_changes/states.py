"""The life of a tax declaration that replaces an earlier one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class DeclarationStatus(models.TextChoices):
    """Where a new declaration stands."""

    DRAFT = "draft", pgettext_lazy("tax declaration", "To be filled in and signed")
    SIGNED = "signed", pgettext_lazy("tax declaration", "Signed, we look at it")
    PROPOSED = "proposed", pgettext_lazy("tax declaration", "One person agreed")
    COUNTS = "counts", pgettext_lazy("tax declaration", "Counts")
    REPLACED = "replaced", pgettext_lazy("tax declaration", "Replaced by a later one")
    RETURNED = "returned", pgettext_lazy("tax declaration", "Does not count, declare it again")


DECLARATION_TRANSITIONS = StateTable(
    {
        DeclarationStatus.DRAFT: [DeclarationStatus.SIGNED, DeclarationStatus.COUNTS],
        DeclarationStatus.SIGNED: [DeclarationStatus.PROPOSED, DeclarationStatus.RETURNED],
        DeclarationStatus.PROPOSED: [DeclarationStatus.COUNTS, DeclarationStatus.RETURNED],
        DeclarationStatus.COUNTS: [DeclarationStatus.REPLACED],
        DeclarationStatus.REPLACED: [],
        DeclarationStatus.RETURNED: [],
    }
)
WITH_US = (DeclarationStatus.SIGNED, DeclarationStatus.PROPOSED)
DECLARATION_OPEN = (DeclarationStatus.DRAFT, *WITH_US)
COUNTED = (DeclarationStatus.COUNTS, DeclarationStatus.REPLACED)
