"""Credit for an opening: exactly the whole, ours alone, disputed and answered by two people."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.credit import desk
from accounts.credit.dated import credit_terms
from accounts.credit.rules import CreditTerms, Help, Part, move, share_out
from accounts.credit.states import ShareKind
from accounts.models import OpeningCredit, OpeningDispute, OpeningShare, StepForecast
from accounts.states import Status, Step
from accounts.use_cases.credit_opening import (
    UnableToCredit,
    answer_opening_dispute,
    credit_opening,
    dispute_opening,
)
from brokerage.core import clock, scope
from brokerage.core.clock import business_date
from brokerage.core.roles import Role, sync_roles
from tests.accounts.after.factories import a_credit, came_by, helped
from tests.accounts.factories import AT, an_application
from tests.branches.factories import make_staff, make_unit
from tests.users.factories import sign_in

EN = {"Accept-Language": "en"}
TERMS = CreditTerms("tests", Decimal(30), Decimal(30), {"video": 2, "tax": 1}, 30, 10)


def told(parts: list[Part]) -> list[tuple[str, int, str]]:
    return [(part.kind.value, part.unit, str(part.percent)) for part in parts]


def test_nobody_else_means_that_the_owner_has_everything() -> None:
    parts = share_out(TERMS, owner=1, entry=None, helps=[])
    assert told(parts) == [("owner", 1, "100.00")]


@pytest.mark.parametrize("steps", [["video"], ["video", "tax"], ["video", "tax", "tax"], ["bank"]])
def test_the_shares_are_exactly_the_whole(steps) -> None:
    helps = [Help(step, number + 5, 7) for number, step in enumerate(steps)]
    parts = share_out(TERMS, owner=1, entry=(2, None), helps=helps)
    assert sum(part.percent for part in parts) == 100
    assert parts[-1].kind == ShareKind.OWNER


def test_help_weighs_by_its_step_and_the_remainder_is_the_owners() -> None:
    helps = [Help("video", 5, 7), Help("tax", 6, 7), Help("tax", 8, 7)]
    parts = share_out(TERMS, owner=1, entry=(2, 3), helps=helps)
    assert told(parts) == [
        ("entry", 2, "30"),
        ("assist", 5, "15.00"),
        ("assist", 6, "7.50"),
        ("assist", 8, "7.50"),
        ("owner", 1, "40.00"),
    ]


def test_a_part_moves_and_an_empty_one_goes() -> None:
    parts = share_out(TERMS, owner=1, entry=(2, None), helps=[])
    some = move(parts, source=1, to=9, percent=Decimal("20.5"))
    assert told(some) == [("entry", 2, "30"), ("owner", 1, "49.50"), ("decided", 9, "20.5")]
    assert told(move(parts, source=0, to=9, percent=Decimal(30)))[0][0] == "owner"
    for wrong in (Decimal(0), Decimal("30.01"), Decimal("0.001")):
        with pytest.raises(ValueError, match="percent"):
            move(parts, source=0, to=9, percent=wrong)


def now() -> None:
    """Have deferred triggers speak."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.django_db
def test_an_opening_is_credited_once_by_who_brought_helped_and_keeps() -> None:
    application = an_application(Status.ACTIVE)
    shop, window = make_unit(), make_unit()
    person = make_staff(Role.ADVISER, shop)
    came_by(application, shop, person)
    helped(application, Step.VIDEO, window)
    credit = credit_opening(application=application, at=AT)
    assert credit is not None
    now()
    terms = credit_terms(business_date(AT))
    rows = list(credit.shares.order_by("pk").values_list("kind", "unit", "person", "percent"))
    assert str(rows[0]) == str(("entry", shop.pk, person.pk, terms.entry))
    assert rows[1][:2] == ("assist", window.pk)
    rest = 100 - terms.entry - terms.assists
    assert str(rows[2]) == str(("owner", application.outlet_id, None, rest))
    assert credit_opening(application=application, at=AT + timedelta(days=1)) == credit


@pytest.mark.django_db
def test_an_institution_is_never_credited() -> None:
    application = an_application(Status.ACTIVE, origin=uuid4())
    credit = credit_opening(application=application, at=AT)
    outlet = application.outlet
    assert credit is not None
    assert outlet is not None
    assert [row.kind for row in credit.shares.all()] == [ShareKind.OWNER]
    OpeningCredit.objects.filter(pk=credit.pk).update(replaced_at=AT)
    other = OpeningCredit.objects.create(
        application=application, rule_version="x", made_at=AT, disputed_until=AT
    )
    with pytest.raises(IntegrityError, match="only a code of ours"), transaction.atomic():
        OpeningShare.objects.create(credit=other, kind=ShareKind.ENTRY, unit=outlet, percent=100)
    OpeningShare.objects.create(credit=other, kind=ShareKind.OWNER, unit=outlet, percent=100)


@transaction.atomic
def one_more(credit: OpeningCredit) -> None:
    unit = credit.application.outlet
    assert unit is not None
    OpeningShare.objects.create(credit=credit, kind=ShareKind.DECIDED, unit=unit, percent=1)
    now()


@transaction.atomic
def none_left(credit: OpeningCredit) -> None:
    credit.shares.all().delete()
    now()


