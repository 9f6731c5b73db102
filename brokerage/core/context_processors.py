"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from brokerage.core import context
from brokerage.core.in_place import frame_of


def site(request: HttpRequest) -> dict[str, Any]:
    """`sandbox`: outside parties are played; `request_id`: shown on error pages; `frame`: what a
    page extends that comes in place."""
    return {
        "sandbox": settings.SANDBOX,
        "request_id": context.current().request_id,
        "frame": frame_of(request),
    }
