"""What the institutions of the demonstration do: campaigns, leads in several stages, a webhook."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from branches.models import OrgUnit
from brokerage.demo.network import BUILDER
from partners.models import ApiClient, Campaign, Partner
from partners.states import LeadStatus, WebhookStatus
from partners.use_cases.campaigns import make_campaign
from partners.use_cases.leads import move_lead, take_lead
from partners.use_cases.webhooks import add_webhook, set_webhook_status

FILE = Path(__file__).parent / "data" / "partner_life.yaml"
TEXT = "本人同意婺江银行将姓名和手机号提供给贵司，用于联系开户事宜。"


def build_partner_life(first: Partner, client: ApiClient, *, at: datetime) -> int:
    """Make it once; returns how many rows.

    Args:
        first: the institution of the first row, whose program `client` is.
    """
    if Campaign.objects.exists():
        return 0
    plan = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for row in plan["campaigns"]:
        _campaign(row, at)
    for number, row in enumerate(plan["leads"], start=1):
        _lead(number, row, client, at)
    hook = add_webhook(
        partner=first, url="https://hooks.wujiang.example/broker", kinds=[], actor=BUILDER, at=at
    )
    set_webhook_status(
        endpoint=hook,
        status=WebhookStatus.DISABLED,
        actor=BUILDER,
        at=at,
        reason="演示环境不向外推送",
    )
    return len(plan["campaigns"]) + len(plan["leads"]) + 1


def _campaign(row: dict[str, Any], at: datetime) -> None:
    make_campaign(
        partner=Partner.objects.get(name_zh=row["partner"]),
        partner_reference=row["reference"],
        name=row["name"],
        unit=OrgUnit.objects.get(code=row["outlet"]),
        ends_at=at + timedelta(days=row["days"]),
        actor=BUILDER,
        at=at,
    )


def _lead(number: int, row: dict[str, Any], client: ApiClient, at: datetime) -> None:
    came = at - timedelta(days=row["days"])
    lead = take_lead(
        api_client=client,
        partner_reference=f"WJ-{number:04}",
        name=row["name"],
        phone=row["phone"],
        consented_at=came - timedelta(hours=2),
        consent_reference=f"WJ-CONSENT-{number:04}",
        consent_sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
        unit=OrgUnit.objects.get(code=row["outlet"]),
        at=came,
    )
    for step in row.get("then", []):
        move_lead(
            lead=lead,
            status=LeadStatus(step),
            end_reason=row["why"] if step == LeadStatus.CLOSED else "",
            actor=BUILDER,
            at=min(at, came + timedelta(days=1)),
        )
