"""Institutions and callers for tests."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from branches.use_cases.entry_codes import make_institution_code
from brokerage.core import clock
from brokerage.core.clock import SHANGHAI, business_date
from brokerage.files.use_cases.check_file import check
from brokerage.journal.actors import Actor
from partners.models import (
    ApiClient,
    Appointment,
    Campaign,
    ClientQuota,
    Contract,
    Correction,
    Dispute,
    Enquiry,
    EntryLink,
    Lead,
    Material,
    Operator,
    Partner,
    PartnerLicence,
    Remark,
    ScenarioRun,
    Shelf,
    Statement,
    WebhookEndpoint,
)
from partners.models.statements import month_of
from partners.states import Activity, ApiScope, FeeBasis, PartnerKind
from partners.use_cases import Secret, make_client
from partners.use_cases.appointments import make_appointment
from partners.use_cases.campaigns import make_campaign
from partners.use_cases.disputes import raise_dispute
from partners.use_cases.enquiries import make_enquiry
from partners.use_cases.leads import take_lead
from partners.use_cases.make_statements import make_statement
from partners.use_cases.materials import propose_material
from partners.use_cases.operators import invite_operator, join, make_token
from partners.use_cases.quotas import propose_quota
from partners.use_cases.release_statements import (
    check_statement,
    enter_correction,
    release_statement,
)
from partners.use_cases.remarks import make_remark
from partners.use_cases.shelves import propose_shelf
from partners.use_cases.webhooks import add_webhook
from tests.branches.factories import make_unit
from tests.files.factories import pdf
from tests.users.factories import PASSWORD, make_staff_user, sign_in
from tests.visits.factories import an_outlet, around_the_clock, purpose

ACTOR = Actor.system("tests")
ALL = tuple(ApiScope)
SINCE = date(2024, 1, 1)
_numbers = count(1)


def a_partner(name: str = "示例银行", *, contract: bool = True, **values: Any) -> Partner:
    """An active institution, with a licence and a contract that permits everything."""
    partner = Partner.objects.create(
        name_zh=name,
        name_en=values.pop("name_en", f"Example Bank {name}"),
        kind=values.pop("kind", PartnerKind.BANK),
        **values,
    )
    if contract:
        a_licence(partner)
        a_contract(partner)
    return partner


def a_licence(partner: Partner, *, decided: bool = True, **values: Any) -> PartnerLicence:
    """A licence that runs for long, looked at by two people unless said otherwise."""
    given = {
        "title": "金融许可证",
        "number": f"B{next(_numbers):08d}",
        "issuer": "国家金融监督管理总局",
        "valid_from": SINCE,
        "valid_to": date(2040, 1, 1),
        "checked_on": SINCE,
        "checked_in": "金融许可证查询平台",
        "made_by_ref": uuid4(),
        "made_at": clock.now(),
    }
    if decided:
        given |= {"decision": "approved", "checked_by_ref": uuid4(), "checked_at": clock.now()}
    return PartnerLicence.objects.create(partner=partner, **given | values)


def contract_values(**values: Any) -> dict[str, Any]:
    """The columns of a contract that permits everything."""
    given = {
        "number": f"HZ-{next(_numbers):05d}",
        "activities": list(Activity.values),
        "fee_basis": FeeBasis.FIXED,
        "fee_yuan": Decimal("120000.00"),
        "data_clause": "仅在客户单独同意后告知办理阶段。",
        "opinion": "同意合作。",
        "opinion_number": "合规〔2026〕7号",
        "valid_from": SINCE,
        "valid_to": date(2040, 1, 1),
    }
    return given | values


def a_contract(partner: Partner, *, decided: bool = True, **values: Any) -> Contract:
    """A contract, approved unless said otherwise."""
    made = Contract(
        partner=partner, made_by_ref=uuid4(), made_at=clock.now(), **contract_values(**values)
    )
    made.save()
    if decided:
        made.decision, made.checked_by_ref, made.checked_at = "approved", uuid4(), clock.now()
        made.save()
    return made


def a_client(
    partner: Partner | None = None,
    scopes: Sequence[ApiScope] = ALL,
    *,
    name: str = "core",
    at: datetime | None = None,
) -> tuple[ApiClient, Secret]:
    """A client with its first secret."""
    return make_client(
        partner=partner or a_partner(),
        name=name,
        scopes=scopes,
        actor=ACTOR,
        at=at or clock.now(),
    )


def basic(client_id: str, secret: str) -> str:
    """An Authorization header."""
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def token_for(secret: Secret, **form: str) -> str:
    """An access token from the token endpoint."""
    response = Client().post(
        "/api/v1/oauth/token",
        {"grant_type": "client_credentials", **form},
        headers={"Authorization": basic(secret.client_id, secret.client_secret)},
    )
    assert response.status_code == 200, response.content
    return str(response.json()["access_token"])


class Api:
    """A caller with a token, as a partner's program is."""

    def __init__(self, token: str = "", language: str = "en") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Accept-Language": language}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", data, headers=self.headers | headers)

    def post(self, path: str, body: Any, key: str = "", **headers: str) -> Any:
        more = {"Idempotency-Key": key} if key else {}
        return self.client.post(
            f"/api/v1/{path}",
            body,
            content_type=headers.pop("content_type", "application/json"),
            headers=self.headers | more | headers,
        )


