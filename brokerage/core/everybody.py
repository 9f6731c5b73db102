"""Pages that are the same for everybody: rendered once a minute in each process, kept by caches.

Such a page knows language and appearance and nothing else of who asks. It is rendered without a
look at session or database, held as bytes (gzipped once, it holds no secret that compression
could tell), and answered with an entity tag, so that a browser that has it gets 304.
"""

from __future__ import annotations

import gzip
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language

SECONDS = 60
THEMES = ("light", "dark")
KEPT_HEADERS = ("Permissions-Policy",)
"""What a view may say beside its page and is kept with it."""
VARIES = ["Cookie", "Accept-Language", "Accept-Encoding"]
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Kept:
    """A rendered page, plain and gzipped, until a moment of the monotonic clock."""

    plain: bytes
    packed: bytes
    tag: str
    until: float
    headers: dict[str, str]


_kept: dict[tuple[str, str, str], Kept] = {}


def has_session(request: HttpRequest) -> bool:
    """Whether a session or a message of one may stand behind the request; asks no database."""
    return not request.COOKIES.keys().isdisjoint((settings.SESSION_COOKIE_NAME, "messages"))


def for_everybody(view: View) -> View:
    """Answer visitors without a session from memory; others get the view itself.

    The view's address must hold no argument and its answer depend on language and theme only.
    Addresses with a query are rendered anew each time, so that nobody fills the memory.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_session(request):
            return view(request, *args, **kwargs)
        if request.META.get("QUERY_STRING") or settings.DEBUG:
            return _public(view(request, *args, **kwargs))
        chosen = request.COOKIES.get("theme", "")
        theme = chosen if chosen in THEMES else ""
        key = (request.path, get_language() or "", theme)
        page = _kept.get(key)
        now = time.monotonic()
        if page is None or page.until <= now:
            fresh = view(request, *args, **kwargs)
            if fresh.status_code != 200:
                return fresh
            page = _kept[key] = _keep(fresh, now)
        return _answer(request, page)

    return answered


def forget() -> None:
    """Drop every kept page, as after a change of what they say."""
    _kept.clear()


def _keep(fresh: HttpResponse, now: float) -> Kept:
    content = fresh.content
    tag = hashlib.sha256(content).hexdigest()[:32]
    headers = {name: fresh.headers[name] for name in KEPT_HEADERS if name in fresh.headers}
    return Kept(content, gzip.compress(content, 6, mtime=0), tag, now + SECONDS, headers)


def _answer(request: HttpRequest, page: Kept) -> HttpResponse:
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    tag = f'"{page.tag}{"-z" if packed else ""}"'
    response = HttpResponse(page.packed if packed else page.plain, headers=page.headers)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = tag
    _public(response)
    return get_conditional_response(request, etag=tag, response=response) or response


def _public(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, VARIES)
    patch_cache_control(response, public=True, max_age=SECONDS)
    return response
