"""A deprecated action says in every answer since when, until when, and what comes instead."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from django.test import override_settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from brokerage.core.api.deprecation import Deprecation
from brokerage.core.api.problems import Problem
from brokerage.core.api.views import ApiViewSet

SINCE = datetime(2026, 7, 1, tzinfo=UTC)
SUNSET = datetime(2028, 7, 1, 12, 30, tzinfo=UTC)
OLD = Deprecation(since=SINCE, sunset=SUNSET, guide="/partner-api/")


class Token:
    def get_scopes(self) -> list[str]:
        return []


class Somebody(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, Any]:
        return object(), Token()


class Things(ApiViewSet):
    authentication_classes = [Somebody]
    scopes = {"list": "", "retrieve": "", "refuse": ""}
    deprecated = {"list": OLD, "refuse": OLD}

    def list(self, request: Request) -> Response:
        return Response([])

    def retrieve(self, request: Request) -> Response:
        return Response({})

    def refuse(self, request: Request) -> Response:
        raise Problem("not-found")


def answer_of(action: str) -> Any:
    request = APIRequestFactory().get("/old", headers={"host": "partner.example"})
    return Things.as_view({"get": action})(request)


@pytest.mark.parametrize(("action", "status"), [("list", 200), ("refuse", 404)])
@override_settings(ALLOWED_HOSTS=["partner.example"])
def test_every_answer_of_a_deprecated_action_says_so(action, status):
    answer = answer_of(action)
    assert answer.status_code == status
    # RFC 9745 §2.1: a date of structured fields, seconds since the epoch after an @.
    assert answer.headers["Deprecation"] == "@1782864000"
    # RFC 8594 §3: an HTTP-date.
    assert answer.headers["Sunset"] == "Sat, 01 Jul 2028 12:30:00 GMT"
    assert parsedate_to_datetime(answer.headers["Sunset"]) == SUNSET
    assert answer.headers["Link"] == (
        '<http://partner.example/partner-api/>; rel="deprecation"; type="text/html"'
    )


@override_settings(ALLOWED_HOSTS=["partner.example"])
def test_other_actions_say_nothing():
    answer = answer_of("retrieve")
    assert answer.status_code == 200
    assert not {"Deprecation", "Sunset", "Link"} & set(answer.headers)


@pytest.mark.parametrize(
    ("since", "sunset"),
    [(SUNSET, SINCE), (SINCE.replace(tzinfo=None), SUNSET), (SINCE, SUNSET.replace(tzinfo=None))],
)
def test_an_announcement_that_makes_no_sense_is_refused(since, sunset):
    with pytest.raises(ValueError, match=r"deprecat"):
        Deprecation(since=since, sunset=sunset, guide="/partner-api/")
