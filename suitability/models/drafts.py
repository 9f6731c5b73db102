"""A new version of a paper while somebody writes it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.models import Referenced
from suitability.models.assessments import Questionnaire, hash_of


class PaperDraftQuerySet(models.QuerySet["PaperDraft"]):
    def open(self) -> Self:
        """Neither in force nor given up."""
        return self.filter(closed_at=None)


class PaperDraft(Referenced):
    """The next version of a paper, which may still be wrong or incomplete.

    Life: begun from a version → changed part by part → proposed as a pending `Questionnaire`,
    when it can no longer be changed → closed with the approval. A rejection opens it again;
    whoever wrote it may also give it up. Nobody ever answers a draft.

    `hands` are the refs of all who wrote in it: none of them may approve it.
    """

    base = models.ForeignKey(
        Questionnaire, models.PROTECT, related_name="drafts", verbose_name=_("begun from")
    )
    key = models.CharField(_("rule key"), max_length=60, editable=False)
    content = models.JSONField(_("content"))
    valid_from = models.DateField(_("valid from"))
    change_note = models.CharField(_("change note"), max_length=300)
    hands = models.JSONField(_("written by"), default=list)
    made_by_ref = models.UUIDField(_("made by"), editable=False)
    made_at = models.DateTimeField(pgettext_lazy("four eyes", "made at"), editable=False)
    changed_at = models.DateTimeField(_("changed at"), editable=False)
    proposed = models.ForeignKey(
        Questionnaire,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="written_as",
        verbose_name=_("proposed as"),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)

    objects: ClassVar[models.Manager[PaperDraft]] = PaperDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a questionnaire")
        verbose_name_plural = _("drafts of questionnaires")
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(closed_at=None),
                name="one_open_draft_of_a_paper",
                violation_error_message=_("Somebody is writing a new version already."),
            ),
            models.CheckConstraint(condition=~Q(change_note=""), name="a_paper_draft_says_why"),
            models.CheckConstraint(
                condition=Q(changed_at__gte=F("made_at")), name="a_draft_is_changed_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.valid_from:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Whether it may be changed: it is not closed and does not wait for a second person."""
        waits = self.proposed is not None and self.proposed.decision != "rejected"
        return self.closed_at is None and not waits

    @property
    def content_hash(self) -> str:
        """Names exactly what stands there now."""
        return hash_of(self.content)
