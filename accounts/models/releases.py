"""A customer's release of the case to an outlet, and what the outlet did with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.counter.states import (
    AT_COUNTER,
    LIVE,
    RELEASE_TRANSITIONS,
    ReleaseEnd,
    ReleaseStatus,
)
from accounts.models.application import Application
from branches.models import OrgUnit
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable


class OutletRelease(Referenced, Stateful):
    """What every release to an outlet has, of whatever case: the code, who used it, its end."""

    TRANSITIONS: ClassVar[StateTable] = RELEASE_TRANSITIONS

    status = models.CharField(
        _("status"), max_length=8, choices=ReleaseStatus, default=ReleaseStatus.OFFERED
    )
    code = EncryptedTextField(pgettext_lazy("release", "code"), null=True, blank=True)
    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    offered_at = models.DateTimeField(_("offered at"))
    until = models.DateTimeField(pgettext_lazy("release", "until"))
    outlet = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        related_name="+",
        verbose_name=_("outlet"),
        null=True,
        blank=True,
    )
    helper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("opened by"),
        null=True,
        blank=True,
    )
    taken_at = models.DateTimeField(pgettext_lazy("release", "opened at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.CharField(
        pgettext_lazy("release", "why it ended"), max_length=8, choices=ReleaseEnd, blank=True
    )

    class Meta:
        abstract = True

    @property
    def code_text(self) -> str:
        """The code in two groups, as the customer reads it aloud: 1234 5678."""
        code = self.code or ""
        return f"{code[:4]} {code[4:]}".strip()


HAS_CODE_WHILE_OFFERED = Q(status=ReleaseStatus.OFFERED, code__isnull=False) & ~Q(code_hash="") | (
    ~Q(status=ReleaseStatus.OFFERED) & Q(code__isnull=True, code_hash="")
)
OPENED_BY_SOMEBODY_SOMEWHERE = Q(helper=None, outlet=None, taken_at=None) | Q(
    helper__isnull=False, outlet__isnull=False, taken_at__isnull=False
)
USED_BY_SOMEBODY = (
    Q(status=ReleaseStatus.OFFERED, helper=None)
    | Q(status=ReleaseStatus.IN_USE, helper__isnull=False)
    | Q(status=ReleaseStatus.ENDED)
)
ENDED_SAYS_WHEN_AND_WHY = (
    Q(status=ReleaseStatus.ENDED, ended_at__isnull=False) & ~Q(ended_by="")
) | (~Q(status=ReleaseStatus.ENDED) & Q(ended_at=None, ended_by=""))


class CaseReleaseQuerySet(models.QuerySet["CaseRelease"]):
    def live(self, at: datetime) -> Self:
        """Offered or in use, and not run out at the instant `at`."""
        return self.filter(status__in=LIVE, until__gt=at)

    def helped_by(self, user: Any) -> Self:
        """Opened by this member of staff, whenever."""
        return self.filter(helper=user)


class CaseRelease(OutletRelease):
    """One permission of a customer: one outlet may open the case and help with its open steps.

    Life: offered with a code that the customer sees → in use once one member of staff typed it,
    and bound to that person and outlet → ended by the customer, the outlet, the clock or the end
    of the case. The code is wiped as soon as it was used or ended; it never serves twice.

    Not for: what a reviewer sees of a sent application; that is a matter of scope.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="releases", verbose_name=_("application")
    )
    # Repeats application.applicant, so that a constraint can keep staff from helping themselves.
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("applicant"),
        null=True,
        blank=True,
    )
    objects = CaseReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release to an outlet")
        verbose_name_plural = _("releases to outlets")
        permissions = [
            ("help_at_counter", "Can open a case with its customer's code and help with it"),
        ]
        indexes = [
            models.Index(
                fields=["until"], condition=Q(status__in=LIVE), name="releases_that_run_out"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=LIVE),
                name="one_live_release_of_an_application",
            ),
            models.UniqueConstraint(
                fields=["code_hash"], condition=~Q(code_hash=""), name="a_release_code_leads_once"
            ),
            models.CheckConstraint(
                condition=HAS_CODE_WHILE_OFFERED, name="only_an_offered_release_has_a_code"
            ),
            models.CheckConstraint(
                condition=OPENED_BY_SOMEBODY_SOMEWHERE,
                name="an_opened_release_has_its_helper_and_outlet",
            ),
            models.CheckConstraint(
                condition=USED_BY_SOMEBODY, name="a_release_in_use_has_somebody_who_uses_it"
            ),
            models.CheckConstraint(
                condition=ENDED_SAYS_WHEN_AND_WHY, name="an_ended_release_says_when_and_why"
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("offered_at")), name="a_release_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(applicant=None) | Q(helper=None) | ~Q(helper=F("applicant")),
                name="nobody_helps_with_their_own_application",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="whoever_reviews_does_not_help",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("helper_id"),
                condition=pgtrigger.Q(new__helper__isnull=False),
                func=(
                    "IF EXISTS (SELECT 1 FROM accounts_application a "
                    "WHERE a.id = NEW.application_id AND NEW.helper_id IN "
                    "(a.claimed_by_id, a.recommended_by_id, a.decided_by_id)) THEN "
                    "RAISE EXCEPTION 'whoever reviews an application does not help with it' "
                    "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;"
                ),
            )
        ]


class CodeTries(models.Model):
    """How many wrong release codes one member of staff typed since the last right one or pause."""

    helper = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    wrong = models.PositiveSmallIntegerField(pgettext_lazy("tries", "wrong codes"), default=0)
    last_wrong_at = models.DateTimeField(_("last wrong code"))

    class Meta:
        verbose_name = _("wrong release codes")
        verbose_name_plural = _("wrong release codes")

    def __str__(self) -> str:
        return f"{self.wrong}"


class Assist(Referenced):
    """An outlet finished one step of an application with its customer: the record of credit.

    Once for each step and outlet; it stays when the customer corrects the step afterwards.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="assists", verbose_name=_("application")
    )
    release = models.ForeignKey(
        CaseRelease, models.PROTECT, related_name="assists", verbose_name=_("release to an outlet")
    )
    step = models.CharField(
        _("step"), max_length=12, choices=[(each.value, each.label) for each in AT_COUNTER]
    )
    outlet = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name=_("outlet"))
    helper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("assist", "done by"),
    )
    done_at = models.DateTimeField(_("done at"))

    class Meta:
        verbose_name = _("help by an outlet")
        verbose_name_plural = _("help by outlets")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "step", "outlet"],
                name="an_outlet_is_credited_once_for_a_step",
            ),
            models.CheckConstraint(
                condition=Q(step__in=[step.value for step in AT_COUNTER]),
                name="only_steps_of_the_counter_are_credited",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}, {self.outlet}"
