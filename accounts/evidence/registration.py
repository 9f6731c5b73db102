"""What the evidence puts into the registries of the foundation when the app starts."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.utils.translation import gettext_lazy as _

from accounts.evidence import dated, events
from accounts.evidence.states import CheckKind, CheckResult
from accounts.gateways.checks import check_counterparties
from accounts.models.pins import PinKind
from brokerage.core import data_export
from brokerage.core.data_export import Person
from brokerage.journal.timeline import register_kind


def register() -> None:
    """Called once when the app is ready."""
    dated.register()
    checks.register(check_counterparties)
    _label_events()
    data_export.register(
        "outside_checks",
        title=_("What we asked others about you"),
        collect=_checks,
        order=55,
        covers=("accounts.OutsideCheck",),
    )
    data_export.exempt("accounts.Pin", "a keyed hash that nobody can read, also not its owner")


def _label_events() -> None:
    kinds = {"of_kind": CheckKind}
    register_kind(
        events.CheckRequested,
        _("A question to a counterparty was written down: {of_kind}"),
        words=kinds,
    )
    register_kind(
        events.CheckAnswered,
        _("A counterparty answered: {of_kind}, {result}"),
        words={**kinds, "result": CheckResult},
    )
    register_kind(
        events.CheckUnanswered, _("A counterparty did not answer: {of_kind}"), words=kinds
    )
    register_kind(
        events.LateAnswerIgnored,
        _("A late answer changed nothing: {of_kind}, {result}"),
        words={**kinds, "result": CheckResult},
    )
    register_kind(
        events.PinsSet,
        _("You set your trading and fund passwords"),
        icon="lock",
        public=True,
        staff=_("The customer set trading and fund passwords"),
    )
    register_kind(
        events.PinsPaused,
        _("A password was wrong too often: {of_kind}"),
        words={"of_kind": PinKind},
        public=True,
    )


def _checks(person: Person) -> list[dict[str, Any]]:
    from accounts.models import OutsideCheck

    rows = OutsideCheck.objects.filter(application__customer__ref=person.customer)
    return [
        {
            "application": str(row.application.ref),
            "kind": row.get_kind_display(),
            "asked_with": row.asks,
            "asked_at": row.created_at.isoformat(),
            "result": row.get_result_display() if row.result else "",
            "answered_at": row.ended_at.isoformat() if row.ended_at else None,
        }
        for row in rows.select_related("application").order_by("pk")
    ]