def an_api(partner: Partner | None = None, scopes: Sequence[ApiScope] = ALL) -> Api:
    """A caller of `partner` with all that `scopes` allow."""
    _client, secret = a_client(partner, scopes)
    return Api(token_for(secret))


def a_link(
    client: ApiClient | None = None,
    reference: str = "spring",
    *,
    at: datetime | None = None,
    days: int = 1,
) -> EntryLink:
    """A link of the client's institution that lives for `days`."""
    client = client or a_client()[0]
    at = at or clock.now()
    code = make_institution_code(
        institution=client.partner.ref, at=at, ends_at=at + timedelta(days=days)
    )
    return EntryLink.objects.create(
        ref=code.ref,
        code=code,
        partner=client.partner,
        api_client=client,
        partner_reference=reference,
        created_at=at,
    )


def a_campaign(partner: Partner | None = None, **values: Any) -> Campaign:
    """A campaign that runs for a month."""
    at = clock.now()
    given: dict[str, Any] = {
        "partner_reference": f"campaign-{next(_numbers)}",
        "name": "春季开户",
        "unit": values.pop("unit", None) or make_unit(),
        "ends_at": at + timedelta(days=30),
    }
    partner = partner or a_partner(f"银行{next(_numbers)}")
    return make_campaign(partner=partner, actor=ACTOR, at=at, **given | values)


def a_lead(partner: Partner | None = None, **values: Any) -> Lead:
    """A lead that an institution sent an instant ago."""
    number, at = next(_numbers), clock.now()
    client = (
        values.pop("client", None)
        or a_client(partner or a_partner(f"银行{number}"), name=f"client-{number}")[0]
    )
    given: dict[str, Any] = {
        "partner_reference": f"lead-{number}",
        "name": "欧阳映雪",
        "phone": f"+86137{number:08d}",
        "consented_at": at,
        "consent_reference": f"proof-{number}",
        "consent_sha256": "a" * 64,
    }
    return take_lead(api_client=client, at=at, **given | values)


def a_webhook(
    partner: Partner | None = None, url: str = "https://hooks.example.com/in", **values: Any
) -> WebhookEndpoint:
    """An endpoint that hears of everything."""
    partner = partner or a_partner(f"银行{next(_numbers)}")
    given: dict[str, Any] = {"kinds": [], "at": clock.now()}
    return add_webhook(partner=partner, url=url, actor=ACTOR, **given | values)


def a_statement(
    partner: Partner | None = None, *, released: bool = False, at: datetime | None = None
) -> Statement:
    """The statement of last month of an institution with a fee."""
    at = at or clock.now()
    month = month_of(month_of(business_date(at)) - timedelta(days=1))
    partner = partner or a_partner(f"银行{next(_numbers)}")
    made = make_statement(partner=partner, month=month, actor=ACTOR, at=at)
    assert made is not None
    if released:
        check_statement(statement=made, by=make_staff_user(), at=at)
        made = release_statement(statement=made, by=make_staff_user(), at=at)
    return made


def a_correction(partner: Partner | None = None, **values: Any) -> Correction:
    """A correction of a released statement."""
    given: dict[str, Any] = {"amount": Decimal("-10.00"), "reason": "首日应为五日。"}
    given |= {"by": make_staff_user(), "at": clock.now()}
    return enter_correction(statement=a_statement(partner, released=True), **given | values)


def a_dispute(partner: Partner | None = None, **values: Any) -> Dispute:
    """An open dispute about the first line of a released statement."""
    statement = values.pop("statement", None) or a_statement(partner, released=True)
    client = (
        values.pop("client", None)
        or a_client(statement.partner, name=f"client-{next(_numbers)}")[0]
    )
    given: dict[str, Any] = {"line": 1, "text": "合同自五日起算。", "at": clock.now()}
    return raise_dispute(api_client=client, statement=statement, **given | values)


def a_remark(partner: Partner | None = None, **values: Any) -> Remark:
    """An open suggestion of an institution."""
    number = next(_numbers)
    partner = partner or a_partner(f"银行{number}")
    given: dict[str, Any] = {
        "api_client": a_client(partner, name=f"client-{number}")[0],
        "partner_reference": f"remark-{number}",
        "kind": "suggestion",
        "text": "请在二维码页面显示服务点的办公时间。",
        "at": clock.now(),
    }
    return make_remark(**given | values)


