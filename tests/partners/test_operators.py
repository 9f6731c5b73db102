"""A person of an institution is invited, comes in by a link once, and is let go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.users.models import Kind, User
from partners.models import Operator
from partners.retention import OPERATORS, gone_operators, log_ins_of_nobody
from partners.states import OperatorStatus, PartnerStatus
from partners.tasks import send_invitation
from partners.use_cases import set_partner_status
from partners.use_cases.operators import (
    UnableToEnd,
    UnableToInvite,
    UnableToJoin,
    end_operator,
    invite_again,
    invite_back,
    invite_operator,
    invited_by,
    join,
    make_token,
)
from tests.backoffice.factories import desk_of, staff
from tests.partners.factories import ACTOR, a_partner, an_operator, operator_desk
from tests.users.factories import PASSWORD, make_staff_user

pytestmark = pytest.mark.django_db


def token_of(operator: Operator) -> str:
    token = make_token(operator=operator, at=clock.now())
    assert token is not None
    return token


def link_in_the_letter() -> str:
    line = next(line for line in mail.outbox[-1].body.splitlines() if "http" in line)
    return line.removeprefix("http://testserver")


def test_an_invitation_becomes_a_log_in_that_is_no_staff_and_no_customer() -> None:
    operator = an_operator(joined=False)
    token = token_of(operator)

    joined = join(token=token, password=PASSWORD, at=clock.now(), language="en")

    assert joined.user is not None
    assert joined.status == OperatorStatus.ACTIVE
    assert (joined.user.kind, joined.user.is_staff) == (Kind.PARTNER, False)
    assert joined.user.check_password(PASSWORD)
    kinds = Entry.objects.filter(subject_ref=operator.ref).order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == [
        "partners.operator_invited",
        "partners.operator_joined",
    ]


def test_a_link_opens_once() -> None:
    token = token_of(an_operator(joined=False))
    join(token=token, password=PASSWORD, at=clock.now())

    with pytest.raises(UnableToJoin):
        join(token=token, password=PASSWORD, at=clock.now())


def test_a_link_opens_until_its_hour_and_no_longer() -> None:
    operator = an_operator(joined=False)
    token = token_of(operator)
    assert operator.invited_until - operator.created_at == timedelta(hours=72)

    last = operator.invited_until - timedelta(seconds=1)
    assert invited_by(token, last) == operator
    assert invited_by(token, operator.invited_until) is None
    assert make_token(operator=operator, at=operator.invited_until) is None


def test_a_newer_link_kills_the_one_before() -> None:
    operator = an_operator(joined=False)
    old = token_of(operator)

    invite_again(operator=operator, actor=ACTOR, at=clock.now())
    assert invited_by(old, clock.now()) is None  # before the new letter is written too
    new = token_of(operator)

    assert invited_by(old, clock.now()) is None
    assert invited_by(new, clock.now()) == operator


def test_the_secret_of_a_link_is_kept_nowhere() -> None:
    operator = an_operator(joined=False)
    token = token_of(operator)

    operator.refresh_from_db()
    assert token not in str(vars(operator))
    for entry in Entry.objects.all():
        assert token not in str(vars(entry))


def test_nobody_is_invited_with_the_address_of_somebody_else() -> None:
    there = make_staff_user("wang@example.com")
    waiting = an_operator(joined=False)

    for email in (str(there.email).upper(), waiting.email):
        with pytest.raises(UnableToInvite) as refused:
            invite_operator(
                partner=waiting.partner, name="甲", email=email, actor=ACTOR, at=clock.now()
            )
        assert set(refused.value.errors) == {"email"}


def test_an_institution_has_so_many_operators_and_no_more() -> None:
    partner = a_partner()
    for _number in range(20):
        an_operator(partner, joined=False)

    with pytest.raises(UnableToInvite, match="as many operators"):
        an_operator(partner, joined=False)


def test_the_invitation_of_a_suspended_institution_opens_nothing() -> None:
    operator = an_operator(joined=False)
    token = token_of(operator)
    set_partner_status(
        partner=operator.partner, status=PartnerStatus.SUSPENDED, actor=ACTOR, at=clock.now()
    )

    assert invited_by(token, clock.now()) is None
    with pytest.raises(UnableToInvite):
        invite_operator(
            partner=operator.partner, name="乙", email="b@c.example", actor=ACTOR, at=clock.now()
        )


def test_who_is_let_go_is_out_with_the_next_request() -> None:
    operator = an_operator()
    browser = operator_desk(operator)
    assert browser.get("/partner/").status_code == 200

    end_operator(operator=operator, by=make_staff_user(), at=clock.now(), reason="离职")

    assert browser.get("/partner/").status_code == 302
    assert not User.objects.get(operator=operator).is_active
    with pytest.raises(UnableToEnd):
        end_operator(operator=operator, by=make_staff_user(), at=clock.now(), reason="离职")


def test_the_table_holds_facts_and_status_together() -> None:
    operator = an_operator(joined=False)

    with pytest.raises(IntegrityError, match="facts_of_its_status"), transaction.atomic():
        Operator.objects.filter(pk=operator.pk).update(status=OperatorStatus.ACTIVE)


def test_the_letter_has_the_link_in_both_languages_and_the_page_takes_a_password() -> None:
    operator = an_operator(joined=False)
    send_invitation(operator=str(operator.ref), origin="http://testserver")
    letter = mail.outbox[-1]
    assert letter.to == [operator.email]
    assert "邀请" in letter.body
    assert "invited" in letter.body
    path = link_in_the_letter()
    browser = Client(headers={"Accept-Language": "en"})

    page = browser.get(path)
    assert page.status_code == 200
    assert operator.partner.name_en in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]

    weak = browser.post(path, {"password1": "password1234", "password2": "password1234"})
    assert weak.status_code == 422
    differ = browser.post(path, {"password1": PASSWORD, "password2": PASSWORD + "x"})
    assert "The two passwords differ." in differ.content.decode()
    done = browser.post(path, {"password1": PASSWORD, "password2": PASSWORD})
    assert (done.status_code, done["Location"]) == (302, "/staff/login/")
    assert browser.get(path).status_code == 404


def test_a_letter_is_written_to_nobody_who_is_not_invited_any_more() -> None:
    operator = an_operator()
    send_invitation(operator=str(operator.ref), origin="http://testserver")

    assert mail.outbox == []


def test_an_operator_sets_up_a_second_factor_before_anything_opens() -> None:
    operator = an_operator(joined=False)
    join(token=token_of(operator), password=PASSWORD, at=clock.now())
    browser = Client(headers={"Accept-Language": "en"})

    signed_in = browser.post("/staff/login/", {"login": operator.email, "password": PASSWORD})

    assert signed_in.status_code == 302
    first = browser.get("/partner/")
    assert (first.status_code, first["Location"]) == (302, "/account/mfa/")
    assert browser.post("/partner/webhooks/", {"url": "https://a.example"}).status_code == 403


def test_a_manager_invites_for_their_own_institutions_only(monkeypatch) -> None:
    asked: list[dict[str, str]] = []
    monkeypatch.setattr(
        "partners.admin.operators.send_invitation.defer", lambda **values: asked.append(values)
    )
    manager = staff(Role.PARTNER_MANAGER)
    mine, other = a_partner("甲", manager=manager), a_partner("乙")
    desk = desk_of(manager)
    url = reverse("admin:partners_operator_add")
    given = {"name": "陈立新", "email": "Chen@Bank.example"}

    assert desk.post(url, {**given, "partner": other.pk}).status_code == 200
    assert not Operator.objects.exists()
    desk.post(url, {**given, "partner": mine.pk})

    operator = Operator.objects.get()
    assert (operator.partner, operator.email) == (mine, "chen@bank.example")
    assert asked == [{"operator": str(operator.ref), "origin": "http://testserver"}]
    again = desk.post(url, {**given, "partner": mine.pk})
    assert "invited already" in again.content.decode()
    act = reverse("admin:partners_operator_act", args=[operator.ref, "end"])
    desk.post(act, {"reason": "离职"})
    operator.refresh_from_db()
    assert operator.status == OperatorStatus.ENDED
    back = reverse("admin:partners_operator_act", args=[operator.ref, "back"])
    desk.post(back, {"reason": "回到原岗位"})
    operator.refresh_from_db()
    assert operator.status == OperatorStatus.INVITED
    assert len(asked) == 2


def test_who_comes_back_is_the_same_person_with_a_new_password_and_a_new_factor() -> None:
    operator, boss = an_operator(), make_staff_user()
    desk = operator_desk(operator)
    end_operator(operator=operator, by=boss, at=clock.now(), reason="离职")

    back = invite_back(operator=operator, by=boss, at=clock.now(), reason="回到原岗位")
    assert (back.status, back.user) == (OperatorStatus.INVITED, operator.user)
    assert not User.objects.get(operator=operator).is_active
    assert desk.get("/partner/").status_code == 302
    joined = join(token=token_of(back), password=f"{PASSWORD}-2", at=clock.now())

    assert joined.pk == operator.pk
    assert joined.user is not None
    assert joined.user.is_active
    assert joined.user.check_password(f"{PASSWORD}-2")
    assert not Authenticator.objects.filter(user=joined.user).exists()
    kinds = Entry.objects.filter(subject_ref=operator.ref).order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == [
        "partners.operator_invited",
        "partners.operator_joined",
        "partners.operator_ended",
        "partners.operator_invited",
        "partners.operator_joined",
    ]
    with pytest.raises(UnableToInvite):
        invite_back(operator=joined, by=boss, at=clock.now(), reason="再来")


def test_the_form_says_where_somebody_is_invited_back() -> None:
    operator = an_operator()
    end_operator(operator=operator, by=make_staff_user(), at=clock.now(), reason="离职")

    with pytest.raises(UnableToInvite) as refused:
        invite_operator(
            partner=operator.partner,
            name="甲",
            email=operator.email,
            actor=ACTOR,
            at=clock.now(),
        )
    assert set(refused.value.errors) == {"email"}


def test_nobody_is_invited_back_while_somebody_else_has_the_address() -> None:
    operator, boss = an_operator(joined=False), make_staff_user()
    end_operator(operator=operator, by=boss, at=clock.now(), reason="离职")
    make_staff_user(operator.email)

    with pytest.raises(UnableToInvite):
        invite_back(operator=operator, by=boss, at=clock.now(), reason="回来")


def test_who_left_long_ago_is_forgotten_and_so_is_an_unused_invitation() -> None:
    kept, left, unused = an_operator(), an_operator(), an_operator(joined=False)
    end_operator(operator=left, by=make_staff_user(), at=clock.now(), reason="离职")

    later = clock.now() + timedelta(days=4)
    due = set(gone_operators(later))
    assert due == {left, unused}
    assert kept not in due


def test_a_forgotten_operator_leaves_no_log_in_and_may_be_invited_anew() -> None:
    left = an_operator()
    end_operator(operator=left, by=make_staff_user(), at=clock.now(), reason="离职")
    later = clock.now() + timedelta(days=4)
    user = left.user
    assert user is not None

    assert OPERATORS.dispose(gone_operators(later)) == 1

    assert not User.objects.filter(pk=user.pk).exists()
    again = invite_operator(
        partner=left.partner, name="陈立新", email=left.email, actor=ACTOR, at=clock.now()
    )
    assert again.status == OperatorStatus.INVITED


def test_a_log_in_whose_operator_went_before_goes_too() -> None:
    kept, left = an_operator(), an_operator()
    Operator.objects.filter(pk=left.pk).delete()
    assert [row.pk for row in log_ins_of_nobody(clock.now() + timedelta(days=1))] == [left.user_id]
    assert kept.user is not None
