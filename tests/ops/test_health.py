"""Health, readiness and metrics answer rightly and tell strangers nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError

from brokerage.core import views


def test_health_asks_no_database(client):
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_a_question_for_the_head_gets_the_length_and_no_body(rf):
    # through the application as a server calls it: the test client would drop a body itself
    headers: dict[str, str] = {}

    def start(status: str, sent: list[tuple[str, str]], *args: Any) -> Callable[[bytes], object]:
        headers.update(sent)
        return len

    body = get_wsgi_application()(rf.head("/healthz").environ, start)
    assert b"".join(body) == b""
    assert int(headers["Content-Length"]) == len(b'{"status": "ok"}')


@pytest.mark.django_db
def test_ready_when_database_and_schema_are_there(client):
    assert client.get("/readyz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_not_ready_while_migrations_are_pending(client, monkeypatch):
    monkeypatch.setattr(views, "_has_current_schema", lambda: False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert answer.json()["detail"] == "Migrations are pending: run manage.py migrate."


def test_not_ready_while_the_database_is_away(client, monkeypatch):
    def away():
        raise OperationalError("secret host")

    monkeypatch.setattr("brokerage.core.views.connection.cursor", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "secret" not in answer.content.decode()


@pytest.mark.django_db
def test_metrics_count_requests_by_route_and_name_no_path(client):
    client.get("/healthz?phone=13800138000")
    text = client.get("/metrics").content.decode()
    assert 'brokerage_requests_total{channel="portal",method="GET",route="healthz"' in text
    assert "13800138000" not in text


@pytest.mark.django_db
def test_metrics_are_hidden_from_other_machines(client):
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404


@pytest.mark.django_db
def test_metrics_ask_for_the_token_where_one_is_set(client, settings):
    settings.METRICS_TOKEN = "s3cret"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer s3cret"}).status_code == 200


def test_a_forged_request_id_is_replaced(client):
    given = "a" * 32
    assert client.get("/healthz", headers={"X-Request-Id": given})["X-Request-Id"] == given
    answer = client.get("/healthz", headers={"X-Request-Id": "evil\tid"})
    assert len(answer["X-Request-Id"]) == 32
