"""The next page in the answer to a form, instead of the address where it is (docs/in-place.md).

`static/portal/in_place.js` sends a form with the headers of htmx's boosted requests. Where the
view then redirects to a page that comes in place, that page is made at once within the same
request, with the session and the log-in that are there, and only of what changes from one page to
the next. Without the script everything is a redirect, as ever.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseRedirectBase
from django.urls import Resolver404, resolve
from django.utils.datastructures import MultiValueDict
from django_htmx.http import push_url

MARK = "comes_in_place"
HOPS = 3
"""Redirects that are followed within a request; a step leads to a page in one or two."""
SHOWN = (200, 409, 422, 429)
"""A page, or one that says why not. Of what went wrong otherwise the form tells the usual way."""
V = TypeVar("V", bound=Callable[..., HttpResponse])


def comes_in_place(*, unless: Callable[[dict[str, Any]], bool] | None = None) -> Callable[[V], V]:
    """Mark a view whose page extends `frame` and may take the place of another.

    Not for a page with a stylesheet or a permissions policy of its own: these belong to a document
    that is loaded.

    Args:
        unless: whether the page with these keywords of its address has such a policy.
    """

    def marked(view: V) -> V:
        setattr(view, MARK, lambda keywords: not (unless and unless(keywords)))
        return view

    return marked


def is_in_place(request: HttpRequest) -> bool:
    """Whether the answer takes the place of the page that the browser shows."""
    return bool(getattr(request, "in_place", False))


def came_along(request: HttpRequest) -> bool:
    """Whether the page that is shown has what follows with it: its address is answer enough."""
    return is_in_place(request) and "return=minimal" in request.headers.get("Prefer", "")


def frame_of(request: HttpRequest) -> str:
    """What a page extends that comes in place: the whole frame, or what changes of it."""
    return "part.html" if is_in_place(request) else "base.html"


class InPlaceMiddleware:
    """Follows, for a form sent by the script, where its view leads; the last of all middleware.

    So each page is looked after by every `process_view`, as if it had been asked for by itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked: Any = request
        asked.in_place = request.method not in ("GET", "HEAD") and request.htmx.boosted  # type: ignore[attr-defined]  # of its package's middleware
        response = self.get_response(request)
        if not asked.in_place:
            return response
        for _hop in range(HOPS):
            if (target := _led_to(asked, response)) is None:
                break
            cookies, asked = response.cookies, target
            response = self.get_response(asked)
            for name, value in cookies.items():
                response.cookies.setdefault(name, value)
        if response.status_code in SHOWN and "HX-Push-Url" not in response:
            push_url(response, asked.get_full_path())
        return response


def _led_to(request: HttpRequest, response: HttpResponse) -> HttpRequest | None:
    """The request for the page that a redirect leads to; None where none comes in place."""
    if not isinstance(response, HttpResponseRedirectBase):
        return None
    address = urlsplit(response.url)
    if address.scheme or address.netloc or address.fragment:
        return None
    try:
        match = resolve(address.path)
    except Resolver404:
        return None
    comes = getattr(match.func, MARK, None)
    if comes is None or not comes(match.kwargs):
        return None
    return _request_for(request, address.path, address.query)


def _request_for(request: HttpRequest, path: str, query: str) -> HttpRequest:
    """A GET of `path` by who sent `request`: the same session, log-in and messages."""
    target: Any = copy.copy(request)
    target.method, target.path, target.path_info = "GET", path, path
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query}
    target.META = {**request.META, **asked}
    target.GET, target.POST = QueryDict(query), QueryDict()
    target._files = MultiValueDict()
    return target
