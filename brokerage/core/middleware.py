"""Middleware of every request: its id, its language, its security headers."""

from __future__ import annotations

import ipaddress
import logging
import re
import time
from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from brokerage.core import metrics
from brokerage.core.context import Origin, entered, new_id

Handler = Callable[[HttpRequest], HttpResponse]
REQUEST_ID = re.compile(r"[0-9a-f]{32}")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
PLACE = "the-nonce-of-this-page"
QUIET = frozenset({"healthz", "readyz", "metrics"})  # asked every few seconds
log = logging.getLogger("brokerage.requests")


class RequestContextMiddleware:
    """Gives each request an id, keeps where it came from, and logs one line without data."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        origin = Origin(
            request_id=given if REQUEST_ID.fullmatch(given) else new_id(),
            channel=channel_of(request.path),
            address=network_of(client_address(request)),
        )
        started = time.perf_counter()
        with entered(origin):
            response = self.get_response(request)
            response["X-Request-Id"] = origin.request_id
            if request.method == "HEAD" and not response.streaming:
                response.content = b""  # its length stays in the headers; gunicorn warns of a body
            self._account(request, response, origin, time.perf_counter() - started)
        return response

    def _account(
        self, request: HttpRequest, response: HttpResponse, origin: Origin, seconds: float
    ) -> None:
        # the route, never the path: paths carry refs
        route = request.resolver_match.route if request.resolver_match else "-"
        method = request.method if request.method in METHODS else "OTHER"
        metrics.observe(
            channel=origin.channel,
            route=route,
            method=method,
            status=response.status_code,
            seconds=seconds,
        )
        if route in QUIET:
            return
        log.info(
            "request",
            extra={
                "method": method,
                "route": route,
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
            },
        )


class SecurityHeadersMiddleware:
    """Headers that Django has no setting for; pages may tighten them but not loosen."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class PolicyMiddleware(CSPMiddleware):
    """django-csp's; the policy of all pages without one of their own is put together once."""

    def __init__(self, get_response: Handler) -> None:
        super().__init__(get_response)
        self.usual = build_policy()
        self.with_nonce = build_policy(nonce=PLACE)

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        own = any(name.startswith("_csp") for name in vars(response))
        if own or settings.DEBUG or HEADER in response:
            return super().process_response(request, response)
        if nonce := getattr(request, "_csp_nonce", None):
            response.headers[HEADER] = self.with_nonce.replace(PLACE, nonce)
            return response
        response.headers[HEADER] = self.usual
        late = CheckableLazyObject(self._csp_nonce_post_response)
        request.csp_nonce = late  # type: ignore[attr-defined]  # kept with the request
        return response


class WholePageMiddleware:
    """What answers a script by an address leads the page there, never a part of it: the log-in
    after a session has ended, for one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseRedirectBase):
            return response
        by_script = request.headers.get("HX-Request")
        return HttpResponseClientRedirect(response.url) if by_script else response


class LanguageMiddleware(LocaleMiddleware):
    """The language cookie, else Accept-Language, else Chinese; no address names a language."""

    def process_request(self, request: HttpRequest) -> None:
        language = translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response


def channel_of(path: str) -> str:
    """The channel that a path belongs to: api, backoffice or portal."""
    if path.startswith("/api/"):
        return "api"
    return "backoffice" if path.startswith("/admin/") else "portal"


def client_address(request: HttpRequest) -> str:
    """The client's address, behind as many trusted proxies as BROKERAGE_PROXIES says."""
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """An address shortened to its network (/24 or /48), so that it names no person."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 4:
        return f"{address.rpartition('.')[0]}.0/24"
    return str(ipaddress.ip_network(f"{address}/48", strict=False))
