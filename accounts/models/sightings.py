"""Originals that somebody looked at, where the police check knows no such paper."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.application import Application
from accounts.models.releases import CaseRelease
from accounts.papers.people import ROLES
from accounts.papers.states import Look
from branches.models import OrgUnit
from brokerage.core.fields import EncryptedTextField
from brokerage.core.identifiers import Document
from brokerage.core.models import Referenced


def subject_of(answers: dict[str, Any]) -> str:
    """What exactly was looked at, as one text: a corrected paper is another one."""
    names = ["paper", "name", "id_number", "second_number", "id_valid_to", "birth_date"]
    if answers.get("paper") == Document.BUSINESS_LICENCE:
        names += [f"{role}_{part}" for role in ROLES for part in ("name", "number", "share")]
    return "|".join(str(answers.get(name) or "") for name in names)


class Sighting(Referenced):
    """One person held the original of one paper and says what was looked at. Rows are only added.

    It counts for exactly the paper that `subject` names; who corrects name or number shows the
    original again. Only the ciphertext may be rewritten (new key).

    Not for: resident identity cards, whose register is asked.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="sightings", verbose_name=_("application")
    )
    release = models.ForeignKey(
        CaseRelease, models.PROTECT, related_name="+", verbose_name=_("release to an outlet")
    )
    outlet = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name=_("outlet"))
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("original", "looked at by"),
    )
    paper = models.CharField(_("document"), max_length=16, choices=Document)
    subject = EncryptedTextField(_("what the paper says"))
    looks = ArrayField(
        models.CharField(max_length=8, choices=Look),
        verbose_name=pgettext_lazy("original", "what was looked at"),
    )
    rule_version = models.CharField(_("rule"), max_length=100)
    seen_at = models.DateTimeField(pgettext_lazy("original", "looked at"))

    class Meta:
        verbose_name = _("original that was looked at")
        verbose_name_plural = _("originals that were looked at")
        indexes = [models.Index(fields=["application", "-id"], name="newest_sighting")]
        constraints = [
            models.CheckConstraint(condition=Q(looks__len__gte=1), name="who_looked_says_at_what"),
            models.CheckConstraint(
                condition=~Q(paper=Document.RESIDENT_ID), name="the_register_knows_resident_cards"
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="sightings_stay", exclude=["subject"])]

    def __str__(self) -> str:
        return f"{self.get_paper_display()} {self.short_ref}"

    def is_about(self, answers: dict[str, Any]) -> bool:
        """Whether it was this very paper."""
        return self.subject == subject_of(answers)
