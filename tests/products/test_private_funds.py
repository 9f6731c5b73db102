"""Private funds: a day to think it over, a call by somebody else, a way back without reason."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from brokerage.backoffice.tasks import tasks_by_source
from brokerage.core import clock, scope
from brokerage.core.roles import Role
from brokerage.core.states import IllegalTransition
from brokerage.files import api as files
from brokerage.journal.delivery import deliver_pending
from brokerage.messaging.models import Message
from products import tasks
from products.files import PRIVATE_RECORDING
from products.gateways.sandbox import PlayedPayments
from products.models import PrivateContract, Quota
from products.private_states import PRIVATE_TRANSITIONS, PrivateStatus
from products.rules.private import build_private_rules
from products.use_cases.order_checks import UnableToOrder
from products.use_cases.private_selling import (
    cancel_contract,
    confirm_in_call,
    pay_contract,
    refund_contract,
)
from products.use_cases.refusals import UnableToList
from products.use_cases.suspending import suspend
from tests.branches.factories import make_staff, make_staff_user
from tests.files.factories import mp4, pdf
from tests.products.factories import (
    a_buyer,
    a_private_contract,
    a_private_fund,
    a_product,
    a_qualified_buyer,
)
from tests.suitability.factories import ACTOR, AT
from tests.users.factories import sign_in

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)
GOOD: dict[str, Any] = {"least": "1000000.00", "cooling_hours": 24, "call_hours": 48}


@pytest.mark.parametrize("old", PrivateStatus.values)
@pytest.mark.parametrize("new", PrivateStatus.values)
def test_a_contract_steps_only_along_its_table(old: str, new: str):
    made = PrivateContract(status=old)
    if PRIVATE_TRANSITIONS.allows(old, new):
        made.move_to(new)
        assert made.status == new
    else:
        with pytest.raises(IllegalTransition):
            made.move_to(new)


def test_nothing_binds_but_from_the_time_to_cool_off():
    before = {each for each in PrivateStatus.values if PRIVATE_TRANSITIONS.allows(each, "binding")}
    assert before == {PrivateStatus.COOLING}


@pytest.mark.parametrize(
    "changed",
    [{"cooling_hours": 23}, {"call_hours": 0}, {"least": "0"}, {"least": "NaN"}, {"least": None}],
)
def test_a_rule_below_the_law_is_refused(changed: dict[str, Any]):
    rules = build_private_rules(GOOD, "")
    assert rules.cooling_until(AT) == AT + DAY
    assert rules.call_due(AT) == AT + 3 * DAY
    with pytest.raises(ValueError, match=r"form|figures"):
        build_private_rules(GOOD | changed, "")


def cooling(**values: Any) -> PrivateContract:
    return pay_contract(contract=a_private_contract(**values), gateway=PlayedPayments(), at=AT)


def call(row: PrivateContract, by: Any = None, **values: Any) -> PrivateContract:
    given: dict[str, Any] = {"note": "本人自愿，清楚风险", "at": AT + DAY} | values
    return confirm_in_call(contract=row, by=by or make_staff_user(), **given)


@pytest.mark.django_db
def test_a_call_counts_from_the_second_after_a_day_and_not_by_the_seller():
    seller = make_staff(Role.ADVISER)
    row = cooling(seller=seller)
    assert (row.cooling_until, row.company.kind) == (AT + DAY, "branch_company")
    with pytest.raises(UnableToList, match="not over"):
        call(row, at=AT + DAY - SECOND)
    with pytest.raises(UnableToList, match="else than the seller"):
        call(row, seller)
    with pytest.raises(UnableToList):
        call(row, note=" ")
    done = call(row)
    assert (done.status, done.ended_at) == (PrivateStatus.BINDING, AT + DAY)
    with pytest.raises(UnableToOrder):
        cancel_contract(contract=done, actor=ACTOR, at=AT + DAY)
    for wrong in (
        {"called_at": AT + DAY - SECOND},
        {"called_by_ref": seller.ref},
        {"called_by_ref": None},
        {"cooling_until": AT},
        {"call_note": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PrivateContract.objects.update(**wrong)


@pytest.mark.django_db
def test_who_takes_it_back_gives_no_reason_and_gets_all_of_it_once():
    row = cooling(product=a_private_fund(quota=Decimal(3_000_000)))
    assert Quota.objects.get().taken == Decimal(1_000_000)
    given: list[Decimal] = []

    class Counting(PlayedPayments):
        def give_back(self, *, amount: Decimal, **values: Any) -> None:
            given.append(amount)

    for _ in range(2):
        row = cancel_contract(contract=row, actor=ACTOR, at=AT + 2 * DAY)
        row = refund_contract(contract=row, gateway=Counting(), at=AT + 2 * DAY)
    assert (row.status, row.refund) == (PrivateStatus.CANCELLED, Decimal(1_000_000))
    assert given == [Decimal(1_000_000)]
    assert Quota.objects.get().taken == 0
    with pytest.raises(UnableToList):
        call(row)
    deliver_pending()
    told = Message.objects.filter(text__kind__startswith="products.private")
    assert sorted(told.values_list("text__kind", flat=True)) == [
        "products.private_cancelled",
        "products.private_paid",
    ]
    with pytest.raises(IntegrityError, match="all_of_it"), transaction.atomic():
        PrivateContract.objects.update(refund=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": Decimal(990_000)}, "amount"),
        ({"amount": Decimal("1000000.01")}, "amount"),
        ({"amount": Decimal(2_010_000)}, "amount"),  # the quota
        ({"amount": Decimal("1e19")}, "amount"),
        ({"amount": Decimal(-1_000_000)}, "amount"),
        ({"amount": Decimal(0)}, "amount"),
        ({"upload": BytesIO(pdf())}, "upload"),
        ({"matched": False}, None),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(values: dict[str, Any], field: str | None):
    product = a_private_fund(quota=Decimal(2_000_000))
    with pytest.raises(UnableToList) as refused:
        a_private_contract(product=product, **values)
    assert field is None or field in refused.value.errors
    assert not PrivateContract.objects.exists()


@pytest.mark.django_db
def test_it_is_sold_to_qualified_investors_alone_once_at_a_time_and_not_while_suspended():
    with pytest.raises(UnableToList, match="qualified investors"):
        a_private_contract(a_buyer())
    buyer, product = a_qualified_buyer(), a_private_fund()
    a_private_contract(buyer, product=product)
    with pytest.raises(UnableToList, match="open already"):
        a_private_contract(buyer, product=product)
    with pytest.raises(UnableToList, match="no private fund"):
        a_private_contract(buyer, product=a_product("R2"))
    suspend(product=product, reason="核查", by=make_staff_user(), at=AT)
    with pytest.raises(UnableToList, match="for sale"):
        a_private_contract(buyer, product=product)
    with pytest.raises(IntegrityError, match="branch company"), transaction.atomic():
        PrivateContract.objects.update(company=PrivateContract.objects.get().outlet_id)


@pytest.mark.django_db
def test_a_recording_is_seen_with_its_own_contract_only():
    contract = a_private_contract()
    other = files.store(
        upload=BytesIO(mp4()),
        purpose=PRIVATE_RECORDING,
        owner_ref=uuid4(),
        actor=ACTOR,
        at=AT,
    )
    manager = make_staff(Role.BRANCH_MANAGER, contract.outlet)
    seen = scope.visible(files.StoredFile, manager)
    assert list(seen.values_list("ref", flat=True)) == [contract.recording.ref]
    assert other.owner_type == "products.privatecontract"


@pytest.mark.django_db
def test_a_recording_without_a_contract_does_not_stay():
    buyer, product = a_qualified_buyer(), a_private_fund()
    kept = a_private_contract(buyer, product=product).recording
    with pytest.raises(UnableToList, match="open already"):
        a_private_contract(buyer, product=product)
    rows = files.StoredFile.objects.filter(purpose=PRIVATE_RECORDING)
    states = {row.ref: row.status for row in rows}
    assert states.pop(kept.ref) == "stored"
    assert list(states.values()) == ["disposed"]


@pytest.mark.django_db
def test_the_money_has_its_clock_here_too(monkeypatch: pytest.MonkeyPatch):
    product = a_private_fund(step=Decimal("0.01"))
    a_private_contract(product=product, amount=Decimal("1000000.12"))
    for at in (AT, AT + timedelta(hours=2)):
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        tasks.carry_all_private_on(0)
    row = PrivateContract.objects.get()
    assert (row.status, row.refund) == (PrivateStatus.LAPSED, Decimal("1000000.12"))
    assert row.refunded_at == AT + timedelta(hours=2)


@pytest.mark.django_db
def test_the_call_is_a_task_of_the_call_centre_once_it_may_be_made():
    caller = make_staff(Role.CALL_CENTRE)
    row = cooling()

    def due(at: Any) -> list[Any]:
        found = {one.key: one.tasks for one in tasks_by_source(caller, at)}
        return found.get("products.private_calls", [])

    assert due(AT + DAY - SECOND) == []
    (task,) = due(AT + DAY)
    assert task.due_at == row.call_due


@pytest.mark.django_db
def test_the_customer_takes_it_back_on_the_page_and_nobody_else_does(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(clock, "now", lambda: AT)
    buyer = a_qualified_buyer()
    row = cooling(customer=buyer)
    client = sign_in(Client(headers={"accept-language": "zh-hans"}), buyer.user)
    address = f"/products/private/{row.ref}/"
    assert address in client.get("/products/orders/").content.decode()
    assert "撤回合同" in client.get(address).content.decode()
    stranger = sign_in(Client(), a_buyer("+8613900139300").user)
    assert stranger.post(address).status_code == 404
    assert client.get(f"/products/private/{uuid4()}/").status_code == 404
    client.post(address)
    assert PrivateContract.objects.get().status == PrivateStatus.CANCELLED


@pytest.mark.django_db
def test_an_adviser_takes_it_down_on_the_page_and_what_was_typed_stays(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(clock, "now", lambda: AT)
    done = cooling()
    adviser = make_staff(Role.ADVISER, done.outlet)
    client = sign_in(Client(headers={"accept-language": "en"}), adviser)
    product = a_private_fund()
    given = {"customer": done.customer_id, "product": product.pk, "amount": "500000"}
    wrong = client.post("/admin/products/privatecontract/add/", given | {"upload": BytesIO(mp4())})
    assert wrong.status_code == 200
    assert "At least" in wrong.content.decode()
    assert 'value="500000"' in wrong.content.decode()
    page = client.get(f"/admin/products/privatecontract/{done.ref}/change/").content.decode()
    assert "Make it binding" not in page
