"""What a view needs first of the person who asks, read in the one statement that reads who asks.

Whoever is signed in is found by the session; the row behind the ref of the address was the next
statement of nearly every request. The view says what it will ask (`needs_first`), the session
reads it along (`users.session_store`), and the view's own question (`first_of`) takes what came:
once, and only where it is the same question about the same person. Where nothing came, it asks.
Who may see what is decided where it always is: in the rows that are asked, and by who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model

from brokerage.core.written import Written

M = TypeVar("M", bound=Model)
V = TypeVar("V", bound=Callable[..., Any])
MARK = "needs_first"
CAME = "_came_first"


@dataclass(frozen=True)
class Need:
    """A statement that asks for rows of a `user`, and its other values."""

    rows: Written[Any]
    given: dict[str, Any]


def needs_first(
    rows: Written[Any], given: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> Callable[[V], V]:
    """Mark a view that begins with `first_of` these rows.

    Args:
        rows: asked by the `user`, a key, and what `given` makes.
        given: makes the other values of the keywords of the address.
    """

    def marked(view: V) -> V:
        setattr(view, MARK, lambda keywords: Need(rows, given(keywords)))
        return view

    return marked


def need_of(view: Any, keywords: Mapping[str, Any]) -> Need | None:
    """What the view needs first at this address."""
    marked = getattr(view, MARK, None)
    return marked(keywords) if marked else None


def came(user: Model, need: Need, row: Model | None) -> None:
    """Put down what was read along with the log-in `user`; None where there is no such row."""
    setattr(user, CAME, (need, row))


def forget(user: Any) -> None:
    """Another view begins within the request: what the first left behind may have changed."""
    vars(user).pop(CAME, None)


def first_of(user: Any, rows: Written[M], **given: Any) -> M | None:
    """The first of the rows that `user` has, or None; the one that came along, if one did."""
    known: tuple[Need, M | None] | None = getattr(user, CAME, None)
    if known is None or known[0].rows is not rows or known[0].given != given:
        return rows.first(user=user.pk, **given)
    delattr(user, CAME)  # asked again, it may have changed
    return known[1]
