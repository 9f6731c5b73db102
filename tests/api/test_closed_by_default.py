"""Walks every address below /api/: whatever it does must be declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated
from rest_framework.test import APIRequestFactory

from brokerage.core.api.permissions import HasDeclaredScope
from brokerage.core.api.views import ApiViewSet
from brokerage.journal.api import IdempotentPosts
from partners.api.authentication import PartnerAuthentication
from partners.states import ApiScope

# Addresses without a token, each with its reason.
OPEN = {
    "api/v1/oauth/token": "gives the tokens",
    "api/problems/<slug:code>/": "explains problems to anybody",
    "api/<anything:rest>": "says that there is nothing",
}


def walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from walk(each.url_patterns, route)
        else:
            yield route, each


API = [
    (route, pattern)
    for route, pattern in walk(get_resolver().url_patterns)
    if route.startswith("api/") and route not in OPEN
]


def test_the_walk_finds_the_endpoints_and_every_open_address():
    routes = {route for route, _pattern in walk(get_resolver().url_patterns)}
    assert len(API) >= 4
    assert set(OPEN) <= routes


@pytest.mark.parametrize(("route", "pattern"), API, ids=[route for route, _pattern in API])
def test_every_action_declares_its_scope_and_its_limits(route, pattern):
    view = pattern.callback.cls
    assert issubclass(view, ApiViewSet)
    assert set(pattern.callback.actions.values()) <= set(view.scopes)
    assert set(view.scopes.values()) <= {"", *ApiScope.values}
    assert view.authentication_classes == [PartnerAuthentication]
    assert view.permission_classes == [HasDeclaredScope]
    assert view.address_limit
    assert view.client_limit


@pytest.mark.parametrize(("route", "pattern"), API, ids=[route for route, _pattern in API])
def test_every_post_needs_an_idempotency_key(route, pattern):
    if "post" in pattern.callback.actions:
        assert issubclass(pattern.callback.cls, IdempotentPosts)


def test_after_its_last_contract_an_institution_reads_and_disputes_statements_and_nothing_else():
    views: dict[str, Any] = {route: pattern.callback for route, pattern in API}
    late = {route: view for route, view in views.items() if view.cls.after_the_end}
    assert set(late) == {
        "api/v1/statements",
        "api/v1/statements/<uuid:ref>",
        "api/v1/statements/<uuid:ref>/lines",
        "api/v1/disputes",
        "api/v1/disputes/<uuid:ref>",
    }
    written = {route for route, view in late.items() if set(view.actions) - {"get", "head"}}
    assert written == {"api/v1/disputes"}


class Token:
    def get_scopes(self) -> list[str]:
        return ["a:read"]


class View:
    scopes = {"list": "a:read", "create": "a:write", "whoami": ""}

    def __init__(self, action: str | None) -> None:
        self.action = action


def asked(action: str | None, auth: Any = None) -> bool:
    request: Any = APIRequestFactory().get("/")
    request.auth = auth
    return HasDeclaredScope().has_permission(request, View(action))  # type: ignore[arg-type]


def test_the_permission_says_no_to_what_is_not_declared_or_not_granted():
    assert asked("list", Token()) is True
    assert asked("whoami", Token()) is True
    assert asked("create", Token()) is False
    assert asked("destroy", Token()) is False


def test_the_permission_asks_for_a_token_first_and_then_for_the_method():
    with pytest.raises(NotAuthenticated):
        asked("list")
    with pytest.raises(NotAuthenticated):
        asked(None)
    with pytest.raises(MethodNotAllowed):
        asked(None, Token())
