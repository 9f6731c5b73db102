"""Institutions and callers for tests."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from branches.use_cases.entry_codes import make_institution_code
from brokerage.core import clock
from brokerage.journal.actors import Actor
from partners.models import ApiClient, EntryLink, Partner
from partners.states import ApiScope, PartnerKind
from partners.use_cases import Secret, make_client

ACTOR = Actor.system("tests")
ALL = tuple(ApiScope)


def a_partner(name: str = "示例银行", **values: Any) -> Partner:
    """An active institution."""
    return Partner.objects.create(
        name_zh=name,
        name_en=values.pop("name_en", f"Example Bank {name}"),
        kind=values.pop("kind", PartnerKind.BANK),
        **values,
    )


def a_client(
    partner: Partner | None = None,
    scopes: Sequence[ApiScope] = ALL,
    *,
    name: str = "core",
    at: datetime | None = None,
) -> tuple[ApiClient, Secret]:
    """A client with its first secret."""
    return make_client(
        partner=partner or a_partner(),
        name=name,
        scopes=scopes,
        actor=ACTOR,
        at=at or clock.now(),
    )


def basic(client_id: str, secret: str) -> str:
    """An Authorization header."""
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def token_for(secret: Secret, **form: str) -> str:
    """An access token from the token endpoint."""
    response = Client().post(
        "/api/v1/oauth/token",
        {"grant_type": "client_credentials", **form},
        headers={"Authorization": basic(secret.client_id, secret.client_secret)},
    )
    assert response.status_code == 200, response.content
    return str(response.json()["access_token"])


class Api:
    """A caller with a token, as a partner's program is."""

    def __init__(self, token: str = "", language: str = "en") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Accept-Language": language}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", data, headers=self.headers | headers)

    def post(self, path: str, body: Any, key: str = "", **headers: str) -> Any:
        more = {"Idempotency-Key": key} if key else {}
        return self.client.post(
            f"/api/v1/{path}",
            body,
            content_type=headers.pop("content_type", "application/json"),
            headers=self.headers | more | headers,
        )


def an_api(partner: Partner | None = None, scopes: Sequence[ApiScope] = ALL) -> Api:
    """A caller of `partner` with all that `scopes` allow."""
    _client, secret = a_client(partner, scopes)
    return Api(token_for(secret))


def a_link(
    client: ApiClient | None = None,
    reference: str = "spring",
    *,
    at: datetime | None = None,
    days: int = 1,
) -> EntryLink:
    """A link of the client's institution that lives for `days`."""
    client = client or a_client()[0]
    at = at or clock.now()
    code = make_institution_code(
        institution=client.partner.ref, at=at, ends_at=at + timedelta(days=days)
    )
    return EntryLink.objects.create(
        ref=code.ref,
        code=code,
        partner=client.partner,
        api_client=client,
        partner_reference=reference,
        created_at=at,
    )
