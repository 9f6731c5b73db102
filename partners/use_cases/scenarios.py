"""The sandbox plays what takes weeks, by a clock that the institution advances.

Who plays customers and staff is a setting (`SCENARIO_PLAYER`); without it there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from brokerage.core.locking import lock_row
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from partners.events import ScenarioPlayed
from partners.models import ApiClient, ScenarioRun
from partners.states import ApiScope, Scenario

Player = Callable[[ScenarioRun, str, datetime], None]


class UnableToPlay(RefusedByField):
    """The scenario cannot be played so; `errors` gives the translated messages by field."""


@dataclass(frozen=True)
class Planned:
    """One step, so many days after the clock began."""

    day: int
    key: str


MARGIN = timedelta(days=3)
"""Before the present: what counterparties answer after the last step has its time too."""
ARRIVES = (Planned(0, "recommend"), Planned(1, "begin"), Planned(2, "send"))
PLANS: dict[str, tuple[Planned, ...]] = {
    Scenario.LEAD_BECOMES_ACCOUNT: (*ARRIVES, Planned(3, "approve"), Planned(5, "open")),
    Scenario.RFI: (*ARRIVES, Planned(3, "ask"), Planned(5, "answer"), Planned(6, "approve")),
    Scenario.DECLINE: (*ARRIVES, Planned(3, "decline")),
    Scenario.EXPIRY: (*ARRIVES[:2], Planned(62, "expire")),
    Scenario.STATEMENT: (Planned(0, "reckon"), Planned(1, "release")),
}


def is_playable() -> bool:
    """Whether this deployment plays scenarios at all."""
    return bool(settings.SANDBOX and settings.SCENARIO_PLAYER)


def ahead_of(run: ScenarioRun) -> list[tuple[str, datetime]]:
    """The steps that were not played yet, each with the instant of its clock."""
    steps = PLANS[run.scenario][run.played :]
    return [(step.key, run.began_at + timedelta(days=step.day)) for step in steps]


@transaction.atomic
def begin_scenario(*, api_client: ApiClient, scenario: str, at: datetime) -> ScenarioRun:
    """Begin a scenario; its first step is played at once.

    Raises:
        UnableToPlay: where the client may not send leads, or the first step cannot be.
    """
    plan = PLANS[scenario]
    sends = plan[0].key == "recommend"
    if sends and ApiScope.LEADS_WRITE not in api_client.granted:
        raise UnableToPlay(
            {"scenario": [_("It begins with a lead; this client may not send any.")]}
        )
    began = at - timedelta(days=plan[-1].day) - MARGIN
    run = ScenarioRun.objects.create(
        partner=api_client.partner,
        api_client=api_client,
        scenario=scenario,
        began_at=began,
        clock_at=began,
        created_at=at,
    )
    return _play_due(run)


@transaction.atomic
def advance(*, run: ScenarioRun, days: int, at: datetime) -> ScenarioRun:
    """Set the clock of a scenario forward, at most to the present, and play what is due.

    Raises:
        UnableToPlay: when all of it was played, or a step cannot be.
    """
    row = lock_row(ScenarioRun, run.pk, "partner", "api_client__partner", "lead")
    if not ahead_of(row):
        raise UnableToPlay({"__all__": [_("All of it was played. Begin another one.")]})
    row.clock_at = min(row.clock_at + timedelta(days=days), at)
    row.version += 1
    return _play_due(row)


def _play_due(run: ScenarioRun) -> ScenarioRun:
    play: Player = import_string(settings.SCENARIO_PLAYER)
    for key, when in _due(run):
        play(run, key, when)
        run.played += 1
        record(
            ScenarioPlayed(subject=run.ref, partner=run.partner.ref, step=key),
            actor=Actor.client(run.api_client),
            at=when,
        )
    run.save()
    return run


def _due(run: ScenarioRun) -> Iterable[tuple[str, datetime]]:
    return [(key, when) for key, when in ahead_of(run) if when <= run.clock_at]
