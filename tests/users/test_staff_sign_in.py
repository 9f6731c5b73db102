"""Staff need their password and a second factor; nothing of the back office opens before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from brokerage.journal.models import Entry
from brokerage.users.models import User
from brokerage.users.tasks import send_password_reset
from tests.users.factories import (
    PASSWORD,
    make_customer_user,
    make_partner_user,
    make_staff_user,
    sign_in,
)

EMAIL = "lin@example.com"


def enter(client: Client, email: str = EMAIL, password: str = PASSWORD, **extra: Any):
    data = {"login": email, "password": password}
    return client.post("/staff/login/", data, HTTP_ACCEPT_LANGUAGE="en", **extra)


def totp_now(user: User) -> str:
    secret = get_adapter().decrypt(
        Authenticator.objects.get(user=user, type="totp").data["secret"]
    )
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_password_and_totp_open_the_back_office(client: Client) -> None:
    user = make_staff_user(EMAIL, is_superuser=True)
    assert enter(client).headers["Location"] == "/account/mfa/check/"
    assert not signed_in(client)
    assert client.get("/admin/").status_code == 302
    response = client.post("/account/mfa/check/", {"code": totp_now(user)})
    assert response.headers["Location"] == "/admin/"
    assert signed_in(client)
    assert client.get("/admin/").status_code == 200
    assert Entry.objects.filter(kind="users.signed_in").get().payload["method"] == "password"


def test_the_secret_is_sealed_in_the_table() -> None:
    user = make_staff_user(EMAIL)
    data = Authenticator.objects.get(user=user).data["secret"]
    assert get_adapter().decrypt(data) != data
    assert ":" in data


@pytest.mark.django_db(transaction=True)  # allauth tells of a new factor after the commit
def test_without_a_factor_one_gets_only_to_setting_it_up(client: Client) -> None:
    user = make_staff_user(EMAIL, mfa=False, is_superuser=True)
    enter(client)
    assert signed_in(client)
    for path in ("/admin/", "/admin/users/user/", "/", "/account/sessions/"):
        assert client.get(path).headers["Location"] == "/account/mfa/", path
    assert client.post("/account/sessions/end-all/").status_code == 403
    assert client.get("/account/mfa/").status_code == 200
    page = client.get("/account/mfa/totp/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    key = client.session.session_key
    response = client.post("/account/mfa/totp/", {"code": code}, follow=True)
    assert response.status_code == 200
    assert len(response.context["unused_codes"]) == 10  # shown now, and only now
    assert client.session.session_key != key
    assert client.get("/admin/").status_code == 200
    kinds = set(Entry.objects.filter(subject_ref=user.ref).values_list("kind", flat=True))
    assert "users.factor_added" in kinds


def test_the_first_factor_asks_the_password_again_after_five_minutes(client: Client, now) -> None:
    make_staff_user(EMAIL, mfa=False)
    enter(client)
    now.shift(timedelta(minutes=6))
    assert (
        client.get("/account/mfa/totp/")
        .headers["Location"]
        .startswith("/account/password/confirm/")
    )


def test_another_session_is_not_lifted_by_setting_up_a_factor(client: Client) -> None:
    user = make_staff_user(EMAIL, mfa=False)
    enter(client)
    other = Client()
    enter(other)
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(user, generate_totp_secret())
    assert other.get("/admin/").headers["Location"] == "/account/mfa/"
    # and it cannot add a factor of its own without proving the password or the factor
    assert "/confirm/" in other.get("/account/mfa/keys/add/").headers["Location"]


def admin_paths(resolver: URLResolver, prefix: str = "/") -> list[str]:
    found: list[str] = []
    for each in resolver.url_patterns:
        path = prefix + str(each.pattern).lstrip("^").rstrip("$")
        if isinstance(each, URLResolver):
            found += admin_paths(each, path)
        elif isinstance(each, URLPattern) and path.startswith("/admin/"):
            found.append(path)
    return found


@pytest.mark.parametrize("who", ["nobody", "staff before the factor", "customer", "partner"])
def test_no_address_of_the_back_office_opens_without_the_factor(client: Client, who: str) -> None:
    if who == "staff before the factor":
        user = make_staff_user(EMAIL, mfa=False, is_superuser=True)
        enter(client)
        assert signed_in(client)
    elif who != "nobody":
        user = make_customer_user() if who == "customer" else make_partner_user()
        sign_in(client, user)
    paths = admin_paths(get_resolver())
    assert len(paths) > 10
    for pattern in paths:
        path = pattern.replace("<path:object_id>", "1").replace("(?P<url>.*)$", "x")
        path = path.replace("<int:content_type_id>", "1").replace("<path:object_id>", "1")
        if "<" in path or "(" in path or path == "/admin/logout/":
            continue
        for method in (client.get, client.post):
            response = method(path)
            assert response.status_code in {302, 403, 404}, (who, path, response.status_code)
            if response.status_code == 302:
                assert response.headers["Location"].startswith(
                    ("/staff/login/", "/account/mfa/")
                ), path


def test_the_admins_own_log_in_page_leads_to_ours(client: Client) -> None:
    response = client.get("/admin/login/?next=/admin/users/user/")
    assert response.headers["Location"] == "/staff/login/?next=/admin/users/user/"


@pytest.mark.parametrize("path", ["/account/mfa/", "/account/mfa/totp/", "/staff/password/"])
def test_customers_have_no_passwords_and_no_factors(client: Client, path: str) -> None:
    sign_in(client, make_customer_user())
    assert client.get(path).status_code == 404


def test_a_customer_can_have_no_password() -> None:
    user = make_customer_user(email="wang@example.com")
    user.set_password(PASSWORD)
    with pytest.raises(IntegrityError, match="a_customer_has_no_password"), transaction.atomic():
        user.save()


def test_unknown_e_mail_and_wrong_password_get_the_same_answer() -> None:
    make_staff_user(EMAIL)
    answers = []
    for email in (EMAIL, "lim@example.com"):
        response = enter(Client(), email, "wrong password here")
        answers.append((response.status_code, str(response.context["form"].errors)))
    assert answers[0] == answers[1]


def test_five_wrong_passwords_make_one_wait_before_any_hashing(
    client: Client, now, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_staff_user(EMAIL)
    for _ in range(5):
        enter(client, password="wrong password here")

    def hashing(*args: object) -> bool:
        raise AssertionError("hashed although the limit was met")

    with monkeypatch.context() as patched:
        patched.setattr(User, "check_password", hashing)
        patched.setattr(User, "set_password", hashing)
        response = enter(client)
    assert "five minutes" in str(response.context["form"].errors)
    assert Entry.objects.filter(kind="users.sign_in_blocked").count() == 1
    now.shift(timedelta(minutes=5, seconds=1))  # a delay, not a lock
    assert enter(client).headers["Location"] == "/account/mfa/check/"


def test_a_stranger_cannot_keep_the_owner_out_of_a_known_device(client: Client) -> None:
    user = make_staff_user(EMAIL)
    enter(client)
    client.post("/account/mfa/check/", {"code": totp_now(user)})
    client.post("/logout/")
    for count in range(12):
        enter(Client(), password="wrong password here", REMOTE_ADDR=f"203.0.113.{count}")
    assert "five minutes" in str(enter(Client()).context["form"].errors)
    assert enter(client).headers["Location"] == "/account/mfa/check/"


def test_a_password_of_more_than_128_characters_is_refused_unhashed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_staff_user(EMAIL)

    def hashing(*args: object) -> bool:
        raise AssertionError("hashed")

    monkeypatch.setattr(User, "check_password", hashing)
    monkeypatch.setattr(User, "set_password", hashing)
    assert enter(client, password="x" * 129).context["form"].errors["password"]


def test_codes_of_the_second_factor_are_bounded_and_work_once(client: Client, now) -> None:
    user = make_staff_user(EMAIL)
    enter(client)
    for _ in range(5):
        client.post("/account/mfa/check/", {"code": "000000"})
    client.post("/account/mfa/check/", {"code": totp_now(user)})
    assert not signed_in(client)
    now.shift(timedelta(minutes=6))
    code = totp_now(user)
    client.post("/account/mfa/check/", {"code": code})
    assert signed_in(client)
    second = Client()
    enter(second)
    second.post("/account/mfa/check/", {"code": code})
    assert not signed_in(second)


def test_the_last_factor_cannot_be_removed(client: Client) -> None:
    user = make_staff_user(EMAIL)
    sign_in(client, user)
    client.post("/account/password/confirm/", {"password": PASSWORD})
    client.post("/account/mfa/totp/remove/")
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_a_switched_off_staff_member_is_out_at_once(client: Client) -> None:
    user = make_staff_user(EMAIL, is_superuser=True)
    sign_in(client, user)
    assert client.get("/admin/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/admin/").headers["Location"].startswith("/staff/login/")


def test_taking_away_the_staff_mark_or_a_group_acts_at_once(client: Client) -> None:
    user = make_staff_user(EMAIL, roles=["reviewer"])
    sign_in(client, user)
    assert client.get("/admin/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_staff=False)
    assert client.get("/admin/").status_code == 404


# --- password reset -----------------------------------------------------------------------


def reset_link() -> str:
    return next(line for line in mail.outbox[-1].body.splitlines() if "http" in line)


def test_a_reset_changes_the_password_and_still_asks_for_the_factor(client: Client) -> None:
    user = make_staff_user(EMAIL)
    send_password_reset(user=str(user.ref), origin="http://testserver")
    page = client.get(reset_link(), follow=True)
    path = page.redirect_chain[-1][0]
    new = "entirely different words"
    done = client.post(path, {"password1": new, "password2": new})
    assert done.status_code == 302
    assert not signed_in(client)
    assert enter(client, password=new).headers["Location"] == "/account/mfa/check/"
    assert Entry.objects.filter(kind="users.password_changed").exists()
    assert client.get(reset_link(), follow=True).context.get("token_fail")


def test_asking_for_a_reset_looks_the_same_for_everybody(client: Client, monkeypatch) -> None:
    asked: list[dict[str, str]] = []
    monkeypatch.setattr(
        "brokerage.users.adapter.send_password_reset.defer", lambda **values: asked.append(values)
    )
    user = make_staff_user(EMAIL)
    make_customer_user(email="wang@example.com")
    for email in (EMAIL, "nobody@example.com", "wang@example.com"):
        response = client.post("/staff/password/reset/", {"email": email})
        assert (response.status_code, response.headers["Location"]) == (
            302,
            "/staff/password/reset/sent/",
        )
    assert [values["user"] for values in asked] == [str(user.ref)]
    assert mail.outbox == []


@pytest.mark.parametrize(
    "password",
    [
        "short words",
        "password1234",
        "Password2024!",
        "qwertyuiopas",
        "aaaaaaaaaaaaaa",
        "示例证券2026示例证券",
        "ShiLi ZhengQuan 2026",
        "lin@example.com",
        "x" * 129,
    ],
)
def test_weak_passwords_are_refused(password: str) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        validate_password(password, make_staff_user(EMAIL))


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "一句不短也不简单的中文密码啊啊",
        "a phrase of thirty-two letters, " * 4,
    ],
)
def test_long_sentences_of_any_characters_are_fine(password: str) -> None:
    from django.contrib.auth.password_validation import validate_password

    validate_password(password, make_staff_user(EMAIL))
