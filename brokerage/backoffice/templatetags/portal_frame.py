"""Tags of the frame of each page: menus, preferences. `{% load portal_frame %}`."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote_plus, urlencode

from django import template
from django.urls import reverse

from brokerage.backoffice import portal_navigation, portal_preferences
from brokerage.users.models import Kind

register = template.Library()


@register.simple_tag(takes_context=True)
def menu(context: template.Context, name: str) -> list[portal_navigation.Entry]:
    """The entries of a menu (top, bar, tools, foot) for this visitor."""
    return list(portal_navigation.entries(name, context.get("request")))


@register.simple_tag(takes_context=True)
def suggest_url(context: template.Context) -> str:
    """Where somebody says what they think of this page; empty where there is no such page.

    A person of an institution has none: institutions send remarks, which have clocks of their own.
    """
    request: Any = context.get("request")
    address = portal_navigation.url_or_nothing("branches:suggest")
    if getattr(getattr(request, "user", None), "kind", "") == Kind.PARTNER:
        return ""
    match: Any = getattr(request, "resolver_match", None)
    if not address or match is None:
        return address
    step = match.kwargs.get("step")
    asked = {"from": match.view_name, "step": f"{match.namespace}.{step}" if step else ""}
    return f"{address}?{urlencode({key: value for key, value in asked.items() if value})}"


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """The chosen appearance, light or dark; empty to follow the device."""
    return portal_preferences.theme_of(context.get("request"))


@register.simple_tag(takes_context=True)
def preference(context: template.Context, name: str, value: str) -> str:
    """The address that sets a preference (language, theme, mode) and comes back to this page."""
    request: Any = context.get("request")
    here = request.get_full_path() if request is not None and request.method == "GET" else ""
    target = _preference(name, value)
    return f"{target}?next={quote_plus(here)}" if here else target


@cache
def _preference(name: str, value: str) -> str:
    return reverse(f"preference_{name}", args=[value])
