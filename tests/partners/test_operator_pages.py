"""What an operator sees and does: their one institution, while it may act, and nothing else."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from partners.models import Campaign, Contract, Credential, Dispute, Remark, WebhookEndpoint
from partners.models.statements import month_of
from partners.states import Activity, PartnerStatus, WebhookStatus
from partners.use_cases import rotate_secret, set_partner_status
from partners.use_cases.materials import withdraw_material
from partners.use_cases.remarks import answer_remark
from partners.use_cases.webhooks import set_webhook_status
from tests.backoffice.factories import desk_of, staff
from tests.partners.factories import (
    ACTOR,
    a_campaign,
    a_client,
    a_contract,
    a_dispute,
    a_lead,
    a_licence,
    a_material,
    a_partner,
    a_remark,
    a_statement,
    a_webhook,
    an_operator,
    operator_desk,
    token_for,
)
from tests.users.factories import make_staff_user
from tests.visits.factories import an_outlet

pytestmark = pytest.mark.django_db
PAGES = ("", "keys/", "webhooks/", "codes/", "materials/", "remarks/", "statements/")


def own(partner) -> list[str]:
    """The address of an endpoint, a campaign, its image and a statement of an institution."""
    campaign = a_campaign(partner)
    return [
        f"/partner/webhooks/{a_webhook(partner).ref}/",
        f"/partner/codes/{campaign.ref}/",
        f"/partner/codes/{campaign.ref}/qr.svg",
        f"/partner/statements/{a_statement(partner, released=True).ref}/",
    ]


def text(answer) -> str:
    return answer.content.decode()


def done_by(operator, kind: str) -> Entry:
    entry = Entry.objects.filter(kind=f"partners.{kind}").latest("pk")
    assert (entry.actor_kind, entry.actor_ref) == ("user", operator.user.ref)
    return entry


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_for_an_operator(language) -> None:
    operator = an_operator()
    a_client(operator.partner)
    browser = operator_desk(operator, language=language)

    for page in [*(f"/partner/{name}" for name in PAGES), *own(operator.partner)]:
        answer = browser.get(page)
        assert answer.status_code == 200, page
        assert "/suggest/" not in text(answer), page  # a page that is not theirs
    home = browser.get("/")
    assert (home.status_code, home["Location"]) == (302, "/partner/")


def test_another_institutions_objects_do_not_exist() -> None:
    browser = operator_desk(an_operator(), stepped_up=True)
    theirs = a_partner("别家")
    client, _secret = a_client(theirs)
    endpoint, campaign, image, statement = own(theirs)
    acts = [f"/partner/keys/{client.ref}/rotate/", f"{endpoint}act/", f"{endpoint}secret/"]

    for page in (endpoint, campaign, image, statement, f"{statement}lines.csv"):
        assert browser.get(page).status_code == 404, page
    for page in (*acts, campaign, statement):
        assert browser.post(page, {"act": "enable", "text": "x"}).status_code == 404, page


def test_materials_of_today_open_and_what_may_not_be_shown_has_no_file() -> None:
    operator = an_operator()
    partner, browser = operator.partner, operator_desk(operator)
    shown, gone = a_material(partner), a_material(partner, code="leaflet", title="旧版单页")
    waits, theirs = a_material(partner, decided=False), a_material(a_partner("别家"))
    withdraw_material(material=gone, reason="更新", by=make_staff_user(), at=clock.now())
    page = text(browser.get("/partner/materials/"))
    assert f"/partner/materials/{shown.ref}/file/" in page
    assert "旧版单页" in page
    for row in (gone, waits, theirs):
        assert str(row.ref) not in page
        assert browser.get(f"/partner/materials/{row.ref}/file/").status_code == 404
    answer: Any = browser.get(f"/partner/materials/{shown.ref}/file/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    Contract.objects.filter(partner=partner).update(valid_to=clock.today())
    assert browser.get(f"/partner/materials/{shown.ref}/file/").status_code == 403


def test_what_is_not_released_does_not_exist() -> None:
    operator = an_operator()
    made = a_statement(operator.partner)
    browser = operator_desk(operator)

    assert browser.get(f"/partner/statements/{made.ref}/").status_code == 404
    assert str(made.ref) not in text(browser.get("/partner/statements/"))


def test_neither_customers_nor_staff_find_the_desk_and_an_operator_no_back_office() -> None:
    operator = an_operator()
    manager = desk_of(staff(Role.PARTNER_MANAGER))

    for page in PAGES:
        assert manager.get(f"/partner/{page}").status_code == 404
    browser = operator_desk(operator)
    for page in ("/admin/", reverse("admin:partners_partner_changelist"), "/me/", "/assets/"):
        assert browser.get(page).status_code in (302, 404), page
        assert browser.get(page, follow=True).status_code in (200, 404)
    assert browser.get("/admin/").status_code == 404
    assert browser.get("/me/").status_code == 404


def test_no_page_says_who_a_lead_is() -> None:
    operator = an_operator()
    lead = a_lead(operator.partner, name="欧阳踏雪")
    browser = operator_desk(operator)

    for page in PAGES:
        shown = text(browser.get(f"/partner/{page}"))
        assert "欧阳踏雪" not in shown
        assert str(lead.phone)[3:] not in shown


def test_a_suspension_closes_everything_at_once() -> None:
    operator = an_operator()
    browser = operator_desk(operator)
    pages = [f"/partner/{name}" for name in PAGES] + own(operator.partner)
    set_partner_status(
        partner=operator.partner, status=PartnerStatus.SUSPENDED, actor=ACTOR, at=clock.now()
    )

    for page in pages:
        answer = browser.get(page)
        assert answer.status_code == 403, page
        assert "suspended" in text(answer)


def test_after_the_contract_statements_alone_are_read_and_disputed() -> None:
    operator = an_operator()
    statement = a_statement(operator.partner, released=True)
    browser = operator_desk(operator)
    Contract.objects.filter(partner=operator.partner).update(valid_to=clock.today())

    assert browser.get("/partner/").status_code == 200
    page = f"/partner/statements/{statement.ref}/"
    assert browser.get(page).status_code == 200
    assert browser.get(f"{page}lines.csv").status_code == 200
    assert browser.post(page, {"text": "少了一天"}).status_code == 302
    assert Dispute.objects.get().due_on > clock.today(), "the last month has its clock too"
    for name in ("keys/", "webhooks/", "codes/", "remarks/"):
        assert browser.get(f"/partner/{name}").status_code == 403


def test_an_institution_without_a_program_complains_and_reads_the_answer() -> None:
    operator, theirs = an_operator(), a_remark(a_partner("别家"), text="别家的建议")
    browser = operator_desk(operator)
    page = "/partner/remarks/"

    assert browser.post(page, {"kind": "complaint", "text": ""}).status_code == 422
    answer = browser.post(page, {"kind": "complaint", "text": "对接人两周未回复。"})
    assert answer.status_code == 302
    row = Remark.objects.get(partner=operator.partner)
    assert row.api_client is None
    assert row.due_on > clock.today()
    assert done_by(operator, "remark_made").subject_ref == row.ref
    answer_remark(remark=row, answer="已更换对接人。", by=make_staff_user(), at=clock.now())
    shown = text(browser.get(page))
    assert "对接人两周未回复。" in shown
    assert "已更换对接人。" in shown
    assert str(theirs.text) not in shown


def test_a_contract_without_campaigns_has_no_codes() -> None:
    partner = a_partner(contract=False)
    a_licence(partner)
    a_contract(partner, activities=[Activity.LEADS])
    browser = operator_desk(an_operator(partner))

    assert browser.get("/partner/codes/").status_code == 404
    assert "/partner/codes/" not in text(browser.get("/partner/"))


def test_a_new_secret_is_shown_once_and_both_work_for_a_week() -> None:
    operator = an_operator()
    client, old = a_client(operator.partner)
    page = f"/partner/keys/{client.ref}/rotate/"
    asked = operator_desk(operator).post(page)
    assert asked["Location"].startswith("/account/confirm/")
    browser = operator_desk(operator, stepped_up=True)

    shown = browser.post(page)

    new = Credential.objects.filter(api_client=client).latest("pk")
    assert new.oauth_client_id in text(shown)
    assert "no-store" in shown["Cache-Control"]
    listed = text(browser.get("/partner/keys/"))
    assert new.oauth_client_id in listed
    secret = shown.context["secret"]
    assert secret.client_secret in text(shown)
    assert secret.client_secret not in listed
    assert token_for(old)
    assert token_for(secret)
    done_by(operator, "secret_issued")
    refused = browser.post(page, follow=True)
    assert "Two secrets are alive" in text(refused)


def test_a_retired_secret_is_not_listed() -> None:
    operator = an_operator()
    client, old = a_client(operator.partner)
    rotate_secret(api_client=client, actor=ACTOR, at=clock.now(), overlap=timedelta(0))

    assert old.client_id not in text(operator_desk(operator).get("/partner/keys/"))


def test_an_endpoint_is_kept_looked_into_and_removed() -> None:
    operator = an_operator()
    browser = operator_desk(operator, stepped_up=True)

    wrong = browser.post("/partner/webhooks/", {"url": "http://10.0.0.1:22/x#y"})
    assert wrong.status_code == 422
    browser.post("/partner/webhooks/", {"url": "https://hooks.example.com/in"})
    hook = WebhookEndpoint.objects.get(partner=operator.partner)
    done_by(operator, "webhook_added")
    again = browser.post("/partner/webhooks/", {"url": hook.url})
    assert "kept already" in text(again)
    secret = browser.post(f"/partner/webhooks/{hook.ref}/secret/")
    assert str(hook.secret) in text(secret)
    done_by(operator, "webhook_secret_shown")
    act = f"/partner/webhooks/{hook.ref}/act/"
    browser.post(act, {"act": "rotate"})
    done_by(operator, "webhook_secret_changed")
    browser.post(act, {"act": "remove"})
    hook.refresh_from_db()
    assert hook.status == WebhookStatus.REMOVED
    assert browser.get(f"/partner/webhooks/{hook.ref}/").status_code == 404
    assert browser.post(act, {"act": "enable"}).status_code == 404


def test_secret_and_removal_ask_for_a_proof_first() -> None:
    operator = an_operator()
    hook = a_webhook(operator.partner)
    browser = operator_desk(operator)

    for page, body in (("secret/", {}), ("act/", {"act": "remove"})):
        answer = browser.post(f"/partner/webhooks/{hook.ref}/{page}", body)
        assert answer["Location"].startswith("/account/confirm/")
    hook.refresh_from_db()
    assert hook.status == WebhookStatus.ACTIVE


def test_a_disabled_endpoint_is_enabled_again_and_events_are_sent_anew() -> None:
    operator = an_operator()
    a_campaign(operator.partner)
    hook = a_webhook(operator.partner)
    set_webhook_status(endpoint=hook, status=WebhookStatus.DISABLED, actor=ACTOR, at=clock.now())
    browser = operator_desk(operator)
    act = f"/partner/webhooks/{hook.ref}/act/"

    browser.post(act, {"act": "enable"})
    hook.refresh_from_db()
    assert hook.status == WebhookStatus.ACTIVE
    assert browser.post(act, {"act": "replay", "after": "-1"}).status_code == 422
    assert browser.post(act, {"act": "replay", "after": "9" * 40}).status_code == 422
    said = browser.post(act, {"act": "replay", "after": "0"}, follow=True)
    assert hook.deliveries.count() == operator.partner.events.count()
    assert "campaign.created" in text(said)
    assert done_by(operator, "webhook_replayed")
    assert browser.post(act, {"act": "nothing"}).status_code == 404


def test_a_code_is_made_shown_and_ended() -> None:
    operator = an_operator()
    outlet = an_outlet()
    browser = operator_desk(operator)
    day = (clock.today() + timedelta(days=10)).isoformat()
    given = {"name": "秋季", "partner_reference": "autumn", "unit": outlet.pk, "last_day": day}

    browser.post("/partner/codes/", given)

    campaign = Campaign.objects.get(partner=operator.partner)
    ends = campaign.code.ends_at.astimezone(clock.SHANGHAI)
    assert (ends.date().isoformat(), ends.hour) == (day, 23)
    done_by(operator, "campaign_made")
    again = browser.post("/partner/codes/", given)
    assert (again.status_code, "used this reference" in text(again)) == (422, True)
    past = given | {"partner_reference": "b", "last_day": "2020-01-01"}
    assert browser.post("/partner/codes/", past).status_code == 422
    page = f"/partner/codes/{campaign.ref}/"
    assert f"/o/{campaign.code.code}/" in text(browser.get(page))
    assert browser.get(f"{page}qr.png").content.startswith(b"\x89PNG")
    assert browser.get(f"{page}qr.gif").status_code == 404
    browser.post(page)
    done_by(operator, "campaign_ended")
    assert "Leads nowhere now" in text(browser.get(page))


def test_a_line_is_disputed_until_its_day_and_the_answer_has_one() -> None:
    operator = an_operator()
    statement = a_statement(operator.partner, released=True)
    browser = operator_desk(operator)
    page = f"/partner/statements/{statement.ref}/"

    assert browser.post(page, {"line": "99", "text": "x"}).status_code == 422
    assert browser.post(page, {"line": "1", "text": ""}).status_code == 422
    said = browser.post(page, {"line": "1", "text": "合同自五日起算"}, follow=True)

    dispute = Dispute.objects.get()
    assert (dispute.line, dispute.api_client) == (1, None)
    assert "We answer by" in text(said)
    done_by(operator, "dispute_raised")
    twice = browser.post(page, {"line": "1", "text": "还是不对"})
    assert (twice.status_code, Dispute.objects.count()) == (422, 1)


def test_a_dispute_of_an_operator_is_read_by_the_program_and_answered_as_any() -> None:
    operator = an_operator()
    statement = a_statement(operator.partner, released=True)
    by_program = a_dispute(statement=statement)
    operator_desk(operator).post(f"/partner/statements/{statement.ref}/", {"text": "全部"})

    shown = text(operator_desk(operator).get(f"/partner/statements/{statement.ref}/"))
    assert by_program.text in shown
    assert "全部" in shown


def test_a_statement_is_taken_along_with_what_it_was_reckoned_from() -> None:
    operator = an_operator()
    statement = a_statement(operator.partner, released=True)

    answer = operator_desk(operator).get(f"/partner/statements/{statement.ref}/lines.csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    line = statement.lines.get()
    assert rows[1][0] == "1"
    assert rows[1][5] == str(line.amount_yuan)
    assert rows[1][-1] == " ".join(str(source) for source in line.sources)
    assert line.inputs["fee_yuan"] in rows[1][8]
    assert f"statement-{month_of(statement.month):%Y-%m}.csv" in answer["Content-Disposition"]
