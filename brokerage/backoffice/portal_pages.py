"""Static pages of the portal: style guide and risk notice."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brokerage.backoffice import portal_samples
from brokerage.core.everybody import for_everybody


@require_safe
@for_everybody
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component in every state, in both languages and both themes."""
    return render(request, "portal/pages/style_guide.html", portal_samples.context())


@require_safe
@for_everybody
def risk_notice(request: HttpRequest) -> HttpResponse:
    """What everybody should know before investing."""
    return render(request, "portal/pages/risk_notice.html")
