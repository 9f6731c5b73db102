"""The portal's menus, designed as a whole; an entry shows where its page exists in this build."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.translation import gettext_lazy as _

from brokerage.core.everybody import has_session
from brokerage.messaging.selectors import unread_now


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page that menus lead to.

    Attributes:
        label: its name, two to four Chinese characters.
        url_name: its route.
        icon: its icon in the tab bar.
        menus: where it stands: top, bar (phones), tools (top right), foot.
        who: everybody, visitor (nobody signed in), customer, partner (an operator) or staff.
        count: how many things wait there for this person.
    """

    label: Any
    url_name: str
    icon: str = ""
    menus: frozenset[str]
    who: str = "everybody"
    count: Callable[[Any], int] | None = None


@dataclass(frozen=True)
class Entry:
    """A place as shown to one visitor."""

    label: Any
    url: str
    icon: str
    current: bool
    count: int = 0


def _place(
    label: Any, url_name: str, icon: str, menus: str, who: str = "everybody", **more: Any
) -> Place:
    return Place(
        label=label, url_name=url_name, icon=icon, menus=frozenset(menus.split()), who=who, **more
    )


# The tab bar has room for six; what stands in it is on the home or at the top right as well.
PLACES = [
    _place(_("Home"), "home", "home", "bar"),
    _place(_("Open an account"), "accounts:start", "card", "top bar", "visitor"),
    _place(_("My application"), "accounts:start", "card", "top", "customer"),
    _place(_("My assets"), "holdings:assets", "chart", "top", "customer"),
    _place(_("Outlets"), "branches:outlets", "pin", "top bar"),
    _place(_("Products"), "products:shelf", "box", "top bar"),
    _place(_("Insights"), "content:feed", "book", "top bar"),
    _place(_("Messages"), "messaging:inbox", "mail", "top bar", "customer", count=unread_now),
    _place(_("Me"), "my_data", "user", "tools bar", "customer"),
    _place(_("Back office"), "admin:index", "list", "tools", "staff"),
    _place(_("My institution"), "partners:desk", "list", "tools", "partner"),
    _place(_("Sign in"), "account_login", "user", "tools", "visitor"),
    _place(_("What trading costs"), "branches:costs", "", "foot"),
    _place(_("Risk notice"), "risk_notice", "", "foot"),
    _place(_("Partner API"), "partners:api", "", "foot"),
    _place(_("Style guide"), "style_guide", "", "foot"),
]


def entries(menu: str, request: HttpRequest | None) -> Iterator[Entry]:
    """The entries of `menu` for whoever sent `request`."""
    who = _who(request)
    path = request.path if request else ""
    for place in PLACES:
        if menu not in place.menus or place.who not in ("everybody", who):
            continue
        if not (url := url_or_nothing(place.url_name)):
            continue
        count = place.count(request.user) if place.count and request is not None else 0
        yield Entry(place.label, url, place.icon, path == url, count)


def url_or_nothing(url_name: str) -> str:
    """The address of a route, or an empty text where this build has no such page."""
    return _address(url_name, get_urlconf())


@cache
def _address(url_name: str, urlconf: str | None) -> str:
    """Looked up once in a process: a page asks for some ten of them."""
    try:
        return reverse(url_name, urlconf)
    except NoReverseMatch:
        return ""


def _who(request: HttpRequest | None) -> str:
    if request is None or not has_session(request):
        return "visitor"  # asks no session, so that a page for everybody stays cheap
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return "visitor"
    return "staff" if user.is_staff else str(user.kind)
