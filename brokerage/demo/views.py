"""Pages that exist in a sandbox only."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from brokerage.core import clock
from brokerage.demo.staff import second_factors


@require_safe
@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    """The one-time codes that the authenticator of each demonstration log-in would show."""
    if not settings.SANDBOX:
        raise Http404
    at = clock.now()
    left = 30 - int(at.timestamp()) % 30
    return render(
        request, "demo/second_factor.html", {"codes": second_factors(at=at), "seconds": left}
    )
