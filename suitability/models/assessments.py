"""Questionnaires as dated versions, and what customers answered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from copy import deepcopy
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar, Self, TypeVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from brokerage.core.crypto import keyed_hash
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.customers.models import Customer
from brokerage.reference.dated import DatedRule, DatedRuleQuerySet
from suitability.rules.assessing import AssessmentDecision, AssessmentInputs, assess
from suitability.rules.paper import Paper, build

# All that may still be written once a class was found: the customer's confirmation, and the
# ciphertexts when keys are rotated (their digest shows that the content stayed the same).
AFTER_SUBMISSION = " - 'confirmed_at' - 'answers' - 'inputs' - 'changed'"


Kept = TypeVar("Kept")
CONTENTS: dict[str, dict[str, Any]] = {}
PAPERS: dict[str, Paper] = {}
"""Of approved versions by the hash of their content, which therefore never means anything else."""


class Class(models.TextChoices):
    """Classes of ordinary investors, from conservative to aggressive."""

    C1 = "C1", _("C1 conservative")
    C2 = "C2", _("C2 cautious")
    C3 = "C3", _("C3 balanced")
    C4 = "C4", _("C4 active")
    C5 = "C5", _("C5 aggressive")


class Questionnaire(DatedRule):
    """One version of a paper: texts in both languages, points, bands (see `rules.paper`).

    `value` is the whole content; `content_hash` names exactly what was shown.
    """

    content_hash = models.CharField(max_length=64, editable=False)

    objects: ClassVar[Any] = DatedRuleQuerySet.as_manager()

    class Meta(DatedRule.Meta):
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **more: Any
    ) -> Self:
        """Keep the content of an approved version, so that later reads may leave it out."""
        version = super().from_db(db, field_names, values, **more)
        whole = version.__dict__.keys() >= {"value", "decision", "content_hash"}
        if whole and version.is_approved and version.content_hash not in CONTENTS:
            CONTENTS[version.content_hash] = deepcopy(version.value)
        return version

    @cached_property
    def content(self) -> dict[str, Any]:
        """What `value` holds, for reading only; of an approved version kept by the process.

        Query sets that are asked with each page defer `value`, a large text.
        """
        return _of_version(self, CONTENTS, lambda: self.value)

    @cached_property
    def paper(self) -> Paper:
        """The scoring side of the content."""
        return _of_version(self, PAPERS, lambda: build(self.content))

    def ended_for_good(self, day: date) -> bool:
        """Whether nobody may finish this version on the business date `day` any more."""
        grace = timedelta(days=self.paper.terms.grace_days)
        return self.valid_to is not None and day >= self.valid_to + grace

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return in_language(self.value["title"])

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.is_pending:
            self.content_hash = hash_of(self.value)
        super().save(*args, **kwargs)


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def of(self, customer: Customer) -> Self:
        return self.filter(customer=customer)

    def open(self) -> Self:
        """Still being answered."""
        return self.filter(submitted_at=None)

    def counting_on(self, day: date) -> Self:
        """Submitted, confirmed by the customer, and not expired on the business date `day`."""
        return self.filter(confirmed_at__isnull=False, valid_until__gt=day)


class Assessment(Referenced):
    """One customer's answers to one version, and the class they lead to.

    Life: started → each answer saved as it is given → submitted (scored, from then on
    unchangeable) → confirmed by the customer → expires on `valid_until`. Not for: the classes
    of professional investors.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="assessments", verbose_name=_("customer")
    )
    questionnaire = models.ForeignKey(
        Questionnaire, models.PROTECT, related_name="+", verbose_name=_("questionnaire")
    )
    answers = EncryptedTextField(_("answers"), default="{}")
    changed = EncryptedTextField(_("what has changed"), default="")
    inputs = EncryptedTextField(_("inputs of the result"), default="")
    answers_digest = models.CharField(max_length=64, blank=True, editable=False)
    started_at = models.DateTimeField(_("started at"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    investor_class = models.CharField(_("class"), max_length=2, choices=Class, blank=True)
    lowest = models.BooleanField(_("lowest class"), default=False)
    reasons = models.JSONField(_("reasons"), default=dict)
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("The first day on which it ends.")
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        indexes = [models.Index(fields=["customer", "-submitted_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(submitted_at=None),
                name="one_open_assessment_per_customer",
            ),
            models.CheckConstraint(
                condition=Q(
                    submitted_at=None,
                    score=None,
                    investor_class="",
                    valid_until=None,
                    confirmed_at=None,
                    lowest=False,
                )
                | (
                    Q(
                        submitted_at__gte=F("started_at"),
                        score__isnull=False,
                        investor_class__in=Class.values,
                        valid_until__isnull=False,
                    )
                    & ~Q(answers_digest="")
                    & ~Q(language="")
                ),
                name="a_submitted_assessment_has_its_result",
            ),
            models.CheckConstraint(
                condition=Q(lowest=False) | Q(investor_class=Class.C1),
                name="the_lowest_class_is_a_c1",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(confirmed_at__gte=F("submitted_at")),
                name="a_class_is_confirmed_after_it_was_found",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="submitted_assessments_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__submitted_at__isnull=False),
                func=f"""
                    IF to_jsonb(OLD){AFTER_SUBMISSION} IS DISTINCT FROM
                        to_jsonb(NEW){AFTER_SUBMISSION}
                        OR (OLD.confirmed_at IS NOT NULL
                            AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at) THEN
                        RAISE EXCEPTION 'a submitted assessment is never changed'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="only_approved_versions_are_answered",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM suitability_questionnaire
                        WHERE id = NEW.questionnaire_id AND decision = 'approved') THEN
                        RAISE EXCEPTION 'only an approved version is answered'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(
                name="submitted_assessments_are_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__submitted_at__isnull=False),
            ),
        ]

    @property
    def given(self) -> dict[str, list[str]]:
        """Chosen option keys by question key."""
        loaded: dict[str, list[str]] = json.loads(self.answers or "{}")
        return loaded

    def keep(self, given: dict[str, list[str]]) -> None:
        """Set the answers in memory."""
        self.answers = json.dumps(given, sort_keys=True)

    @property
    def mark(self) -> str:
        """Names the answers as they stand in the row; another once anybody wrote them anew."""
        return mark_of(self.__dict__["answers"])

    def get_absolute_url(self) -> str:
        """The result letter; before it, the page that leads on."""
        return reverse("suitability:result", args=[self.ref])

    @property
    def is_submitted(self) -> bool:
        return self.submitted_at is not None

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def is_genuine(self) -> bool:
        """Whether the sealed answers are those that were scored."""
        return self.answers_digest == digest_of(self.sealed_texts)

    @property
    def sealed_texts(self) -> str:
        """All that the digest covers: what was answered, what was said, what was decided on."""
        return json.dumps([self.answers, self.changed, self.inputs])

    @property
    def decision(self) -> AssessmentDecision | None:
        """The result with its reasons, computed anew from what is stored; None before it."""
        if not self.inputs:
            return None
        return assess(AssessmentInputs.from_json(self.inputs), self.questionnaire.paper)


def _of_version(version: Questionnaire, kept: dict[str, Kept], made: Callable[[], Kept]) -> Kept:
    """What was made of an approved content before, else `made` now."""
    if not version.is_approved:
        return made()
    if version.content_hash not in kept:
        kept[version.content_hash] = made()
    return kept[version.content_hash]


def paper_of(content_hash: str) -> Paper | None:
    """The scoring side of an approved content, by its hash; a process reads it once."""
    if content_hash in PAPERS:
        return PAPERS[content_hash]
    version = Questionnaire.objects.approved().filter(content_hash=content_hash).first()
    return version.paper if version else None


def mark_of(sealed: str) -> str:
    """The mark of sealed answers. Sealing is never the same twice, so it tells nothing of them."""
    return hashlib.sha256(sealed.encode()).hexdigest()


def hash_of(content: Any) -> str:
    """SHA-256 of the canonical JSON of a content."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(texts: str) -> str:
    """A keyed digest of the sealed texts of an assessment."""
    return keyed_hash(texts, purpose="suitability.answers")


def in_language(texts: dict[str, Any]) -> str:
    """The text of a version in the reader's language; Chinese is always there."""
    return str(texts.get(get_language() or "", texts["zh-hans"]))
