"""One record behind each address, and everybody who may come for it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID

from django.test import Client

from accounts.use_cases.recordings import begin_witnessing
from accounts.use_cases.signing import present_pack
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.customers.use_cases import request_export
from brokerage.files.api import begin
from brokerage.journal.actors import Actor
from brokerage.messaging import send
from brokerage.users import sessions
from brokerage.users.models import User
from tests.access.routes import PLACE, address
from tests.accounts.factories import a_complete_draft
from tests.accounts.factories import an_application as an_opening
from tests.accounts.permissions.records import a_permission_case
from tests.accounts.proofs import unprove_steps
from tests.branches.factories import assign
from tests.content.factories import a_reported
from tests.customers.factories import a_customer
from tests.files.factories import checked, jpeg
from tests.messaging.factories import a_text
from tests.partners.factories import (
    a_campaign,
    a_client,
    a_dispute,
    a_lead,
    a_link,
    a_material,
    a_partner,
    a_remark,
    a_scenario,
    a_statement,
    a_webhook,
    an_appointment,
    an_enquiry,
    an_operator,
    token_for,
)
from tests.products.counter import a_bare_release
from tests.products.factories import (
    a_bare_contract,
    a_bid,
    a_complaint,
    a_product,
    an_offer,
    an_order,
)
from tests.suitability.factories import an_open_assessment
from tests.suitability.matching import a_decision
from tests.suitability.professional import an_application, explained
from tests.users.factories import make_customer_user, make_staff_user, sign_in
from tests.visits.factories import a_visit, a_wait, an_outlet

NAME = "欧阳踏雪"
FAR = date(2099, 1, 1)
NOBODYS = UUID("00000000-0000-4000-8000-000000000000")
PORTAL = ("visitor", "owner", "other customer", "staff", "staff, no factor", "partner operator")
API = ("no token", "originator", "other partner")
KEY_OF_RESET = "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"


@dataclass
class World:
    """Addresses by route, and what each persona sends along."""

    refs: dict[str, Any] = field(default_factory=dict)
    jars: dict[str, SimpleCookie] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def path(self, route: str, ref: Any = None) -> str:
        """The address of the owner's record, or of another `ref`."""
        if KEY_OF_RESET in route:
            return "/staff/password/reset/key/1-abc/"
        area = next((name for name in self.refs if route.startswith(name)), "")
        return address(route, SAMPLES | {"ref": ref or self.refs.get(area, NOBODYS)})

    def client(self, persona: str, *, csrf: bool = False) -> Client:
        """A browser or program of `persona`, as fresh as if nothing had been asked yet."""
        headers = {"Accept-Language": "en"}
        if token := self.tokens.get(persona):
            headers["Authorization"] = f"Bearer {token}"
        client = Client(enforce_csrf_checks=csrf, headers=headers)
        client.cookies = deepcopy(self.jars.get(persona, SimpleCookie()))
        return client


def _without_factor(user: Any, at: datetime) -> SimpleCookie:
    """Signed in by password alone."""
    client = Client()
    client.force_login(user)
    session = client.session
    sessions.begin(session, at)
    session.save()
    return client.cookies


SAMPLES: dict[str, Any] = {
    "chapter": UUID(int=77),
    "value": "en",
    "purpose": "marketing",
    "step": "identity",
    "side": "front",
    "number": 1,
    "position": 1,
    "pk": 1,
    "code": "not-found",
    "key": "chinext",
    "fact": "financial_assets",
    "kind": "svg",
    "rest": "nothing",
    "outlet": "ACCESS-01",
    "token": "nothing",
}


