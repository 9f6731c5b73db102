"""The first slice over HTTP: a partner's link, a phone, a name, a paper, two officers, a stage.

Later issues replace its parts; the way through them stays.
"""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import Client
from PIL import Image

from accounts.consents import PURPOSES_OF_OPENING
from accounts.models import Application, PackDocument, Witnessing
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.journal.delivery import deliver_pending
from brokerage.journal.models import Entry
from brokerage.messaging.models import Message
from brokerage.users.codes import RecordingSender
from tests.accounts.answers import BANK, PROFILE, identity
from tests.accounts.proofs import identify
from tests.branches.factories import assign, make_unit
from tests.partners.factories import a_partner, an_api
from tests.suitability.factories import ANSWERS
from tests.users.factories import make_staff_user, sign_in

NAME = "江映雪"
pytestmark = pytest.mark.django_db


def officer(role: Role, outlet: Any) -> Client:
    user = make_staff_user(roles=[role])
    assign(user, role, outlet)
    return sign_in(Client(), user)


def follow(client: Client, response: Any) -> str:
    """Follow redirects; the path where they end."""
    while response.status_code == 302:
        path = response.headers["Location"]
        response = client.get(path)
    assert response.status_code == 200, response.content[:2000]
    return str(response.wsgi_request.get_full_path())


def post(client: Client, path: str, **form: Any) -> str:
    """Post a form with the hidden values of its page, and follow."""
    page = client.get(path).content.decode()
    hidden = dict(
        re.findall(
            r'<input type="hidden" name="(version|seen|\w*text_version|\w+_text)" value="([^"]*)"',
            page,
        )
    )
    return follow(client, client.post(path, {**hidden, **form}))


def sign_up(client: Client, sms: RecordingSender, path: str) -> str:
    client.get(path)
    response = client.post("/login/", {"phone": "13800138000", "next": path})
    code = sms.sent[-1].code
    return follow(client, client.post(response.headers["Location"], {"code": code}))


def answer_the_paper(client: Client, path: str) -> str:
    path = post(client, path)
    for chosen in ANSWERS.values():
        path = post(client, path, answer=chosen)
    path = post(client, path)  # check and finish
    return post(client, path)  # read and confirm


def answer_the_steps(client: Client, home: str, outlet: Any) -> str:
    """Every step with a form, out of order; the path where the last one leads."""
    ticks = dict.fromkeys(PURPOSES_OF_OPENING, "on")
    assert post(client, f"{home}consents/", **ticks) == f"{home}identity/"
    document = identity()
    document["front"], document["back"] = a_photo("front"), a_photo("back")
    assert post(client, f"{home}identity/", **document) == f"{home}profile/"
    places = {"outlet": str(outlet.ref), "markets": ["SH", "SZ"]}
    assert post(client, f"{home}outlet/", **places) == f"{home}profile/"
    assert post(client, f"{home}bank/", **BANK) == f"{home}profile/"
    assert post(client, f"{home}profile/", **PROFILE) == f"{home}tax/"
    return post(client, f"{home}tax/", residence="china", us_person="no", declares="on")


def prove_video(application: Application) -> None:
    """The recording itself has tests of its own (tests/accounts/evidence)."""
    Witnessing.objects.create(
        application=application,
        mode="one_way",
        script_version="tests",
        language="zh-hans",
        status="complete",
        begun_at=clock.now(),
        completed_at=clock.now(),
    )


def sign_over_http(client: Client, home: str, sms: RecordingSender) -> None:
    """Read every text for its shortest time, ask for a code, and sign with it."""
    page = f"{home}agreements/"
    assert post(client, page, act="begin") == f"{page}1/"
    assert "读完" in client.post(f"{page}1/").content.decode(), "too early by our clock"
    PackDocument.objects.update(opened_at=F("opened_at") - timedelta(minutes=1))
    by_script = client.post(f"{page}1/", headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert by_script["HX-Push-Url"] == f"{page}2/", "the next text comes in the answer"
    assert "<html" not in by_script.content.decode()
    for number in range(2, 8):
        client.get(f"{page}{number}/")
        PackDocument.objects.update(opened_at=F("opened_at") - timedelta(minutes=1))
        path = follow(client, client.post(f"{page}{number}/"))
    assert path == page
    post(client, page, act="code")
    wrong = client.post(page, {"code": "000000" if sms.sent[-1].code != "000000" else "111111"})
    assert wrong.context["form"].errors["code"]
    assert post(client, page, code=sms.sent[-1].code) == f"{home}passwords/"


def a_photo(name: str) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (800, 500), "white").save(out, "JPEG")
    return SimpleUploadedFile(f"{name}.jpg", out.getvalue(), content_type="image/jpeg")