def a_material(
    partner: Partner | None = None, *, decided: bool = True, seen: bool = True, **values: Any
) -> Material:
    """A version of a poster whose file was checked, approved unless said otherwise."""
    at = clock.now()
    partner = partner or a_partner(f"银行{next(_numbers)}")
    given: dict[str, Any] = {
        "code": "autumn-poster",
        "title": "秋季开户海报",
        "opinion_number": "合规〔2026〕31号",
        "valid_from": business_date(at),
        "valid_to": business_date(at) + timedelta(days=90),
        "upload": io.BytesIO(pdf()),
    }
    made = propose_material(partner=partner, maker=make_staff_user(), at=at, **given | values)
    if seen:
        check(ref=made.file.ref, at=at)
        made = Material.objects.get(pk=made.pk)
    if decided:
        made.decision, made.checked_by_ref, made.checked_at = "approved", uuid4(), at
        made.save()
    return made


def an_enquiry(partner: Partner | None = None, **values: Any) -> Enquiry:
    """An institution that introduced itself to the custody desk."""
    number = next(_numbers)
    partner = partner or a_partner(f"银行{number}")
    given: dict[str, Any] = {
        "api_client": a_client(partner, name=f"client-{number}")[0],
        "partner_reference": f"enquiry-{number}",
        "desk": "custody",
        "need": "七月起托管一只二十亿元的产品。",
        "contact_name": "陈立新",
        "contact_phone": "0579-8231 0001",
        "at": clock.now(),
    }
    return make_enquiry(**given | values)


def a_quota(client: ApiClient, *, decided: bool = True, **values: Any) -> ClientQuota:
    """How often a program may call from today on, approved unless said otherwise."""
    at = clock.now()
    given: dict[str, Any] = {
        "per_minute": 60,
        "reason": "试运行",
        "valid_from": business_date(at),
        "valid_to": None,
    }
    made = propose_quota(api_client=client, maker=make_staff_user(), at=at, **given | values)
    if decided:
        made.decision, made.checked_by_ref, made.checked_at = "approved", uuid4(), at
        made.save()
    return made


def a_shelf(partner: Partner | None = None, *, decided: bool = True, **values: Any) -> Shelf:
    """What an institution may display from today on, approved unless said otherwise."""
    at = clock.now()
    given: dict[str, Any] = {
        "partner": partner or a_partner(f"银行{next(_numbers)}"),
        "reason": "合作协议附件二",
        "valid_from": business_date(at),
        "valid_to": None,
    }
    if not {"families", "issuer", "codes"} & set(values):
        given["families"] = ["fund"]
    made = propose_shelf(maker=make_staff_user(), at=at, **given | values)
    if decided:
        made.decision, made.checked_by_ref, made.checked_at = "approved", uuid4(), at
        made.save()
    return made


def tomorrow(hour: int = 10, minute: int = 0) -> datetime:
    """An instant of tomorrow by the clock of Shanghai."""
    day = business_date(clock.now()) + timedelta(days=1)
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def an_appointment(lead: Lead | None = None, **values: Any) -> Appointment:
    """A time tomorrow at ten that the institution of a lead booked for it."""
    number, at = next(_numbers), clock.now()
    lead = lead or a_lead()
    given: dict[str, Any] = {
        "api_client": lead.api_client,
        "partner_reference": f"visit-{number}",
        "unit": values.pop("unit", None) or around_the_clock(an_outlet()),
        "purpose": purpose("open_account"),
        "starts_at": tomorrow(),
        "consented_at": at,
        "consent_reference": f"proof-{number}",
        "consent_sha256": "b" * 64,
        "at": at,
    }
    return make_appointment(lead=lead, **given | values)


def a_scenario(partner: Partner | None = None, **values: Any) -> ScenarioRun:
    """A scenario whose first step was played; no player is asked."""
    number, at = next(_numbers), clock.now()
    partner = partner or a_partner(f"银行{number}")
    given: dict[str, Any] = {"scenario": "decline", "played": 1, "clock_at": at, "began_at": at}
    return ScenarioRun.objects.create(
        partner=partner,
        api_client=a_client(partner, name=f"client-{number}")[0],
        **given | values,
    )


def an_operator(
    partner: Partner | None = None, *, joined: bool = True, at: datetime | None = None
) -> Operator:
    """A person of an institution, with a log-in and a second factor unless only invited."""
    at, number = at or clock.now(), next(_numbers)
    made = invite_operator(
        partner=partner or a_partner(f"银行{number}"),
        name="陈立新",
        email=f"operator{number}@bank.example",
        actor=ACTOR,
        at=at,
    )
    if not joined:
        return made
    token = make_token(operator=made, at=at)
    assert token is not None
    made = join(token=token, password=PASSWORD, at=at)
    TOTP.activate(made.user, generate_totp_secret())
    return made


def operator_desk(operator: Operator, *, stepped_up: bool = False, language: str = "en") -> Client:
    """The browser of an operator at work."""
    browser = Client(headers={"Accept-Language": language})
    assert operator.user is not None  # they took up the invitation
    return sign_in(browser, operator.user, stepped_up=stepped_up)
