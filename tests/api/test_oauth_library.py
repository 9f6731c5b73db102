"""The token endpoint against an OAuth client that others wrote."""

from __future__ import annotations

from typing import Any

import pytest
from oauthlib.oauth2 import BackendApplicationClient
from oauthlib.oauth2.rfc6749.errors import InvalidClientError, InvalidScopeError
from requests_oauthlib import OAuth2Session

from partners.use_cases import Secret
from tests.partners.factories import a_client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of the tests speaks plain HTTP; the library refuses that otherwise."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


def token_of(session: OAuth2Session, url: str, secret: Secret, password: str = "") -> Any:
    return session.fetch_token(
        f"{url}/api/v1/oauth/token",
        client_id=secret.client_id,
        client_secret=password or secret.client_secret,
    )


def session_of(secret: Secret, *scopes: str) -> OAuth2Session:
    return OAuth2Session(
        client=BackendApplicationClient(client_id=secret.client_id, scope=list(scopes) or None)
    )


def test_the_library_gets_a_token_and_calls_with_it(live_server):
    _client, secret = a_client()
    session = session_of(secret, "outlets:read")
    token = token_of(session, live_server.url, secret)
    assert (token["token_type"], token["scope"]) == ("Bearer", ["outlets:read"])
    assert session.get(f"{live_server.url}/api/v1/outlets").status_code == 200
    refused = session.get(f"{live_server.url}/api/v1/leads")
    assert refused.status_code == 403
    assert refused.json()["code"]


def test_the_library_understands_our_refusals(live_server):
    _client, secret = a_client()
    with pytest.raises(InvalidClientError):
        token_of(session_of(secret), live_server.url, secret, password="wrong")
    with pytest.raises(InvalidScopeError):
        token_of(session_of(secret, "everything"), live_server.url, secret)
