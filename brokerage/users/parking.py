"""What somebody sent while their session or step-up had run out, kept for one more press.

The fields are sealed for their owner and lie in the session row; files are not kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from brokerage.core.crypto import CannotOpen, seal, unseal
from brokerage.users.models import User

KEY = "parked"
MOST_BYTES = 60_000
LEFT_OUT = frozenset({"csrfmiddlewaretoken", "password", "code"})


@dataclass(frozen=True)
class Parked:
    """A form that was sent: where to, and its fields in order."""

    path: str
    fields: list[tuple[str, str]]


def park(request: HttpRequest, user: User | None = None) -> str:
    """Keep the fields of this POST for `user` (default: who is signed in).

    Returns:
        The address to go to after proving oneself: the page that offers to send it again, or
        the form's own address where there is nothing to keep.
    """
    owner = user or request.user
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in LEFT_OUT
        for value in values
    ]
    body = json.dumps([request.get_full_path(), fields])
    if not fields or request.FILES or len(body) > MOST_BYTES:
        return request.get_full_path()
    request.session[KEY] = seal(body, context=_context(owner))
    return reverse("users:continue")


def parked(request: HttpRequest) -> Parked | None:
    """What is kept for who is signed in; None where nothing is, or it is somebody else's."""
    try:
        token = request.session[KEY]
        path, fields = json.loads(unseal(token, context=_context(request.user)))
    except (KeyError, CannotOpen):
        return None
    return Parked(path, [(name, value) for name, value in fields])


def forget(request: HttpRequest) -> None:
    """Keep nothing any more."""
    request.session.pop(KEY, None)


def _context(owner: object) -> str:
    assert isinstance(owner, User)
    return f"users.parked:{owner.ref}"