def make_world(at: datetime) -> World:
    """Make the records and sign everybody in; the sessions run from the present."""
    now = clock.now()
    bank, elsewhere = a_partner("示例银行"), a_partner("别家")
    shared = an_opening("submitted", customer=a_customer("+8613900009001"), origin=bank.ref)
    draft = a_complete_draft(a_customer("+8613900009002"), origin=bank.ref, at=at)
    draft.applicant_name = NAME
    draft.save()
    mine, user = draft.customer, draft.customer.user
    assert user is not None
    a_text()
    message = send(kind="tests.note", customer=mine, context={}, at=at, dedupe_key="access:1")
    export = request_export(customer=mine, actor=Actor.of(user), at=at)
    worker = make_staff_user(roles=[Role.HEAD_OFFICE])
    assign(worker, Role.HEAD_OFFICE)
    people = {
        "owner": user,
        "other customer": make_customer_user(),  # whose record is still on its way
        "staff": worker,
        "staff, no factor": make_staff_user(roles=[Role.HEAD_OFFICE], mfa=False),
        "partner operator": User.objects.get(operator=an_operator(bank)),
    }
    outlet = an_outlet(code=SAMPLES["outlet"])
    world = World()
    world.jars = {who: sign_in(Client(), one, at=now).cookies for who, one in people.items()}
    world.jars["staff, no factor"] = _without_factor(people["staff, no factor"], now)
    world.tokens = {
        "originator": token_for(a_client(bank)[1]),
        "other partner": token_for(a_client(elsewhere)[1]),
    }
    unprove_steps(draft)
    pack = present_pack(application=draft, language="en", actor=Actor.of(user), at=at)
    pack.move_to("signed")
    pack.signed_at, pack.signer = at, "{}"
    pack.save()
    video = begin_witnessing(application=draft, language="en", at=at)
    video.move_to("complete")
    video.completed_at = at
    video.save()
    video.chapters.filter(position=1).update(ref=SAMPLES["chapter"])
    world.refs = {
        "api/v1/applications/": shared.ref,
        "api/v1/campaigns/": (campaign := a_campaign(bank)).ref,
        "api/v1/leads/": a_lead(bank).ref,
        "api/v1/entries/": a_link(a_client(bank, name="links")[0]).ref,
        "api/v1/products/": a_product().ref,
        "api/v1/outlets/": outlet.ref,
        "api/v1/statements/": (statement := a_statement(bank, released=True, at=now)).ref,
        "api/v1/disputes/": a_dispute(statement=statement, at=now).ref,
        "api/v1/remarks/": a_remark(bank).ref,
        "api/v1/appointments/": an_appointment(a_lead(bank)).ref,
        "api/v1/enquiries/": an_enquiry(bank).ref,
        "api/v1/materials/": (material := a_material(bank)).ref,
        "api/v1/webhooks/": (webhook := a_webhook(bank)).ref,
        "api/v1/scenarios/": a_scenario(bank).ref,
        "partner/keys/": a_client(bank, name="desk")[0].ref,
        "partner/webhooks/": webhook.ref,
        "partner/codes/": campaign.ref,
        "partner/materials/": material.ref,
        "partner/statements/": statement.ref,
        "me/export/": export.ref,
        "messages/": message.ref if message else NOBODYS,
        "files/uploads/": begin(purpose="tests.photo", owner_ref=mine.ref, at=at).ref,
        "files/": checked(jpeg(), owner=mine.ref, purpose="tests.photo").ref,
        "open/": draft.ref,
        "insights/": a_reported(for_visitors=False, at=at, expires_on=FAR).ref,
        "visits/wait/": a_wait(outlet, mine).ref,
        "visits/": a_visit(outlet, customer=mine).ref,
        "permissions/case/": a_permission_case(mine).ref,
        "products/at-outlet/": a_bare_release(mine).ref,
        "products/bids/": a_bid(mine, outlet).ref,
        "products/complaints/": a_complaint(mine).ref,
        "products/for-me/": an_offer(mine).ref,
        "products/orders/": an_order(mine, outlet).ref,
        "products/private/": a_bare_contract(mine, outlet).ref,
        "suitability/professional/": explained(an_application(mine, at=at), at=at).ref,
        "suitability/decisions/": a_decision(mine, at=at).ref,
        "suitability/": an_open_assessment(mine, at=at, changed="换了工作").ref,
    }
    return world


FOR_EVERY_PARTNER = ("api/v1/outlets/", "api/v1/products/")


def has_record(route: str) -> bool:
    """Whether the address names a record that belongs to somebody."""
    return "ref" in PLACE.findall(route) and not route.startswith(FOR_EVERY_PARTNER)
