"""The token endpoint: OAuth 2.0 client credentials (RFC 6749 §4.4), tokens of ten minutes.

Clients and tokens are the rows of allauth's provider. Its view serves many more grants, through
`requests` and several layers; the one grant we offer is shorter written out than fenced in.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote_plus

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from brokerage.core import clock
from brokerage.core.api import limits
from brokerage.core.api.parsing import MAX_BYTES
from brokerage.core.api.problems import Problem, problem_response
from brokerage.core.middleware import client_address, network_of
from partners.models import Credential
from partners.rate_windows import count

CLIENT_ID = re.compile(r"[0-9a-f]{32}")
BASIC = re.compile(r"[Bb]asic ([A-Za-z0-9+/]+=*)")
BY_ADDRESS = limits.Limit("token-address", 60)
BY_CREDENTIAL = limits.Limit("token-client", 20)
"""Tries a minute. A token lives ten minutes, so an honest program needs one; each try costs a slow
hash, so these protect the machine and are no figures of a contract."""


class Refused(Exception):
    """An error of RFC 6749 §5.2."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.status = error, status


@dataclass(frozen=True)
class Proof:
    """Id and secret as the caller sent them."""

    client_id: str
    client_secret: str


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """Give a token to a living credential. Limits come before the slow hash of the secret."""
    if request.method != "POST":
        response = problem_response(Problem("method-not-allowed"), request)
        response["Allow"] = "POST"
        return response
    spent: list[limits.Spent] = []
    try:
        _spend(BY_ADDRESS, network_of(client_address(request)), spent)
        response = _answer(issue(request, spent))
    except Problem as problem:
        response = problem_response(problem, request)
    except Refused as refusal:
        response = _answer({"error": refusal.error}, refusal.status)
        if refusal.status == 401:
            response["WWW-Authenticate"] = 'Basic realm="api"'
    for name, value in limits.headers(spent).items():
        response[name] = value
    return response


def issue(request: HttpRequest, spent: list[limits.Spent]) -> dict[str, object]:
    """Check the request and make a token.

    Args:
        spent: the limits that this request was counted against; its own are added.

    Raises:
        Refused: in the words of RFC 6749.
        Problem: when too many tries were made.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
        raise Problem("body-too-large")
    if any(len(values) > 1 for _name, values in request.POST.lists()):
        raise Refused("invalid_request")
    proof = proof_of(request)
    if request.POST.get("grant_type") != Client.GrantType.CLIENT_CREDENTIALS:
        raise Refused("unsupported_grant_type")
    if request.POST.get("resource", audience(request)) != audience(request):
        raise Refused("invalid_target")
    # With the network: whoever knows the id alone locks nobody out from elsewhere.
    network = network_of(client_address(request))
    _spend(BY_CREDENTIAL, f"{proof.client_id} {network}", spent)
    credential = _credential_of(proof.client_id)
    if credential is None or not credential.oauth_client.check_secret(proof.client_secret):
        raise Refused("invalid_client", 401)
    if not credential.api_client.may_call_from(client_address(request)):
        raise Problem("address-not-allowed")
    scopes = granted(request.POST.get("scope", ""), credential.scopes)
    value = secrets.token_urlsafe(32)
    seconds: int = settings.IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN
    row = Token(
        type=Token.Type.ACCESS_TOKEN,
        hash=get_adapter().hash_token(value),
        client=credential.oauth_client,
        # The library's clock, because its query set compares with it.
        expires_at=timezone.now() + timedelta(seconds=seconds),
    )
    row.set_scopes(scopes)
    row.save()
    return {
        "access_token": value,
        "token_type": "Bearer",
        "expires_in": seconds,
        "scope": " ".join(scopes),
    }


def _credential_of(client_id: str) -> Credential | None:
    """The living credential, or that of an institution that may still read its statements."""
    at = clock.now()
    for rows in (Credential.objects.living, Credential.objects.reading_statements):
        mine = rows(at).select_related("oauth_client", "api_client")
        if found := mine.filter(oauth_client_id=client_id).first():
            return found
    return None


def audience(request: HttpRequest) -> str:
    """The one resource that our tokens are for (RFC 8707)."""
    return request.build_absolute_uri("/api/")


def granted(asked: str, held: list[str]) -> list[str]:
    """The scopes of the new token: those asked for, or all that the client holds.

    Raises:
        Refused: when one is asked for that the client does not hold.
    """
    wanted = asked.split()
    if not set(wanted) <= set(held):
        raise Refused("invalid_scope")
    return wanted or list(held)


def proof_of(request: HttpRequest) -> Proof:
    """Id and secret from the Authorization header or the form, never from both.

    Raises:
        Refused: when they are missing, malformed or given twice.
    """
    header = request.headers.get("Authorization", "")
    posted = Proof(request.POST.get("client_id", ""), request.POST.get("client_secret", ""))
    if header and posted.client_secret:
        raise Refused("invalid_request")
    proof = _basic(header) if header else posted
    if not CLIENT_ID.fullmatch(proof.client_id) or not 0 < len(proof.client_secret) <= 200:
        raise Refused("invalid_client", 401)
    return proof


def _basic(header: str) -> Proof:
    given = BASIC.fullmatch(header)
    try:
        pair = base64.b64decode(given.group(1), validate=True).decode() if given else ""
    except (binascii.Error, UnicodeDecodeError):
        pair = ""
    name, _colon, secret = pair.partition(":")
    return Proof(unquote_plus(name), unquote_plus(secret))


def _spend(limit: limits.Limit, key: str, spent: list[limits.Spent]) -> None:
    """Count one try, and note it in `spent`; raises Problem(rate-limited)."""
    spent.append(limits.spend(limit, key, at=clock.now(), count=count))
    limits.refuse_if_spent(spent[-1])


def _answer(body: dict[str, object], status: int = 200) -> JsonResponse:
    response = JsonResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    return response
