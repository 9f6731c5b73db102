"""A customer's release of an application for a permission to an outlet, and what it did."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.counter.states import LIVE, ReleaseStatus
from accounts.models.permission_applications import PermissionApplication
from accounts.models.releases import (
    ENDED_SAYS_WHEN_AND_WHY,
    HAS_CODE_WHILE_OFFERED,
    OPENED_BY_SOMEBODY_SOMEWHERE,
    USED_BY_SOMEBODY,
    OutletRelease,
)
from accounts.permissions.states import AT_COUNTER


class PermissionReleaseQuerySet(models.QuerySet["PermissionRelease"]):
    def live(self, at: datetime) -> Self:
        """Offered or in use, not run out at the instant `at`, and of the step that is open."""
        return self.filter(status__in=LIVE, until__gt=at, case__status=F("step"))

    def helped_by(self, user: Any) -> Self:
        """Opened by this member of staff, whenever."""
        return self.filter(helper=user)


class PermissionRelease(OutletRelease):
    """One outlet may open an application for a permission and help with exactly its open step.

    Life as that of `CaseRelease`, but for one step: whatever moves the application on ends it.
    `done_at` says that the outlet did the step's part that is staff's: the record of credit.
    """

    case = models.ForeignKey(
        PermissionApplication,
        models.PROTECT,
        related_name="releases",
        verbose_name=_("application for a trading permission"),
    )
    # Repeats the customer's log-in, so that a constraint can keep staff from helping themselves.
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("applicant"),
        null=True,
        blank=True,
    )
    step = models.CharField(
        _("step"), max_length=10, choices=[(each.value, each.label) for each in AT_COUNTER]
    )
    done_at = models.DateTimeField(pgettext_lazy("assist", "done at"), null=True, blank=True)

    objects = PermissionReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release of a trading permission to an outlet")
        verbose_name_plural = _("releases of trading permissions to outlets")
        indexes = [
            models.Index(
                fields=["until"],
                condition=Q(status__in=LIVE),
                name="permission_releases_that_end",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status__in=LIVE),
                name="one_live_release_of_a_permission_case",
            ),
            models.UniqueConstraint(
                fields=["code_hash"],
                condition=~Q(code_hash=""),
                name="a_permission_release_code_leads_once",
            ),
            models.CheckConstraint(
                condition=HAS_CODE_WHILE_OFFERED,
                name="only_an_offered_permission_release_has_a_code",
            ),
            models.CheckConstraint(
                condition=OPENED_BY_SOMEBODY_SOMEWHERE,
                name="an_opened_permission_release_has_its_helper",
            ),
            models.CheckConstraint(
                condition=USED_BY_SOMEBODY, name="somebody_uses_a_permission_release_in_use"
            ),
            models.CheckConstraint(
                condition=ENDED_SAYS_WHEN_AND_WHY,
                name="an_ended_permission_release_says_why",
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("offered_at")),
                name="a_permission_release_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(applicant=None) | Q(helper=None) | ~Q(helper=F("applicant")),
                name="nobody_helps_with_their_own_permission",
            ),
            models.CheckConstraint(
                condition=Q(step__in=[each.value for each in AT_COUNTER]),
                name="only_counter_steps_of_a_permission_are_released",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None)
                | (Q(helper__isnull=False) & ~Q(status=ReleaseStatus.OFFERED)),
                name="who_helped_with_a_permission_is_known",
            ),
        ]
