"""Words for mandates: their stages, their papers, and which desks stand behind a wall."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable
from products.states import Desk


class Stage(models.TextChoices):
    """How far a mandate is."""

    OPENED = "opened", pgettext_lazy("mandate", "opened")
    DILIGENCE = "diligence", pgettext_lazy("mandate", "due diligence")
    DRAFTING = "drafting", pgettext_lazy("mandate", "drafting the contract")
    REVIEW = "review", pgettext_lazy("mandate", "internal review")
    CLEARED = "cleared", pgettext_lazy("mandate", "cleared for signing")
    SIGNED = "signed", pgettext_lazy("mandate", "signed, being carried out")
    COMPLETED = "completed", pgettext_lazy("mandate", "completed")
    LOST = "lost", pgettext_lazy("mandate", "not concluded")


STAGE_TRANSITIONS = StateTable(
    {
        Stage.OPENED: [Stage.DILIGENCE, Stage.LOST],
        Stage.DILIGENCE: [Stage.DRAFTING, Stage.LOST],
        Stage.DRAFTING: [Stage.REVIEW, Stage.LOST],
        Stage.REVIEW: [Stage.CLEARED, Stage.DRAFTING, Stage.LOST],
        Stage.CLEARED: [Stage.SIGNED, Stage.LOST],
        Stage.SIGNED: [Stage.COMPLETED, Stage.LOST],
        Stage.COMPLETED: [],
        Stage.LOST: [],
    }
)
UNDER_WAY = (
    Stage.OPENED,
    Stage.DILIGENCE,
    Stage.DRAFTING,
    Stage.REVIEW,
    Stage.CLEARED,
    Stage.SIGNED,
)
CLEARED = (Stage.CLEARED, Stage.SIGNED, Stage.COMPLETED)
"""Reached only through the internal review."""
CONCLUDED = (Stage.SIGNED, Stage.COMPLETED)


class PaperKind(models.TextChoices):
    """What a paper of a mandate is."""

    DILIGENCE = "diligence", pgettext_lazy("mandate paper", "due diligence report")
    DRAFT = "draft", pgettext_lazy("mandate paper", "draft contract")
    CONTRACT = "contract", pgettext_lazy("mandate paper", "signed contract")
    OTHER = "other", pgettext_lazy("mandate paper", "other paper")


NEEDED: dict[str, PaperKind] = {
    Stage.DRAFTING: PaperKind.DILIGENCE,
    Stage.REVIEW: PaperKind.DRAFT,
    Stage.SIGNED: PaperKind.CONTRACT,
}
"""The paper without which a stage is not entered."""

WALLED = frozenset({Desk.INVESTMENT_BANKING})
"""Their mandates are known to those alone who were let in: what an issuer plans is not public."""

NEXT: dict[str, Any] = {
    Stage.OPENED: _("Begin the due diligence"),
    Stage.DILIGENCE: _("Finish the due diligence report"),
    Stage.DRAFTING: _("Draft the contract and hand it to the review"),
    Stage.REVIEW: _("Somebody else than the lead reviews it"),
    Stage.CLEARED: _("Have the contract signed"),
    Stage.SIGNED: _("Carry it out"),
}
