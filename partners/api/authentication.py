"""Who calls: a bearer token leads to a living credential, or to nobody."""

from __future__ import annotations

import re

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from brokerage.core import clock
from partners.models import ApiClient, Credential

BEARER = re.compile(r"[Bb]earer ([A-Za-z0-9\-._~+/]+=*)")


class PartnerAuthentication(BaseAuthentication):
    """Opaque token of the token endpoint, in the Authorization header only.

    Each request asks anew whether token, credential, client and partner are alive, so that a
    suspension acts at once.
    """

    def authenticate(self, request: Request) -> tuple[ApiClient, Token] | None:
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        given = BEARER.fullmatch(header)
        token = _token(given.group(1)) if given else None
        credential = _credential(token) if token else None
        if token is None or credential is None:
            raise AuthenticationFailed
        return credential.api_client, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _token(value: str) -> Token | None:
    hashed = get_adapter().hash_token(value)
    rows = Token.objects.valid().filter(hash=hashed, type=Token.Type.ACCESS_TOKEN)
    return rows.filter(client__isnull=False).first()


def _credential(token: Token) -> Credential | None:
    rows = Credential.objects.living(clock.now()).filter(oauth_client_id=token.client_id)
    found = rows.select_related("api_client__partner").first()
    # A scope that was taken from the client is gone from its tokens too.
    if found and not set(token.get_scopes()) <= set(found.api_client.scopes):
        return None
    return found
