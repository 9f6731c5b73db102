"""Scenarios: in a sandbox an institution plays what takes weeks, by a clock that it advances."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from brokerage.core import clock
from brokerage.core.api.serializers import StrictSerializer
from partners.api.base import Versioned, caller, problem_of
from partners.api.serializers import Utc
from partners.models import ScenarioRun
from partners.states import ApiScope, Scenario
from partners.use_cases.scenarios import (
    PLANS,
    UnableToPlay,
    advance,
    ahead_of,
    begin_scenario,
    is_playable,
)

MOST_DAYS = 90
"""The clock is set forward by so many days at a time, at most."""


class NewScenarioSerializer(StrictSerializer):
    """Which scenario begins."""

    scenario = serializers.ChoiceField(Scenario.choices)


class AdvanceSerializer(StrictSerializer):
    """By how many days the clock is set forward."""

    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS)


class ScenarioSerializer(serializers.ModelSerializer[ScenarioRun]):
    """A scenario, its clock, and the objects that it made so far."""

    clock = Utc(source="clock_at", read_only=True)
    played = serializers.SerializerMethodField()
    ahead = serializers.SerializerMethodField()
    lead = serializers.UUIDField(source="lead.ref", default=None, read_only=True)
    application = serializers.UUIDField(source="application_ref", read_only=True)
    statement = serializers.SerializerMethodField()
    created_at = Utc(read_only=True)

    class Meta:
        model = ScenarioRun
        fields = ["ref", "scenario", "clock", "played", "ahead", "lead", "application"]
        fields += ["statement", "version", "created_at"]
        read_only_fields = fields

    def get_played(self, run: ScenarioRun) -> list[str]:
        return [step.key for step in PLANS[run.scenario][: run.played]]

    def get_ahead(self, run: ScenarioRun) -> list[dict[str, Any]]:
        """What comes, and when by the clock of the scenario."""
        return [{"step": key, "at": _told(when)} for key, when in ahead_of(run)]

    def get_statement(self, run: ScenarioRun) -> str | None:
        """Only once it is released: until then it does not exist for an institution."""
        row = run.statement
        return str(row.ref) if row is not None and row.released_at else None


class ScenarioViewSet(mixins.ListModelMixin, Versioned):
    """Scenarios of the caller's institution; there are none outside a sandbox.

    Whoever keeps webhooks may play: a scenario exists to see what comes by them.
    """

    scopes = dict.fromkeys(("list", "create", "retrieve", "advance"), ApiScope.WEBHOOKS_WRITE)
    serializer_class = ScenarioSerializer
    ordering = ("-id",)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not is_playable():
            raise Http404

    def get_queryset(self) -> QuerySet[ScenarioRun]:
        mine: QuerySet[ScenarioRun] = ScenarioRun.objects.filter(
            partner=caller(self.request).partner
        )
        return mine.select_related("lead", "statement")

    def create(self, request: Request) -> Response:
        given = NewScenarioSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            made = begin_scenario(
                api_client=caller(request), at=clock.now(), **given.validated_data
            )
        except UnableToPlay as error:
            raise problem_of(error) from error
        return self.answer(made, status.HTTP_201_CREATED)

    def advance(self, request: Request, ref: UUID) -> Response:
        """Set the clock forward and play what is due."""
        run = self.own(ref)
        given = AdvanceSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            done = advance(run=run, days=given.validated_data["days"], at=clock.now())
        except UnableToPlay as error:
            raise problem_of(error) from error
        return self.answer(done, status.HTTP_200_OK)

    def answer(self, run: ScenarioRun, code: int) -> Response:
        read = self.get_queryset().get(pk=run.pk)
        return Response(self.get_serializer(read).data, code, headers={"ETag": self.tag(read)})


def _told(when: datetime) -> str:
    said: str = Utc().to_representation(when)
    return said
