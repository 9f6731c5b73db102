"""Error pages that help: what happened, what to do, a reference, a way back.

They ask neither database nor session nor context processors, so that they stand when those fail.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import translation
from django.views.decorators.csrf import requires_csrf_token

from brokerage.core import context

View = Callable[..., HttpResponse]

LATER = 60  # seconds, where a refusal for haste says no time of its own
PAUSE = 5  # seconds, until the database is asked again


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what the browser sent cannot be understood."""
    if context.current().channel == "api":
        return _problem(request, "malformed-body")
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but not for this."""
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page; the same words for a page of somebody else."""
    return _page(request, 404)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: too often. A limit may set `request.retry_after` (seconds)."""
    seconds = max(1, int(getattr(request, "retry_after", LATER)))
    response = _page(request, 429, {"minutes": -(-seconds // 60), "seconds": seconds})
    response["Retry-After"] = str(seconds)
    return response


def wait(seconds: int) -> Callable[[View], View]:
    """A decorator for pages whose limit counts over `seconds`: their 429 says to wait so long."""

    def decorate(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.retry_after = seconds  # type: ignore[attr-defined]  # kept with the request
            return view(request, *args, **kwargs)

        return limited

    return decorate


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; the reference leads us to the log. 503 while the database is away."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    if context.current().channel == "api":
        return _problem(request, "unavailable" if away else "internal-error")
    return unavailable(request) if away else _page(request, 500)


def unavailable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """503: a part that we need does not answer."""
    response = _page(request, 503)
    response["Retry-After"] = str(PAUSE)
    return response


def expired_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or old: the session ended, or cookies are off."""
    return _page(request, 403, template="403_csrf.html")


def _problem(request: HttpRequest, code: str) -> HttpResponse:
    """What the API answers where its own views were never reached."""
    from brokerage.core.api.problems import Problem, problem_response

    headers = {"Retry-After": str(PAUSE)} if code == "unavailable" else {}
    return problem_response(Problem(code, headers=headers), request)


def _page(
    request: HttpRequest, status: int, more: dict[str, Any] | None = None, *, template: str = ""
) -> HttpResponse:
    chinese = (translation.get_language() or "zh").startswith("zh")
    values = {
        "status": status,
        "request_id": context.current().request_id,
        "chinese": chinese,
        "theme": _theme(request),
        "again": request.path if request.method == "GET" else "/",
        **(more or {}),
    }
    body = loader.get_template(template or f"{status}.html").render(values)
    response = HttpResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _theme(request: HttpRequest) -> str:
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in ("light", "dark") else ""
