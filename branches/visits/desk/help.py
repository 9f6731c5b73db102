"""Where staff go on with what a visitor came for; the app above says so for its purposes."""

from __future__ import annotations

from collections.abc import Callable, Collection

from branches.models import OrgUnit
from branches.visits.models import Visit
from brokerage.core.registry import Registry

counters: Registry[Callable[[OrgUnit], str]] = Registry("branches.counters")
"""By code of a purpose: an outlet → the address where its staff help with that."""
finishable: Registry[Collection[str]] = Registry("branches.finishable")
"""Steps that an outlet can finish, by app: a visit for any other would end with an apology."""


def help_url(visit: Visit) -> str:
    """Where this visit goes on; empty where no app says so."""
    code = visit.purpose.code
    return counters.get(code)(visit.unit) if code in counters else ""
