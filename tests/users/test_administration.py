"""What administrators do to log-ins acts at once and is journalled."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.test import Client

from brokerage.journal.models import Entry
from brokerage.users.use_cases.reset_factors import reset_factors
from brokerage.users.use_cases.switch_log_in import switch_log_in
from tests.users.factories import PASSWORD, make_customer_user, make_staff_user, sign_in

PAGE = "/account/security/"


def kinds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def test_switching_off_ends_sessions_and_switching_on_does_not_bring_them_back(
    client: Client, at: datetime
) -> None:
    admin, user = make_staff_user(), make_customer_user()
    sign_in(client, user)
    switch_log_in(user=user, on=False, by=admin, at=at, reason="asked for it")
    switch_log_in(user=user, on=False, by=admin, at=at, reason="twice")
    assert client.get(PAGE).status_code == 302
    switch_log_in(user=user, on=True, by=admin, at=at, reason="came back")
    assert client.get(PAGE).status_code == 302
    assert kinds() == ["users.switched_off", "users.switched_on"]


def test_lost_factors_are_taken_away_and_new_ones_must_be_set_up(
    client: Client, at: datetime
) -> None:
    admin, user = make_staff_user(), make_staff_user("lin@example.com")
    sign_in(client, user)
    reset_factors(user=user, by=admin, at=at, reason="seen in person")
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get(PAGE).status_code == 302
    client.post("/staff/login/", {"login": "lin@example.com", "password": PASSWORD})
    assert client.get("/admin/").headers["Location"] == "/account/mfa/"
    assert "users.factor_removed" in kinds()
    assert "users.signed_out_everywhere" in kinds()
