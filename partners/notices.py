"""What our own people and those of an institution are told about its webhooks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.urls import reverse

from brokerage.core.roles import Role
from brokerage.messaging import send
from brokerage.users.models import User
from partners.models import Operator, Partner, WebhookEndpoint


class Ended(StrEnum):
    """Why an endpoint was disabled."""

    FAILED = "failed"
    GONE = "gone"


WHY = {
    Ended.FAILED: {
        "zh-hans": "连续三天多没有一次推送成功",
        "en": "it took nothing for more than three days",
    },
    Ended.GONE: {
        "zh-hans": "接收方返回410，表示不再接收",
        "en": "the receiver answered 410, which says that it wants no more",
    },
}


def tell_of_disabled(*, endpoint: WebhookEndpoint, ended: Ended, at: datetime) -> None:
    """Tell those who look after an institution, and its operators by e-mail, of a disabled one."""
    mark = f"{endpoint.ref}:{endpoint.version}"
    given = {"partner": names_of(endpoint.partner), "why": WHY[ended]}
    link = reverse("admin:partners_webhookendpoint_change", args=[endpoint.ref])
    for person in lookers_after(endpoint.partner):
        _tell("partners.webhook_disabled", person, given | {"link": link}, mark, at)
    link = reverse("partners:webhook", args=[endpoint.ref])
    for person in operators_of(endpoint.partner, at):
        _tell("partners.own_webhook_disabled", person, {"why": WHY[ended], "link": link}, mark, at)


def tell_of_failing(*, endpoint: WebhookEndpoint, at: datetime) -> None:
    """Tell the operators once for each time that their receiver begins to fail."""
    assert endpoint.failing_since is not None
    mark = f"{endpoint.ref}:{int(endpoint.failing_since.timestamp())}"
    link = reverse("partners:webhook", args=[endpoint.ref])
    for person in operators_of(endpoint.partner, at):
        given = {"since": endpoint.failing_since.isoformat(), "link": link}
        _tell("partners.own_webhook_failing", person, given, mark, at)


def lookers_after(partner: Partner) -> Iterable[User]:
    """The manager of an institution; head office while it has none."""
    if partner.manager is not None:
        return [partner.manager]
    return User.objects.filter(groups__name=Role.HEAD_OFFICE, is_active=True).order_by("pk")


def operators_of(partner: Partner, at: datetime) -> Iterable[User]:
    """The log-ins of those who act for an institution at `at`."""
    rows = Operator.objects.acting(at).filter(partner=partner, user__isnull=False)
    return [row.user for row in rows.select_related("user").order_by("pk") if row.user]


def names_of(partner: Partner) -> dict[str, str]:
    """The name of an institution for a message, in each language."""
    return {"zh-hans": partner.name_zh, "en": partner.name_en}


def _tell(kind: str, person: User, context: dict[str, Any], mark: str, at: datetime) -> None:
    key = f"{kind}:{mark}:{person.ref}"
    send(kind=kind, user=person, context=context, at=at, dedupe_key=key)
