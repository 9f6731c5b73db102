"""An institution of the demonstration, with a client whose secret lies beside the demonstration.

Real secrets are shown once and kept nowhere; this one opens made-up data in a sandbox only.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

from brokerage.demo.network import BUILDER
from partners.models import ApiClient, EntryLink, Partner
from partners.states import ApiScope, PartnerKind
from partners.use_cases import make_client, make_entry_link

NAME = "core-banking"


def credentials_file() -> Path:
    """Where the demonstration's client id and secret lie (mode 0600)."""
    return Path(settings.VAR_DIR) / "demo-partner.json"


def build_partners(*, at: datetime) -> int:
    """Make the institution and its client unless they are there; returns how many are new."""
    if Partner.objects.exists():
        return 0
    partner = Partner.objects.create(
        name_zh="婺江银行", name_en="Wujiang Bank", kind=PartnerKind.BANK, created_at=at
    )
    _client, secret = make_client(
        partner=partner, name=NAME, scopes=list(ApiScope), actor=BUILDER, at=at
    )
    content = {"client_id": secret.client_id, "client_secret": secret.client_secret}
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(credentials_file(), flags, 0o600), "w") as out:
        json.dump(content, out, indent=1)
    return 1


def entry_link(*, number: int, at: datetime) -> EntryLink:
    """A link of the institution by which customer `number` came."""
    client = ApiClient.objects.select_related("partner").get(name=NAME)
    return make_entry_link(api_client=client, partner_reference=f"demo-{number:03}", at=at)
