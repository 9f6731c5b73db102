"""Words, report and audience: what is signed, checked and released as a whole."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.display.languages import reads_english
from brokerage.files.models import StoredFile
from content.states import Verdict
from holdings.states import Segment, Tier
from suitability.models.items import GradeChoice

TEXT = 20_000


class Content(models.Model):
    """Words, report and audience of an item: what is signed, checked and released as a whole.

    A fact check names the claim, its verdict and what the verdict rests on. That stands in both
    languages since it is asked for at the signature; versions signed before keep their Chinese.
    What everybody may read carries the lowest grade, because nobody knows a visitor's class.
    """

    title_zh = models.CharField(_("title, Chinese"), max_length=80)
    title_en = models.CharField(_("title, English"), max_length=160)
    claim_zh = models.TextField(_("what was claimed, Chinese"), max_length=500, blank=True)
    claim_en = models.TextField(_("what was claimed, English"), max_length=800, blank=True)
    verdict = models.CharField(
        pgettext_lazy("claim", "verdict"), max_length=12, choices=Verdict, blank=True
    )
    evidence_zh = models.TextField(
        _("what the verdict rests on, Chinese"),
        max_length=1000,
        blank=True,
        help_text=_("Announcements, registers, dates: what anybody can look up."),
    )
    evidence_en = models.TextField(
        _("what the verdict rests on, English"), max_length=1600, blank=True
    )
    body_zh = models.TextField(_("text, Chinese"), max_length=TEXT)
    body_en = models.TextField(_("text, English"), max_length=TEXT)
    grade = models.CharField(
        _("risk grade"), max_length=2, choices=GradeChoice, default=GradeChoice.R1
    )
    for_visitors = models.BooleanField(_("open to everybody"), default=False)
    for_holders = models.BooleanField(
        _("only for holders of the securities it names"), default=False
    )
    tier = models.CharField(_("only for customers with"), max_length=5, choices=Tier, blank=True)
    segment = models.CharField(
        pgettext_lazy("audience", "only for"), max_length=11, choices=Segment, blank=True
    )
    expires_on = models.DateField(_("first day on which it is no longer shown"))
    report = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("report (PDF)"),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(for_visitors=False)
                | Q(grade=GradeChoice.R1, for_holders=False, tier="", segment=""),
                name="%(class)s_for_everybody_has_the_lowest_grade",
                violation_error_message=_(
                    "What is open to everybody carries R1 and has no other limit."
                ),
            ),
            models.CheckConstraint(
                condition=Q(verdict="", claim_zh="", claim_en="", evidence_zh="", evidence_en="")
                | (~Q(verdict="") & ~Q(claim_zh="") & ~Q(claim_en="") & ~Q(evidence_zh="")),
                name="%(class)s_claim_verdict_and_evidence_go_together",
                violation_error_message=_(
                    "A claim has words in both languages, a verdict, and what it rests on."
                ),
            ),
        ]

    @property
    def title(self) -> str:
        """In the reader's language."""
        return self.title_en if reads_english() else self.title_zh

    @property
    def claim(self) -> str:
        """In the reader's language."""
        return self.claim_en if reads_english() else self.claim_zh

    @property
    def evidence(self) -> str:
        """In the reader's language; in Chinese in versions signed before it had an English one."""
        return self.evidence_en if self.evidence_en and reads_english() else self.evidence_zh

    @property
    def body(self) -> str:
        """In the reader's language, in the notation of `cleaning.to_html`."""
        return self.body_en if reads_english() else self.body_zh

    @property
    def last_day(self) -> date:
        """The last day on which it is shown."""
        return self.expires_on - timedelta(days=1)

    def copied(self) -> dict[str, object]:
        """The values of these columns, for the row that freezes them."""
        return {field.name: getattr(self, field.name) for field in Content._meta.fields}
