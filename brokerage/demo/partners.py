"""Institutions of the demonstration; the secret of one program lies beside the demonstration.

Real secrets are shown once and kept nowhere; this one opens made-up data in a sandbox only.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from branches.models import OrgUnit
from branches.states import Kind
from brokerage.backoffice.four_eyes import Decision, decide
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.demo.network import BUILDER
from brokerage.demo.partner_life import build_partner_life
from brokerage.demo.partner_money import build_partner_money
from brokerage.users.models import User
from partners.models import ApiClient, Contract, EntryLink, Partner, PartnerLicence
from partners.states import ApiScope, PartnerStatus
from partners.use_cases import (
    add_licence,
    enlist_partner,
    hand_over,
    make_client,
    make_entry_link,
    propose_contract,
    set_partner_status,
)

FILE = Path(__file__).parent / "data" / "partners.yaml"
SAID = ("number", "activities", "fee_basis", "data_clause", "opinion", "opinion_number")
NAME = "core-banking"


def credentials_file() -> Path:
    """Where the demonstration's client id and secret lie (mode 0600)."""
    return Path(settings.VAR_DIR) / "demo-partner.json"


def build_partners(*, at: datetime) -> int:
    """Make what is missing of institutions, contracts and their life; returns how many."""
    plan = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    new = sum(_institution(row, at) for row in plan)
    first = Partner.objects.get(name_zh=plan[0]["zh"])
    if not ApiClient.objects.filter(name=NAME).exists():
        _give_client(first, at)
    client = ApiClient.objects.get(name=NAME)
    new += build_partner_life(first, client, at=at)
    return new + build_partner_money(first, client, at=at)


def _institution(row: dict[str, Any], at: datetime) -> int:
    """One institution of partners.yaml with its licence and its contract."""
    manager = User.objects.filter(groups__name=Role.PARTNER_MANAGER).order_by("pk").first()
    checker = User.objects.filter(groups__name=Role.HEAD_OFFICE).order_by("pk").first()
    partner = Partner.objects.filter(name_zh=row["zh"]).first()
    if manager is None or checker is None or (partner and partner.contracts.exists()):
        return 0
    if partner is None:
        partner = enlist_partner(
            name_zh=row["zh"], name_en=row["en"], kind=row["kind"], actor=BUILDER, at=at
        )
    hand_over(partner=partner, manager=manager, actor=BUILDER, at=at)
    today = business_date(at)
    since = today - timedelta(days=200)
    paper = dict(zip(("title", "number", "issuer", "checked_in"), row["licence"], strict=True))
    licence = add_licence(
        partner=partner,
        maker=manager,
        valid_from=since,
        valid_to=today + timedelta(days=row["days"]),
        checked_on=since,
        at=at,
        **paper,
    )
    approved: dict[str, Any] = {"checker": checker, "decision": Decision.APPROVED, "at": at}
    decide(model=PartnerLicence, ref=licence.ref, **approved)
    contract = propose_contract(
        maker=manager,
        at=at,
        partner=partner,
        valid_from=since,
        valid_to=today + timedelta(days=row["days"]),
        outlet=OrgUnit.objects.filter(kind=Kind.OUTLET).order_by("code").first(),
        fee_yuan=Decimal(row["fee"]) if row["fee"] else None,
        **{name: row[name] for name in SAID},
    )
    if row.get("waits"):
        return 1
    decide(model=Contract, ref=contract.ref, **approved)
    if row.get("suspended"):
        set_partner_status(
            partner=partner,
            status=PartnerStatus.SUSPENDED,
            actor=BUILDER,
            at=at,
            reason=row["suspended"],
        )
    return 1


def _give_client(partner: Partner, at: datetime) -> None:
    """The program whose secret lies beside the demonstration."""
    _client, secret = make_client(
        partner=partner, name=NAME, scopes=list(ApiScope), actor=BUILDER, at=at
    )
    content = {"client_id": secret.client_id, "client_secret": secret.client_secret}
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(credentials_file(), flags, 0o600), "w") as out:
        json.dump(content, out, indent=1)


def entry_link(*, number: int, at: datetime) -> EntryLink:
    """A link of the institution by which customer `number` came."""
    client = ApiClient.objects.select_related("partner").get(name=NAME)
    return make_entry_link(api_client=client, partner_reference=f"demo-{number:03}", at=at)
