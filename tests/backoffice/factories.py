"""Signed-in staff for tests of the back office."""

from __future__ import annotations

from django.test import Client

from branches.models import OrgUnit
from brokerage.users.models import User
from tests.branches.factories import make_staff
from tests.users.factories import make_staff_user, sign_in


def staff(role: str, unit: OrgUnit | None = None) -> User:
    """Somebody with `role` at `unit` who can sign in with a second factor."""
    return make_staff(role, unit, user=make_staff_user(display_name="沈知行"))


def desk_of(user: User, *, stepped_up: bool = True) -> Client:
    """A browser of `user`, in English, with the second factor shown."""
    client = Client(headers={"accept-language": "en"})
    return sign_in(client, user, stepped_up=stepped_up)


def desk(role: str, unit: OrgUnit | None = None, *, stepped_up: bool = True) -> Client:
    """A browser of somebody with `role` at `unit`."""
    return desk_of(staff(role, unit), stepped_up=stepped_up)
