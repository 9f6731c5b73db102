"""Harmless preferences: language and appearance in cookies, the reading mode on the person.

They are set by following a link, so that pages for everybody need neither script nor token.
An unknown value changes nothing.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from brokerage.backoffice.people import user_of
from brokerage.core.everybody import has_session
from brokerage.users.models.user import ReadingMode
from brokerage.users.use_cases.choose_reading_mode import choose_reading_mode

THEMES = ("light", "dark")
MODES = tuple(ReadingMode.values)
YEAR = 365 * 24 * 3600


def theme_of(request: HttpRequest | None) -> str:
    """The chosen appearance: light, dark, or empty to follow the device."""
    chosen = request.COOKIES.get("theme", "") if request is not None else ""
    return chosen if chosen in THEMES else ""


def mode_of(request: HttpRequest) -> str:
    """The chosen reading mode: trade, plain or research; plain when none was chosen.

    What the person chose on any device goes before what this browser remembers.
    """
    own = getattr(request.user, "reading_mode", "") if has_session(request) else ""
    chosen = own or request.COOKIES.get("mode", "")
    return chosen if chosen in MODES else ReadingMode.PLAIN


@require_safe
@never_cache
def language(request: HttpRequest, value: str) -> HttpResponse:
    """Keep the language and go back."""
    known = dict(settings.LANGUAGES)
    return _kept(request, settings.LANGUAGE_COOKIE_NAME, value if value in known else None)


@require_safe
@never_cache
def theme(request: HttpRequest, value: str) -> HttpResponse:
    """Keep the appearance (`device` forgets it) and go back."""
    if value == "device":
        return _kept(request, "theme", "")
    return _kept(request, "theme", value if value in THEMES else None)


@require_safe
@never_cache
def mode(request: HttpRequest, value: str) -> HttpResponse:
    """Keep the reading mode, on the person where one is signed in, and go back."""
    if value in MODES and has_session(request) and request.user.is_authenticated:
        choose_reading_mode(user=user_of(request), mode=ReadingMode(value))
    return _kept(request, "mode", value if value in MODES else None)


def _kept(request: HttpRequest, name: str, value: str | None) -> HttpResponse:
    """Redirect to `next` with the cookie set; deleted when empty, untouched when None."""
    response = HttpResponseRedirect(_way_back(request))
    patch_vary_headers(response, ["Cookie"])
    if value == "":
        response.delete_cookie(name)
    elif value is not None:
        response.set_cookie(
            name,
            value,
            max_age=YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def _way_back(request: HttpRequest) -> str:
    """The page to return to: only one of ours, never another preference link."""
    wanted = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None, require_https=request.is_secure()
    )
    return wanted if ours and wanted.startswith("/") else "/"
