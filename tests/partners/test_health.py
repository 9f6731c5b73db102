"""The page of health: what is counted, for whom, and what says nothing."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest

from accounts.models import Closing
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.core.shares import Share
from partners.health import DEFINITIONS, Health, health_of
from partners.models import Partner, Remark, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from partners.states import EventKind
from partners.use_cases.publish import publish
from partners.use_cases.quotas import throttle
from products.models import Complaint
from tests.accounts.factories import an_application as an_opening
from tests.backoffice.factories import desk_of, staff
from tests.customers.factories import a_customer
from tests.partners.factories import ACTOR, a_client, a_lead, a_partner, a_remark, a_webhook
from tests.users.factories import make_staff_user

pytestmark = pytest.mark.django_db


def report():
    return health_of(Partner.objects.order_by("pk"), clock.now())


def of(partner):
    return next(row for row in report().rows if row.partner == partner)


def approved(partner, phone, closed_after=None):
    """An account of somebody who came by the institution, perhaps closed again."""
    at = clock.now() - timedelta(days=50)
    row = an_opening("approved", customer=a_customer(phone), origin=partner.ref)
    type(row).objects.filter(pk=row.pk).update(decided_at=at)
    if closed_after is not None:
        end = at + timedelta(days=closed_after)
        Closing.objects.create(
            application=row,
            status="done",
            asked_at=at,
            confirmed_at=at,
            begins_at=at,
            due_at=at,
            signer="{}",
            ended_at=end,
        )
    return row


def test_complaints_of_the_institution_and_which_of_them_are_late():
    partner, other = a_partner("甲"), a_partner("乙")
    a_remark(partner, kind="suggestion")
    late = a_remark(partner, kind="complaint")
    a_remark(partner, kind="complaint")
    Remark.objects.filter(pk=late.pk).update(due_on=clock.today() - timedelta(days=1))
    assert (of(partner).complaints, of(partner).late) == (2, 1)
    assert (of(other).complaints, of(other).needs_a_look) == (0, False)
    assert report().rows[0].partner == partner


def test_complaints_and_early_closings_of_people_who_came_by_it():
    partner = a_partner()
    stays = approved(partner, "+8613900006001")
    approved(partner, "+8613900006002", closed_after=20)
    for customer in (stays.customer, a_customer("+8613900006003")):
        Complaint.objects.create(
            customer=customer,
            text="等了两周。",
            received_at=clock.now(),
            received_by_ref=make_staff_user().ref,
        )
    found = of(partner)
    assert found.customers_complaints == 1
    assert (found.closed_early.part, found.closed_early.whole) == (1, 2)
    assert not found.closed_early.is_telling


@pytest.mark.parametrize(
    ("facts", "looks"),
    [
        ({"customers_complaints": 2}, False),
        ({"customers_complaints": 3}, True),
        ({"closed_early": Share(4, 19)}, False),  # a share of few says nothing
        ({"closed_early": Share(3, 20)}, False),
        ({"closed_early": Share(4, 20)}, True),
    ],
)
def test_many_complaints_or_early_closings_raise_an_institution(facts, looks):
    limits = {"customers_complaints": 3, "early_percent": 20}
    assert Health(a_partner(), limits=limits, **facts).needs_a_look is looks
    assert report().limits == limits


def test_failed_tries_dead_endpoints_and_brakes():
    partner = a_partner()
    hook = a_webhook(partner)
    publish(
        partner=partner,
        kind=EventKind.LEAD_CREATED,
        ref=a_lead(partner).ref,
        version=9,
        at=clock.now(),
    )
    delivery = WebhookDelivery.objects.get(endpoint=hook, event__object_version=9)
    for status, failure in ((204, ""), (500, ""), (None, "timeout")):
        WebhookAttempt.objects.create(
            delivery=delivery, at=clock.now(), status=status, failure=failure, milliseconds=3
        )
    client, _secret = a_client(partner, name="braked")
    throttle(api_client=client, per_minute=5, reason="x", actor=ACTOR, at=clock.now())
    WebhookEndpoint.objects.update(status="disabled")
    found = of(partner)
    assert (found.failed_tries.part, found.failed_tries.whole) == (2, 3)
    assert (found.disabled, found.throttled) == (1, 1)


def test_a_manager_sees_their_institutions_with_the_definitions():
    manager = staff(Role.PARTNER_MANAGER)
    mine, other = a_partner("甲", manager=manager), a_partner("乙")
    text = desk_of(manager).get("/admin/partners/partner/health/").content.decode()
    assert mine.name_en in text
    assert other.name_en not in text
    assert all(str(name) in text for name, _words in DEFINITIONS)
    assert "partners.health@2020-01-01" in text
    assert desk_of(staff(Role.ADVISER)).get("/admin/partners/partner/health/").status_code == 403


def test_as_many_queries_for_one_institution_as_for_many(django_assert_num_queries):
    for name in "甲乙丙":
        a_remark(a_partner(name), kind="complaint")
    with django_assert_num_queries(10):
        report()


def test_a_figure_leads_to_its_rows_and_a_bad_one_to_what_can_be_done():
    manager = staff(Role.PARTNER_MANAGER)
    bad, good = a_partner("甲", manager=manager), a_partner("乙", manager=manager)
    late = a_remark(bad, kind="complaint")
    Remark.objects.filter(pk=late.pk).update(due_on=clock.today() - timedelta(days=1))
    hook = a_webhook(bad)
    WebhookEndpoint.objects.filter(pk=hook.pk).update(status="disabled")
    desk = desk_of(manager)
    text = unescape(desk.get("/admin/partners/partner/health/").content.decode())
    for row, needs in ((bad, True), (good, False)):
        assert (f"/admin/partners/partner/{row.ref}/change/#act-suspend" in text) is needs
    found = of(bad)
    for url, shown in (
        (found.complaints_url, str(late.ref)),
        (found.webhooks_url, hook.url),
        (found.clients_url, ""),
    ):
        assert url in text
        answer = desk.get(url)
        assert answer.status_code == 200
        assert shown in answer.content.decode()
    assert (
        'id="act-suspend"'
        in desk.get(f"/admin/partners/partner/{bad.ref}/change/").content.decode()
    )
