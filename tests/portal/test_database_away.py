"""While the database is away, pages and API say so, when to come back, and nothing else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from tests.users.factories import make_customer_user, sign_in

SECRETS = (b"portal_db", b"10.0.0.7", b"PoolTimeout", b"Traceback", b"couldn")
FAULTS = [
    PoolTimeout("couldn't get a connection after 4.00 sec"),
    OperationalError("connection to 10.0.0.7 failed: password of portal_db"),
]


@pytest.fixture(params=FAULTS, ids=["pool", "closed"])
def away(request, transactional_db, client, monkeypatch):
    """A signed-in browser that meets a database which does not answer any more."""
    client.raise_request_exception = False
    sign_in(client, make_customer_user())
    connection.close()

    def connect() -> None:
        raise request.param

    with monkeypatch.context() as patch:  # ends before the clean-up of the tables
        patch.setattr(connection, "connect", connect)
        yield client


@pytest.mark.parametrize("path", ["/", "/messages/", "/me/", "/account/security/", "/open/"])
def test_a_page_says_that_we_are_back_in_a_moment(away, path):
    answer = away.get(path, headers={"accept-language": "en"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert b"Back in a moment" in answer.content
    assert answer.headers["Cache-Control"] == "no-store"
    assert not [secret for secret in SECRETS if secret in answer.content]


def test_what_somebody_sent_is_not_lost_silently(away):
    answer = away.post("/open/", {"name": "张三"})
    assert answer.status_code == 503
    assert "张三" not in answer.content.decode()


def test_the_api_answers_with_a_problem_document(away):
    asked = [("get", "/api/v1/applications"), ("post", "/api/v1/oauth/token")]
    for method, path in asked:
        for caller in (away, Client(raise_request_exception=False)):
            answer = getattr(caller, method)(
                path,
                {"grant_type": "client_credentials", "client_id": "a", "client_secret": "b"},
                headers={"authorization": "Bearer x"},
            )
            assert answer.status_code == 503, path
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["retryable"] is True
            assert int(answer.headers["Retry-After"]) > 0
            assert not [secret for secret in SECRETS if secret in answer.content]


def test_a_visitor_still_finds_the_home(away):
    assert Client().get("/").status_code == 200
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/readyz").status_code == 503
