"""The home: for a visitor what this is; for a customer the few cards that matter now.

One arbiter chooses. Apps offer cards through core.home_cards; none knows the others.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from brokerage.backoffice import portal_navigation, portal_preferences
from brokerage.core import clock, home_cards
from brokerage.core.everybody import for_everybody, has_session
from brokerage.core.home_cards import Weight
from brokerage.users.models import Kind


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Homes under one address: visitor, customer; staff and operators have theirs elsewhere."""
    if not has_session(request) or not request.user.is_authenticated:
        return visitor_home(request)
    if request.user.is_staff:
        return redirect("admin:index")
    if request.user.kind == Kind.PARTNER and portal_navigation.url_or_nothing("partners:desk"):
        return redirect("partners:desk")
    return customer_home(request)


@for_everybody
def visitor_home(request: HttpRequest) -> HttpResponse:
    """What this is and the ways in; the same for everybody, so that caches may keep it."""
    links = {
        "open_url": portal_navigation.url_or_nothing("accounts:start"),
        "outlets_url": portal_navigation.url_or_nothing("branches:outlets"),
        "products_url": portal_navigation.url_or_nothing("products:shelf"),
        "insights_url": portal_navigation.url_or_nothing("content:feed"),
        "service_url": portal_navigation.url_or_nothing("service:desk"),
        "sign_in_url": portal_navigation.url_or_nothing("account_login"),
        "risk_url": portal_navigation.url_or_nothing("risk_notice"),
    }
    return render(request, "portal/pages/visitor_home.html", links)


def customer_home(request: HttpRequest) -> HttpResponse:
    """The cards of one person, in the mode that they chose."""
    at = clock.now()
    mode = portal_preferences.mode_of(request)
    cards = home_cards.chosen(request.user, at, mode=mode)
    return render(
        request,
        "portal/pages/customer_home.html",
        {
            "at": at,
            "cards": cards,
            "dark_first": bool(cards) and cards[0].weight <= Weight.DUTY,
            "mode": mode,
            "hour": at.astimezone(clock.SHANGHAI).hour,
        },
    )