def test_from_a_partners_link_to_a_stage_that_it_can_read(
    house: None, sms: RecordingSender
) -> None:
    outlet = make_unit(name_zh="金华双溪西路营业部")
    partner = a_partner("示例银行")
    api, stranger = an_api(partner), an_api(a_partner("别家"))
    link = api.post("entries", json.dumps({"partner_reference": "spring"}), "k1").json()["url"]

    # the customer comes by the link, signs up by phone, and begins
    customer = Client(headers={"Accept-Language": "zh-CN"})
    here = link.removeprefix("http://testserver")
    assert "示例银行" in customer.get(here).content.decode()
    assert sign_up(customer, sms, here) == here
    path = post(customer, here)
    application = Application.objects.get()
    home = f"/open/{application.ref}/"
    assert (path, application.origin_ref) == (home, partner.ref)
    assert api.get(f"applications/{application.ref}").status_code == 404, "no consent yet"

    # the steps, each saved as it is given; the paper; the consent
    path = answer_the_steps(customer, home, outlet)
    assert path.startswith("/suitability/")
    assert answer_the_paper(customer, path) == f"{home}video/"
    assert post(customer, f"{home}sharing/", agrees="yes") == f"{home}video/"
    prove_video(application)
    sign_over_http(customer, home, sms)
    pins = {"trading": "284736", "fund": "591627"}
    again = {f"{kind}_again": pin for kind, pin in pins.items()}
    assert post(customer, f"{home}passwords/", **pins, **again) == f"{home}send/"
    assert api.get(f"applications/{application.ref}").json()["status"] == "draft"

    # sent twice, once in effect
    for _ in range(2):
        assert follow(customer, customer.post(f"{home}send/")) == home
    assert Entry.objects.filter(kind="accounts.application_submitted").count() == 1
    stage = api.get(f"applications/{application.ref}").json()
    assert stage["status"] == "submitted"
    assert stage["stage"]["promised_by"]

    # one officer reviews and proposes, another decides, in the scoped back office
    desk = f"/admin/accounts/application/{application.ref}"
    first, second = officer(Role.REVIEWER, outlet), officer(Role.REVIEWER, outlet)
    elsewhere = officer(Role.REVIEWER, make_unit())
    assert elsewhere.get(f"{desk}/change/").status_code == 404
    assert elsewhere.post(f"{desk}/act/claim/").status_code == 404
    page = first.get(f"{desk}/change/").content.decode()
    assert NAME not in page, "masked"
    first.post(f"{desk}/act/claim/")
    first.post(f"{desk}/act/propose/", {"verdict": "approve"})
    first.post(f"{desk}/act/approve/")
    application.refresh_from_db()
    assert application.status == "reviewing", "nobody decides on their own proposal"
    second.post(f"{desk}/act/approve/")
    application.refresh_from_db()
    assert application.status == "reviewing", "the police have not answered yet"
    identify(application, at=clock.now())
    second.post(f"{desk}/act/approve/")
    application.refresh_from_db()
    assert application.status == "approved"

    # the journal is delivered, the customer is told, the timeline tells the story
    while deliver_pending(at=clock.now()):
        pass
    kinds = set(Message.objects.values_list("text__kind", flat=True))
    assert {"accounts.application_submitted", "accounts.application_approved"} <= kinds
    page = customer.get(home).content.decode()
    for told in ("你提交了申请", "同事正在审核你的申请", "申请已通过"):
        assert told in page
    assert "提出审核意见" not in page, "the customer does not read internal steps"

    # the partner reads the stage by ref, a stranger gets 404
    assert api.get(f"applications/{application.ref}").json()["status"] == "approved"
    assert stranger.get(f"applications/{application.ref}").status_code == 404
    assert Customer.objects.count() == 1


def same(one: Any, other: Any) -> bool:
    """Whether two answers are 404 and differ in nothing but the ref and the request id."""
    bare = [
        re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}", b"", each.content)
        for each in (one, other)
    ]
    return one.status_code == other.status_code == 404 and bare[0] == bare[1]


def test_another_customer_is_a_stranger_everywhere(house: None, sms: RecordingSender) -> None:
    from tests.accounts.factories import a_complete_draft
    from tests.suitability.factories import an_open_assessment
    from tests.users.factories import make_customer_user

    draft = a_complete_draft()
    paper = an_open_assessment(draft.customer, changed="换了工作")
    other = sign_in(Client(), make_customer_user())
    form = {"version": "1", "name": "别人"}
    for part in ("identity/", "outlet/", "sharing/", "send/", "withdraw/", ""):
        path, missing = f"/open/{draft.ref}/{part}", f"/open/{paper.ref}/{part}"
        assert same(other.get(path), other.get(missing))
        if part:
            assert same(other.post(path, form), other.post(missing, form))
    assert other.post(f"/open/{draft.ref}/origin/").status_code == 404
    for part in ("1/", "check/", "result/"):
        assert other.get(f"/suitability/{paper.ref}/{part}").status_code == 404
        assert other.post(f"/suitability/{paper.ref}/{part}").status_code == 404
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_visitor_is_asked_to_sign_in_and_comes_back(house: None) -> None:
    from tests.accounts.factories import a_draft

    path = f"/open/{a_draft().ref}/identity/"
    response = Client().get(path)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/login/?next={path}"
