"""Scenarios of the sandbox: what an institution has us play, by a clock that it advances."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.models import Referenced, Timestamped
from partners.models.clients import ApiClient
from partners.models.institutions import Partner
from partners.models.leads import Lead
from partners.models.statements import Statement
from partners.states import Scenario


class ScenarioRun(Referenced, Timestamped):
    """One scenario on its way, in a sandbox only; the table stays empty elsewhere.

    Its clock begins so long ago that the last step lies before the present: whatever it makes
    has happened, as far as everything else is concerned. Steps whose time has come are played
    when the institution advances the clock, by the use cases that customers and staff use.
    """

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="scenarios", verbose_name=_("partner")
    )
    api_client = models.ForeignKey(ApiClient, models.PROTECT, related_name="+", editable=False)
    scenario = models.CharField(_("scenario"), max_length=20, choices=Scenario)
    began_at = models.DateTimeField(_("clock began at"))
    clock_at = models.DateTimeField(_("clock stands at"))
    played = models.PositiveSmallIntegerField(_("steps played"), default=0)
    lead = models.OneToOneField(
        Lead, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    application_ref = models.UUIDField(null=True, blank=True, editable=False)
    statement = models.ForeignKey(
        Statement, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects: Any = models.Manager()

    class Meta:
        verbose_name = _("scenario of the sandbox")
        verbose_name_plural = _("scenarios of the sandbox")
        indexes = [models.Index(fields=["partner", "-id"], name="scenarios_of_a_partner")]
        constraints = [
            models.CheckConstraint(
                condition=Q(scenario__in=Scenario.values), name="a_run_plays_a_known_scenario"
            ),
            models.CheckConstraint(
                condition=Q(clock_at__gte=F("began_at")), name="a_scenario_runs_forward"
            ),
        ]

    def __str__(self) -> str:
        return self.get_scenario_display()
