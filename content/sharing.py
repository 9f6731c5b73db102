"""A shared link carries the entry code, and with it the campaign, of who shares it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest

from branches.entry_codes import find_living, institution_name
from branches.models import EntryCode
from brokerage.users.models import Kind, User
from content.models import Item

PARAMETER = "code"
LONGEST = 16


@dataclass(frozen=True)
class Sharer:
    """Who shared an item, the code that leads to them, and the address that carries it on."""

    name: str
    code: str
    address: str


def shared_by(request: HttpRequest, at: datetime) -> Sharer | None:
    """Who shared the page that is asked for; None for a code that is dead or made up."""
    code = request.GET.get(PARAMETER, "")
    if not code or len(code) > LONGEST or not code.isascii() or not code.isalnum():
        return None
    found = find_living(code, at)
    if found is None:
        return None
    address = _with_code(request.build_absolute_uri(request.path), found)
    return Sharer(_name_of(found), found.code, address)


def own_links(request: HttpRequest, item: Item, at: datetime) -> list[tuple[str, str]]:
    """For staff: what each of their living codes is for, and the address that carries it."""
    user = request.user
    if not isinstance(user, User) or user.kind != Kind.STAFF:
        return []
    codes = EntryCode.objects.living(at).filter(person=user).order_by("pk")
    url = request.build_absolute_uri(item.get_absolute_url())
    return [(code.get_purpose_display(), _with_code(url, code)) for code in codes]


def _with_code(url: str, code: EntryCode) -> str:
    return f"{url}?{urlencode({PARAMETER: code.code})}"


def _name_of(code: EntryCode) -> str:
    if code.institution_ref is not None:
        return institution_name(code.institution_ref) or ""
    if code.person is not None:
        return str(code.person.display_name)
    return str(code.broker.name if code.broker else code.unit)
