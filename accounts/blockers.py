"""What of account opening keeps an outlet from closing and a member of staff from leaving."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Application
from branches.blockers import Blocker, count, finders
from branches.models import OrgUnit
from branches.use_cases.departures import left_behind


def register() -> None:
    """Fill the registries of the network."""
    finders.register("accounts.applications", _at_outlet)
    left_behind.register("accounts.reviews", _in_hands_of)


def _at_outlet(unit: OrgUnit, day: date) -> Blocker:
    rows = Application.objects.open().filter(outlet=unit)
    return Blocker("applications", _("Open applications"), count(rows), _url())


def _in_hands_of(user: Any) -> Blocker:
    rows = Application.objects.open().filter(claimed_by=user)
    return Blocker("applications", _("Applications in review"), count(rows), _url())


def _url() -> str:
    return reverse("admin:accounts_application_changelist")