@pytest.mark.django_db
def test_the_database_refuses_less_and_more_than_the_whole() -> None:
    credit = a_credit()
    now()
    with pytest.raises(IntegrityError, match="exactly 100"):
        one_more(credit)
    with pytest.raises(IntegrityError, match="exactly 100"):
        none_left(credit)
    with pytest.raises(DatabaseError), transaction.atomic():
        credit.shares.update(percent=99)


@pytest.mark.django_db
def test_every_unit_with_a_share_sees_the_credit_and_others_do_not() -> None:
    application = an_application(Status.ACTIVE)
    window = make_unit()
    helped(application, Step.VIDEO, window)
    credit_opening(application=application, at=AT)
    for unit in (window, application.outlet):
        seen = scope.visible(OpeningCredit, make_staff(Role.BRANCH_MANAGER, unit))
        assert seen.count() == 1
    stranger = make_staff(Role.BRANCH_MANAGER, make_unit())
    assert not scope.visible(OpeningCredit, stranger).exists()


@pytest.mark.django_db
def test_a_dispute_is_answered_by_somebody_else_and_moves_a_part() -> None:
    credit = a_credit()
    manager = make_staff(Role.BRANCH_MANAGER, credit.application.outlet)
    head, other = make_staff(Role.HEAD_OFFICE), make_unit()
    dispute = dispute_opening(credit=credit, reason="客户由我们网点介绍", by=manager, at=AT)
    assert dispute.due_at == AT + timedelta(days=credit_terms(business_date(AT)).answer_days)
    assert not list(desk.disputes(manager, AT))
    (task,) = desk.disputes(head, AT)
    assert task.due_at == dispute.due_at
    share = credit.shares.get()
    with pytest.raises(UnableToCredit):
        answer_opening_dispute(dispute=dispute, answer="行", moved=None, by=manager, at=AT)
    too_much = (share, other, Decimal(101))
    with pytest.raises(UnableToCredit):
        answer_opening_dispute(dispute=dispute, answer="行", moved=too_much, by=head, at=AT)
    answered = answer_opening_dispute(
        dispute=dispute, answer="有介绍记录", moved=(share, other, Decimal(25)), by=head, at=AT
    )
    now()
    assert answered.upheld
    counts = OpeningCredit.objects.get(application=credit.application, replaced_at=None)
    assert sorted(counts.shares.values_list("kind", "percent")) == [
        ("decided", Decimal(25)),
        ("owner", Decimal(75)),
    ]
    assert scope.visible(OpeningCredit, make_staff(Role.BRANCH_MANAGER, other)).count() == 1


@pytest.mark.django_db
def test_a_dispute_is_raised_in_time_with_words_and_once() -> None:
    credit = a_credit()
    who = make_staff(Role.BRANCH_MANAGER, credit.application.outlet)
    with pytest.raises(UnableToCredit):
        dispute_opening(credit=credit, reason=" ", by=who, at=AT)
    with pytest.raises(UnableToCredit):
        dispute_opening(credit=credit, reason="晚了", by=who, at=credit.disputed_until)
    dispute = dispute_opening(credit=credit, reason="不对", by=who, at=AT)
    with pytest.raises(UnableToCredit):
        dispute_opening(credit=credit, reason="还是不对", by=who, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningDispute.objects.filter(pk=dispute.pk).update(
            answered_by=who, answered_at=AT, upheld=False, answer="行"
        )


@pytest.mark.django_db
def test_both_sides_dispute_and_answer_on_the_pages() -> None:
    sync_roles()
    credit = a_credit(at=clock.now())
    manager = make_staff(Role.BRANCH_MANAGER, credit.application.outlet)
    desk = sign_in(Client(headers=EN), manager, stepped_up=True)
    page = desk.get(reverse("admin:accounts_openingcredit_change", args=[credit.ref]))
    assert "Keeps the account" in page.content.decode()
    act = reverse("admin:accounts_openingcredit_act", args=[credit.ref, "dispute"])
    assert desk.post(act, {"reason": "客户由我们介绍"}).status_code == 302
    dispute = OpeningDispute.objects.get()
    head = sign_in(Client(headers=EN), make_staff(Role.HEAD_OFFICE), stepped_up=True)
    act = reverse("admin:accounts_openingdispute_act", args=[dispute.ref, "answer"])
    share, other = credit.shares.get(), make_unit()
    half = {"answer": "有记录", "source": share.pk, "to": other.pk}
    refused = head.post(act, half)
    assert refused.status_code == 200
    assert "Fill in all three, or none." in refused.content.decode()
    assert head.post(act, half | {"percent": "25"}).status_code == 302
    dispute.refresh_from_db()
    assert dispute.upheld


@pytest.mark.django_db
def test_medians_are_a_page_for_staff_with_applications_alone() -> None:
    sync_roles()
    on = clock.today() - timedelta(days=1)
    StepForecast.objects.create(
        step=Step.BANK, on=on, promised=60, measured=70, error=12, sample=9
    )
    url = reverse("admin:accounts_application_medians")
    desk = sign_in(Client(headers=EN), make_staff(Role.OPERATIONS), stepped_up=True)
    page = desk.get(url).content.decode()
    assert "Bank for your money" in page
    assert "12" in page
    other = sign_in(Client(headers=EN), make_staff(Role.PARTNER_MANAGER), stepped_up=True)
    assert other.get(url).status_code == 403
