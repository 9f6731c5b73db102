"""The token endpoint and what a token is worth: limits, rotation with overlap, suspension."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Client as OAuthClient
from allauth.idp.oidc.models import Token
from django.db import IntegrityError, transaction
from django.test import Client

from brokerage.core import clock
from brokerage.core.api.limits import Limit
from brokerage.journal.models import Entry
from brokerage.reference.periods import Period
from partners.api import tokens
from partners.models import Contract, Credential
from partners.states import ApiScope, PartnerStatus
from partners.tasks import purge_tokens
from partners.use_cases import (
    UnableToIssue,
    rotate_secret,
    set_partner_status,
    suspend_client,
)
from tests.partners.factories import (
    ACTOR,
    Api,
    a_client,
    a_partner,
    a_statement,
    basic,
    token_for,
)

pytestmark = pytest.mark.django_db
GRANT = {"grant_type": "client_credentials"}


def ask(secret, form=None, **headers):
    header = {"Authorization": basic(secret.client_id, secret.client_secret)} | headers
    return Client().post("/api/v1/oauth/token", GRANT | (form or {}), headers=header)


def test_a_client_gets_a_token_of_ten_minutes_with_its_scopes():
    _client, secret = a_client(scopes=[ApiScope.APPLICATIONS_READ])
    answer = ask(secret)
    body = answer.json()
    assert answer.status_code == 200
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
    assert body["scope"] == "applications:read"
    assert answer.headers["Cache-Control"] == "no-store"
    assert Api(body["access_token"]).get("me").json()["scopes"] == ["applications:read"]


def test_id_and_secret_may_come_in_the_form():
    _client, secret = a_client()
    form = GRANT | {"client_id": secret.client_id, "client_secret": secret.client_secret}
    assert Client().post("/api/v1/oauth/token", form).status_code == 200


def test_neither_token_nor_secret_is_kept_in_plain_text():
    _client, secret = a_client()
    token = token_for(secret)
    assert not Token.objects.filter(hash__contains=token).exists()
    assert secret.client_secret not in OAuthClient.objects.get().secret
    assert secret.client_secret not in repr(secret)
    for entry in Entry.objects.all():
        assert secret.client_secret not in f"{entry.payload}"


def test_a_token_may_have_fewer_scopes_and_never_more():
    _client, secret = a_client(scopes=[ApiScope.APPLICATIONS_READ])
    assert ask(secret, {"scope": "applications:read"}).status_code == 200
    answer = ask(secret, {"scope": "entries:write"})
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_scope"})


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, "unsupported_grant_type"),
        ({"resource": "https://elsewhere.example/"}, "invalid_target"),
        ({"resource": "\x00//["}, "invalid_target"),
        ({"grant_type": ["client_credentials", "password"]}, "invalid_request"),
        ({"client_secret": "x"}, "invalid_request"),
    ],
)
def test_another_request_is_refused_in_the_words_of_oauth(form, error):
    _client, secret = a_client()
    answer = ask(secret, form)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


@pytest.mark.parametrize(
    "header",
    [
        "Basic !!!",
        "Basic " + "QQ==",
        "Bearer x",
        basic("0" * 32, "x"),
        basic("\x00" * 32, "x"),
        basic("x", "y"),
        "Basic /w==",
    ],
)
def test_who_cannot_prove_who_they_are_gets_401(header):
    a_client()
    answer = Client().post("/api/v1/oauth/token", GRANT, headers={"Authorization": header})
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_wrong_secret_gets_401():
    _client, secret = a_client()
    answer = ask(secret, Authorization=basic(secret.client_id, "wrong"))
    assert answer.status_code == 401


def test_a_form_that_cannot_be_read_is_a_problem_document():
    large = Client().post("/api/v1/oauth/token", {**GRANT, "x": "a" * 70_000})
    broken = Client().post(
        "/api/v1/oauth/token", b"--x", content_type="multipart/form-data; boundary=é"
    )
    for answer, status in ((large, 413), (broken, 400)):
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_limits_are_told_with_every_answer():
    _client, secret = a_client()
    given, refused = ask(secret), ask(secret, Authorization=basic(secret.client_id, "wrong"))
    assert (given.status_code, refused.status_code) == (200, 401)
    for answer in (given, refused):
        assert '"token-address"' in answer.headers["RateLimit"]
        assert '"token-client";q=20;w=60' in answer.headers["RateLimit-Policy"]


def test_only_post_gives_tokens():
    answer = Client().get("/api/v1/oauth/token")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_guessing_a_secret_stops_before_its_slow_hash(monkeypatch):
    monkeypatch.setattr(tokens, "BY_CREDENTIAL", Limit("token-client", 2, 3600))
    _client, secret = a_client()
    wrong = basic(secret.client_id, "wrong")
    answers = [ask(secret, Authorization=wrong).status_code for _ in range(3)]
    assert answers == [401, 401, 429]


def test_secrets_rotate_with_overlap():
    client, old = a_client()
    old_token = token_for(old)
    new = rotate_secret(api_client=client, actor=ACTOR, at=clock.now(), overlap=timedelta(hours=1))
    assert Api(old_token).get("me").status_code == 200
    assert Api(token_for(old)).get("me").json()["ref"] == str(client.ref)
    assert Api(token_for(new)).get("me").json()["ref"] == str(client.ref)

    Credential.objects.filter(oauth_client_id=old.client_id).update(retires_at=clock.now())
    assert ask(old).status_code == 401
    assert Api(old_token).get("me").status_code == 401
    assert Api(token_for(new)).get("me").status_code == 200


def test_there_are_two_secrets_at_most_and_retired_ones_make_room():
    client, first = a_client()
    at = clock.now()
    rotate_secret(api_client=client, actor=ACTOR, at=at, overlap=timedelta(hours=1))
    with pytest.raises(UnableToIssue):
        rotate_secret(api_client=client, actor=ACTOR, at=at)
    rotate_secret(api_client=client, actor=ACTOR, at=at + timedelta(hours=2))
    assert client.credentials.count() == 2
    assert not OAuthClient.objects.filter(pk=first.client_id).exists()


def test_the_database_allows_two_secrets_at_most():
    client, secret = a_client()
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.create(
            api_client=client,
            oauth_client=OAuthClient.objects.create(name="third"),
            slot=3,
            made_at=clock.now(),
        )
    assert client.credentials.get().oauth_client_id == secret.client_id


def test_a_suspended_client_is_out_at_once():
    client, secret = a_client()
    api = Api(token_for(secret))
    suspend_client(api_client=client, actor=ACTOR, at=clock.now())
    assert api.get("me").status_code == 401
    assert ask(secret).status_code == 401
    with pytest.raises(UnableToIssue):
        rotate_secret(api_client=client, actor=ACTOR, at=clock.now())


def test_a_suspended_partner_is_out_at_once_and_in_again_when_taken_back():
    partner = a_partner()
    _client, secret = a_client(partner)
    api = Api(token_for(secret))
    set_partner_status(
        partner=partner, status=PartnerStatus.SUSPENDED, actor=ACTOR, at=clock.now()
    )
    assert api.get("me").status_code == 401
    assert ask(secret).status_code == 401
    set_partner_status(partner=partner, status=PartnerStatus.ACTIVE, actor=ACTOR, at=clock.now())
    assert api.get("me").status_code == 200


def test_a_scope_that_was_taken_away_is_gone_from_its_tokens():
    client, secret = a_client()
    api = Api(token_for(secret))
    client.scopes = [ApiScope.APPLICATIONS_READ.value]
    client.save()
    assert api.get("entries").status_code == 401


def test_an_expired_token_is_nothing_and_is_forgotten():
    _client, secret = a_client()
    api = Api(token_for(secret))
    Token.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert api.get("me").status_code == 401
    purge_tokens(timestamp=int(clock.now().timestamp()))
    assert not Token.objects.exists()


class TestAfterTheLastContract:
    """An institution that works with us no longer reads what it was paid, and nothing else."""

    def ended(self, days):
        """An institution with a released statement whose contract ended so many days ago."""
        partner = a_partner()
        statement = a_statement(partner, released=True)
        _client, secret = a_client(partner)
        before = token_for(secret)
        partner.contracts.update(valid_to=clock.today() - timedelta(days=days))
        return partner, secret, statement, before

    def test_it_reads_its_statements_with_a_token_for_them_alone(self):
        _partner, secret, statement, before = self.ended(1)
        body = ask(secret).json()
        assert body["scope"] == "statements:write"
        api = Api(body["access_token"])
        assert [row["ref"] for row in api.get("statements").json()["data"]] == [str(statement.ref)]
        assert api.get(f"statements/{statement.ref}").status_code == 200
        assert api.get(f"statements/{statement.ref}/lines").json()["data"]
        assert api.get("disputes").json()["data"] == []
        for path in ("me", "events", "outlets", "leads", "remarks"):
            assert api.get(path).status_code == 401, path
        assert Api(before).get("statements").status_code == 401
        assert ask(secret, {"scope": "leads:write"}).json() == {"error": "invalid_scope"}

    def test_it_reads_none_of_another_and_nothing_that_is_not_released(self):
        _partner, secret, _statement, _before = self.ended(1)
        other = a_statement(a_partner("别家"), released=True)
        api = Api(token_for(secret))
        assert api.get(f"statements/{other.ref}").status_code == 404
        assert len(api.get("statements").json()["data"]) == 1

    def test_the_time_is_dated_and_ends(self):
        today = clock.today()
        first_day_without = Period.parse("P6M").before(today)
        _partner, secret, statement, _before = self.ended((today - first_day_without).days - 1)
        api = Api(token_for(secret))
        assert api.get(f"statements/{statement.ref}").status_code == 200
        Contract.objects.update(valid_to=first_day_without)
        assert api.get(f"statements/{statement.ref}").status_code == 401
        assert ask(secret).json() == {"error": "invalid_client"}

    @pytest.mark.parametrize("how", ["partner", "client"])
    def test_a_suspension_closes_that_too(self, how):
        partner, secret, statement, _before = self.ended(1)
        api = Api(token_for(secret))
        if how == "client":
            client = partner.clients.get()
            suspend_client(api_client=client, actor=ACTOR, at=clock.now())
        else:
            suspended = PartnerStatus.SUSPENDED
            set_partner_status(partner=partner, status=suspended, actor=ACTOR, at=clock.now())
        assert api.get(f"statements/{statement.ref}").status_code == 401

    def test_an_institution_that_never_had_a_contract_reads_nothing(self):
        _client, secret = a_client(a_partner(contract=False))
        assert ask(secret).status_code == 401
