"""Default closed: an action without a declared scope is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:  # the framework imports this module while it builds APIView
    from rest_framework.views import APIView


class HasDeclaredScope(BasePermission):
    """The token must hold the scope that the view declares for the action.

    A view set declares `scopes = {"list": "applications:read"}`; the empty scope means that
    any valid token will do.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.auth is None:
            raise NotAuthenticated
        action = getattr(view, "action", None)
        if action in (None, "metadata"):  # a method that the address does not have
            raise MethodNotAllowed(request.method or "")
        scopes: dict[str, str] = getattr(view, "scopes", {})
        return action in scopes and holds(request.auth, scopes[str(action)])


def holds(token: Any, scope: str) -> bool:
    """Whether a token (with `get_scopes()`) was granted `scope`."""
    return not scope or scope in token.get_scopes()
