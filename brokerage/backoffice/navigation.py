"""The side navigation: what a person works on, by job instead of by app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from brokerage.core.registry import Registry

Text = str | Promise

SECTIONS: dict[str, Text] = {
    "today": "",
    "customers": _("Customers"),
    "visits": _("Visits"),
    "network": _("Outlets"),
    "people": _("Staff"),
    "prices": _("Commission"),
    "business": _("Business"),
    "products": _("Products"),
    "partners": _("Partners"),
    "insights": _("Insights"),
    "rules": _("Rules"),
    "control": _("Control"),
    "system": _("System"),
}
"""Keys and titles in their order; "today" stands above all without a title."""


THUMB = 4
"""Places in the tab bar of a phone; the fifth opens all of them."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the navigation.

    Attributes:
        section: a key of SECTIONS.
        label: what stands there.
        icon: name in static/portal/icons.svg.
        url_name: where it leads, without arguments.
        shown: whether this person gets it.
        order: smaller first within its section.
        count: a number beside it, such as open tasks; None shows nothing.
    """

    section: str
    label: Text
    icon: str
    url_name: str
    shown: Callable[[HttpRequest], bool]
    order: int = 50
    count: Callable[[HttpRequest], int | None] = lambda request: None


@dataclass(frozen=True)
class Line:
    """An item as a person sees it."""

    label: Text
    icon: str
    url: str
    current: bool
    count: int | None


@dataclass(frozen=True)
class Group:
    """A section with the lines that a person sees."""

    title: Text
    lines: list[Line]

    @property
    def open(self) -> bool:
        """Whether its lines stand there unasked: those around the page that one is on."""
        return any(line.current for line in self.lines)


items: Registry[Item] = Registry("backoffice.navigation")
"""Pages that are no list of a model; lists come from their admin classes."""


def groups(request: HttpRequest, listed: list[Item]) -> list[Group]:
    """The navigation of this person: registered items and `listed` ones, no empty section."""
    mine = [(item, reverse(item.url_name)) for item in [*items, *listed] if item.shown(request)]
    mine.sort(key=lambda each: (each[0].order, each[0].url_name))
    here = _current(mine, request.path)
    found = []
    for key, title in SECTIONS.items():
        lines = [_line(item, request, url, here) for item, url in mine if item.section == key]
        if lines:
            found.append(Group(title, lines))
    return found


def thumb(side: list[Group]) -> list[Line]:
    """What stands in the tab bar of a phone beside the way to all places: the first lines."""
    return [line for group in side for line in group.lines][:THUMB]


def _current(mine: list[tuple[Item, str]], path: str) -> str:
    """The address of the one line that the page stands under: the longest that begins its path."""
    # the task home is the root of all pages, so it is current on itself only
    under = [url for item, url in mine if path.startswith(url) and item.section != "today"]
    return path if path in {url for _item, url in mine} else max(under, key=len, default="")


def _line(item: Item, request: HttpRequest, url: str, here: str) -> Line:
    label = capfirst(str(item.label))
    return Line(label, item.icon, url, url == here, item.count(request))
