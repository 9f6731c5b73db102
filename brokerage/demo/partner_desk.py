"""Around the first institution: operators, materials, appointments, enquiries, a quota."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from branches.models import OrgUnit
from branches.visits.models import Purpose
from branches.visits.selectors import first_free, free_times
from brokerage.backoffice.four_eyes import Decision, decide
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.demo.logins import OPERATOR, PASSWORD
from brokerage.demo.network import BUILDER
from brokerage.demo.partners import NAME
from brokerage.demo.people import name
from brokerage.files.use_cases.check_file import check
from brokerage.users.models import User
from partners.models import ApiClient, ClientQuota, Lead, Material, Operator, Shelf
from partners.states import EnquiryStatus
from partners.use_cases.appointments import TimeNotAvailable, make_appointment
from partners.use_cases.enquiries import make_enquiry, move_enquiry
from partners.use_cases.materials import propose_material, withdraw_material
from partners.use_cases.operators import end_operator, invite_operator, join, make_token
from partners.use_cases.quotas import propose_quota
from partners.use_cases.shelves import propose_shelf

SHEET = Path(__file__).parent / "data" / "sample.pdf"
TEXT = "本人同意婺江银行代我预约到店办理开户。"
MATERIALS = (
    ("autumn-poster", "秋季开户海报", "合规〔2026〕31 号", "approved"),
    ("counter-leaflet", "柜台单页：开户要带什么", "合规〔2026〕35 号", "withdrawn"),
    ("screen-2026", "厅堂电子屏画面", "合规〔2026〕40 号", "waits"),
)
WITHDRAWN = "佣金说明已更新，旧版单页停用。"
ENQUIRIES: tuple[dict[str, Any], ...] = (
    {"desk": "custody", "need": "拟发行一只二十亿元的固定收益产品，咨询托管与估值服务。"},
    {"desk": "banking", "need": "明年二季度发行小微金融债，希望了解承销安排。"},
)
ANSWER = "托管业务部已接手，项目经理将于两个工作日内联系你们。"
LEFT = "operator3@demo.example"
QUOTA = "月末集中同步线索，约定额度高于一般程序。"
SHELF = "合作协议附件二：只展示公募基金。"


def build_partner_desk(*, at: datetime) -> int:
    """Make it once; returns how many rows."""
    if Operator.objects.exists():
        return 0
    client = ApiClient.objects.select_related("partner__manager").get(name=NAME)
    manager, office = client.partner.manager, _head_office()
    if manager is None or office is None:
        return 0
    _operators(client, manager, at)
    _materials(client, manager, office, at)
    _enquiries(client, manager, at)
    quota = propose_quota(
        api_client=client,
        per_minute=900,
        reason=QUOTA,
        valid_from=business_date(at),
        valid_to=None,
        maker=manager,
        at=at,
    )
    decide(model=ClientQuota, ref=quota.ref, checker=office, decision=Decision.APPROVED, at=at)
    shelf = propose_shelf(
        partner=client.partner,
        families=["fund"],
        reason=SHELF,
        valid_from=business_date(at),
        valid_to=None,
        maker=manager,
        at=at,
    )
    decide(model=Shelf, ref=shelf.ref, checker=office, decision=Decision.APPROVED, at=at)
    return 7 + len(MATERIALS) + _appointments(client, at)


def _operators(client: ApiClient, manager: User, at: datetime) -> None:
    """One at work, whose log-in is printed, one who has not taken the invitation up, and one who
    left, who can be invited back."""
    for number, email in ((71, OPERATOR), (72, "operator2@demo.example"), (73, LEFT)):
        row = invite_operator(
            partner=client.partner, name=name(number).both, email=email, actor=BUILDER, at=at
        )
        token = make_token(operator=row, at=at)
        if email == OPERATOR and token:
            joined = join(token=token, password=PASSWORD, at=at)
            TOTP.activate(joined.user, generate_totp_secret())
        if email == LEFT:
            end_operator(operator=row, by=manager, at=at, reason="岗位调整")


def _materials(client: ApiClient, manager: User, office: User, at: datetime) -> None:
    today = business_date(at)
    for code, title, opinion, then in MATERIALS:
        row = propose_material(
            partner=client.partner,
            upload=io.BytesIO(SHEET.read_bytes()),
            maker=manager,
            at=at,
            code=code,
            title=title,
            opinion_number=opinion,
            valid_from=today,
            valid_to=today + timedelta(days=120),
        )
        check(ref=row.file.ref, at=at)
        if then == "waits":
            continue
        decide(model=Material, ref=row.ref, checker=office, decision=Decision.APPROVED, at=at)
        if then == "withdrawn":
            made = Material.objects.get(pk=row.pk)
            withdraw_material(material=made, reason=WITHDRAWN, by=manager, at=at)


def _enquiries(client: ApiClient, manager: User, at: datetime) -> None:
    for number, given in enumerate(ENQUIRIES, start=1):
        row = make_enquiry(
            api_client=client,
            partner_reference=f"WJ-Q{number}",
            contact_name=name(80 + number).zh,
            contact_phone="0579-8231 0001",
            at=at,
            **given,
        )
        if number == 1:
            move_enquiry(enquiry=row, status=EnquiryStatus.TAKEN, by=manager, at=at)
            move_enquiry(
                enquiry=row, status=EnquiryStatus.AT_DESK, by=manager, answer=ANSWER, at=at
            )


def _appointments(client: ApiClient, at: datetime) -> int:
    """A time for each of the first leads that wait, at the outlet that looks after them."""
    purpose = Purpose.objects.get(code="open_account")
    made = 0
    waiting = Lead.objects.filter(partner=client.partner).waiting().select_related("unit")
    for number, lead in enumerate(waiting.order_by("pk")[:2], start=1):
        unit: OrgUnit | None = lead.unit
        times = first_free(free_times([unit], purpose, at=at).get(unit.pk, [])) if unit else []
        if unit is None or not times:
            continue
        try:
            make_appointment(
                api_client=client,
                partner_reference=f"WJ-V{number}",
                lead=lead,
                unit=unit,
                purpose=purpose,
                starts_at=times[-1].starts_at,
                consented_at=at - timedelta(hours=1),
                consent_reference=f"WJ-CONSENT-V{number}",
                consent_sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
                at=at,
            )
        except TimeNotAvailable:
            continue
        made += 1
    return made


def _head_office() -> User | None:
    return User.objects.filter(groups__name=Role.HEAD_OFFICE).order_by("pk").first()
