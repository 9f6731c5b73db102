"""Pages that are the same for everybody: rendered once a minute in each process, kept by caches.

Such a page knows language and appearance and nothing else of who asks. It is rendered without a
look at session or database, held as bytes (gzipped once, it holds no secret that compression
could tell), and answered with an entity tag, so that a browser that has it gets 304.

A page whose words may be taken back names a `version`: the processes look at it once a second,
and caches ask before they show what they keep.
"""

from __future__ import annotations

import gzip
import hashlib
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language

SECONDS = 60
LOOK = 1
"""Seconds for which a process trusts the version that it saw."""
THEMES = ("light", "dark")
KEPT_HEADERS = ("Permissions-Policy",)
"""What a view may say beside its page and is kept with it."""
VARIES = ["Cookie", "Accept-Language", "Accept-Encoding"]
View = Callable[..., HttpResponse]
Version = Callable[[], Hashable]


@dataclass(frozen=True)
class Kept:
    """A rendered page, plain and gzipped, until a moment of the monotonic clock."""

    plain: bytes
    packed: bytes
    tag: str
    until: float
    headers: dict[str, str]
    version: Hashable


_kept: dict[tuple[str, str, str], Kept] = {}
_seen: dict[Version, tuple[Hashable, float]] = {}
"""By its question, the newest version and until when it is trusted."""


def has_session(request: HttpRequest) -> bool:
    """Whether a session or a message of one may stand behind the request; asks no database."""
    return not request.COOKIES.keys().isdisjoint((settings.SESSION_COOKIE_NAME, "messages"))


def for_everybody(view: View) -> View:
    """Answer visitors without a session from memory; others get the view itself.

    The view's address must hold no argument and its answer depend on language and theme only.
    Addresses with a query are rendered anew each time, so that nobody fills the memory.
    """
    return _from_memory(view, None)


def for_everybody_while(version: Version) -> Callable[[View], View]:
    """As `for_everybody`, for a page with words that may be taken back.

    Args:
        version: changes when they are; asked once a second in each process.
    """
    return lambda view: _from_memory(view, version)


def _from_memory(view: View, version: Version | None) -> View:
    publish = _public if version is None else _checked

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_session(request):
            return view(request, *args, **kwargs)
        if request.META.get("QUERY_STRING") or settings.DEBUG:
            return publish(request, view(request, *args, **kwargs))
        chosen = request.COOKIES.get("theme", "")
        theme = chosen if chosen in THEMES else ""
        key = (request.path, get_language() or "", theme)
        page = _kept.get(key)
        now = time.monotonic()
        newest = _newest(version, now)  # before the page, so that a change meanwhile is noticed
        if page is None or page.until <= now or page.version != newest:
            fresh = view(request, *args, **kwargs)
            if fresh.status_code != 200:
                return fresh
            page = _kept[key] = _keep(fresh, now, newest)
        return publish(request, _answer(request, page))

    return answered


def kept_by_caches(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let caches keep what a visitor without a session got, for pages of which there are many."""
    return response if has_session(request) else _public(request, response)


def checked_by_caches(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let caches keep it, but ask before each use: for pages whose words may be taken back."""
    return response if has_session(request) else _checked(request, response)


def forget() -> None:
    """Drop every kept page of this process, as after a change of what they say."""
    _kept.clear()
    _seen.clear()


def _newest(version: Version | None, now: float) -> Hashable:
    """The version that a page has to have, at most `LOOK` seconds old; None without one."""
    if version is None:
        return None
    newest, until = _seen.get(version, (None, 0.0))
    if until <= now:
        newest = version()
        _seen[version] = (newest, now + LOOK)
    return newest


def _keep(fresh: HttpResponse, now: float, version: Hashable) -> Kept:
    content = fresh.content
    headers = {name: fresh.headers[name] for name in KEPT_HEADERS if name in fresh.headers}
    packed = gzip.compress(content, 6, mtime=0)
    return Kept(content, packed, _tag_of(content), now + SECONDS, headers, version)


def _answer(request: HttpRequest, page: Kept) -> HttpResponse:
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    tag = f'"{page.tag}{"-z" if packed else ""}"'
    response = HttpResponse(page.packed if packed else page.plain, headers=page.headers)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = tag
    return response


def _public(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Caches keep it for a minute."""
    patch_cache_control(response, public=True, max_age=SECONDS)
    return _conditional(request, response)


def _checked(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Caches keep it and ask each time whether it is still what we say."""
    patch_cache_control(response, public=True, no_cache=True)
    if "ETag" not in response.headers and response.status_code == 200:
        response.headers["ETag"] = f'"{_tag_of(response.content)}"'
    return _conditional(request, response)


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, VARIES)
    tag = response.headers.get("ETag")
    if tag is None:
        return response
    return get_conditional_response(request, etag=tag, response=response) or response


def _tag_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
