"""An operator takes up an invitation, sets up a factor, and does a day's work; all of it sound."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from brokerage.core import clock
from partners.models import Campaign, Dispute, WebhookEndpoint
from partners.use_cases.operators import make_token
from tests.partners.factories import (
    a_campaign,
    a_client,
    a_remark,
    a_statement,
    a_webhook,
    an_operator,
    operator_desk,
)
from tests.partners.test_in_browser import sound
from tests.users.factories import PASSWORD
from tests.visits.factories import an_outlet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def cookies_of(operator, language):
    session = operator_desk(operator, stepped_up=True).cookies["sessionid"].value
    return {"sessionid": session, "language": language}


def test_an_invitation_is_taken_up_on_a_phone(live_server, visit):
    operator = an_operator(joined=False)
    token = make_token(operator=operator, at=clock.now())
    url = live_server.url + reverse("partners:join", args=[token])
    shown = visit(url, width=360, cookies={"language": "zh-hans"})
    sound(shown)
    for name in ("password1", "password2"):
        shown.page.locator(f"[name={name}]").fill(PASSWORD)
    shown.follow(shown.page.get_by_role("button", name="设置密码"))
    shown.page.locator("[name=login]").fill(operator.email)
    shown.page.locator("[name=password]").fill(PASSWORD)
    shown.follow(shown.page.get_by_role("button", name="登录", exact=True))
    assert "/account/mfa/" in shown.page.url  # nothing else opens before the second factor
    sound(shown)


def test_an_operator_makes_a_code_and_disputes_a_line(live_server, visit):
    operator = an_operator()
    outlet, statement = an_outlet(), a_statement(operator.partner, released=True)
    cookies = cookies_of(operator, "en")
    shown = visit(live_server.url + "/", width=1280, cookies=cookies)
    sound(shown)
    page = shown.page
    shown.follow(page.get_by_role("link", name="Codes").first)
    page.locator("[name=name]").fill("Autumn")
    page.locator("[name=partner_reference]").fill("autumn-1")
    page.locator("[name=unit]").select_option(str(outlet.pk))
    page.locator("[name=last_day]").fill((clock.today() + timedelta(days=90)).isoformat())
    shown.follow(page.get_by_role("button", name="Make the code"))
    assert Campaign.objects.get().partner == operator.partner
    sound(shown)
    shown.follow(page.get_by_role("link", name="Statements").first)
    shown.follow(page.locator("main").get_by_role("link").first)
    page.locator("[name=text]").fill("The first day is missing.")
    shown.follow(page.get_by_role("button", name="Dispute it"))
    assert Dispute.objects.get().statement == statement
    sound(shown)


@pytest.mark.parametrize(("width", "language"), [(360, "zh-hans"), (1280, "en")])
def test_every_page_of_the_desk_is_sound(live_server, visit, width, language):
    operator = an_operator()
    partner = operator.partner
    a_client(partner)
    hook, campaign = a_webhook(partner), a_campaign(partner)
    statement = a_statement(partner, released=True)
    cookies = cookies_of(operator, language)
    names = ("desk", "keys", "webhooks", "codes", "materials", "remarks", "statements")
    a_remark(partner, kind="complaint")
    paths = [reverse(f"partners:{name}") for name in names]
    paths += [
        reverse("partners:webhook", args=[hook.ref]),
        reverse("partners:code", args=[campaign.ref]),
        reverse("partners:statement", args=[statement.ref]),
    ]
    for path in paths:
        sound(visit(live_server.url + path, width=width, cookies=cookies))
    shown = visit(live_server.url + paths[1], width=width, cookies=cookies)
    shown.follow(shown.page.locator("main form button").first)
    sound(shown)
    assert WebhookEndpoint.objects.count() == 1
