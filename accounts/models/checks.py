"""Questions to counterparties, and their answers."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.evidence.states import CHECK_TRANSITIONS, CheckKind, CheckResult, CheckStatus
from accounts.models.application import Application
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable


class OutsideCheckQuerySet(models.QuerySet["OutsideCheck"]):
    def current(self) -> Self:
        """Not replaced by a later question of the same kind."""
        return self.exclude(status=CheckStatus.SUPERSEDED)

    def due(self, at: Any) -> Self:
        """Waiting, and the pause after the last attempt is over."""
        return self.filter(status=CheckStatus.ASKED, next_attempt_at__lte=at)


class OutsideCheck(Referenced, Timestamped, Stateful):
    """One question to one counterparty about one application. `ref` is its idempotency key.

    Life: asked → answered, or given up as unanswered; a later question of the same kind replaces
    it. Whatever arrives for a question that no longer waits (late, or a second time) changes
    nothing. Question and answer are kept encrypted: they are evidence, and personal.

    Not for: deciding. An answer is a fact; the application's rules say what follows.
    """

    TRANSITIONS: ClassVar[StateTable] = CHECK_TRANSITIONS

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="outside_checks", verbose_name=_("application")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=CheckKind)
    status = models.CharField(
        _("status"), max_length=10, choices=CheckStatus, default=CheckStatus.ASKED
    )
    question = EncryptedTextField(_("question"))
    question_hash = models.CharField(max_length=64, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("asked again at"), null=True, blank=True)
    last_problem = models.CharField(_("last problem"), max_length=40, blank=True)
    result = models.CharField(_("result"), max_length=12, choices=CheckResult, blank=True)
    refusal = models.CharField(_("refused with"), max_length=40, blank=True)
    answer = EncryptedTextField(_("answer"), null=True, blank=True)
    ended_at = models.DateTimeField(_("answered or ended at"), null=True, blank=True)
    sandbox = models.BooleanField(_("played by the sandbox"), default=False)

    objects = OutsideCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("question to a counterparty")
        verbose_name_plural = _("questions to counterparties")
        permissions = [
            ("ask_again_outsidecheck", "Can have a question to a counterparty repeated")
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status=CheckStatus.ASKED),
                name="checks_that_wait",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind"],
                condition=~Q(status=CheckStatus.SUPERSEDED),
                name="one_current_check_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(status=CheckStatus.SUPERSEDED)
                | Q(
                    status=CheckStatus.ASKED,
                    result="",
                    ended_at=None,
                    next_attempt_at__isnull=False,
                )
                | (
                    Q(status=CheckStatus.ANSWERED, ended_at__isnull=False, next_attempt_at=None)
                    & ~Q(result="")
                )
                | Q(
                    status=CheckStatus.UNANSWERED,
                    result="",
                    ended_at__isnull=False,
                    next_attempt_at=None,
                ),
                name="an_answered_check_has_its_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.short_ref}"

    @property
    def facts(self) -> dict[str, Any]:
        """The values of the answer, as its gateway's dataclass has them; empty without one."""
        found: dict[str, Any] = json.loads(self.answer) if self.answer else {}
        return found

    @property
    def asks(self) -> dict[str, Any]:
        """The values of the question."""
        found: dict[str, Any] = json.loads(self.question or "{}")
        return found
