"""Who calls: a bearer token leads to a living credential, or to nobody."""

from __future__ import annotations

import re

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from brokerage.core import clock
from brokerage.core.api.catalogue import declare
from brokerage.core.api.problems import Problem
from brokerage.core.clock import business_date
from brokerage.core.middleware import client_address
from partners.models import ApiClient, Credential
from partners.written import CREDENTIAL, TOKEN

declare(
    "address-not-allowed",
    403,
    _("This client may not call from here"),
    _("The client has a list of addresses. Ask your contact to add the one that you call from."),
)
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
        view = (request.parser_context or {}).get("view")
        late = getattr(view, "after_the_end", False)
        credential = _credential(token, late=late) if token else None
        if token is None or credential is None:
            raise AuthenticationFailed
        if not credential.api_client.may_call_from(client_address(request._request)):
            raise Problem("address-not-allowed")
        return credential.api_client, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _token(value: str) -> Token | None:
    return TOKEN.first(word=get_adapter().hash_token(value), at=timezone.now())


def _credential(token: Token, *, late: bool) -> Credential | None:
    """The credential that `token` was given to, or None; `late`: also where statements alone are
    open to its institution."""
    at = clock.now()
    found = CREDENTIAL.first(word=token.client_id, at=at, day=business_date(at))
    if found is None and late:
        rows = Credential.objects.reading_statements(at).filter(oauth_client_id=token.client_id)
        found = rows.select_related("api_client__partner").first()
    if found is None:
        return None
    # A scope that was taken from client or contract is gone from its tokens too.
    found.api_client.granted = found.scopes
    found.api_client.calls = found.calls
    return found if set(token.get_scopes()) <= set(found.scopes) else None
