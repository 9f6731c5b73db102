"""One record of every model that the back office lists, made for a unit and a member of its staff.

The generated test of the back office walks these; a model that is missing here fails it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from itertools import count
from typing import Any
from uuid import uuid4

from django.db import transaction

from branches import models
from branches.models import EntryCode, OrgUnit
from branches.states import Kind
from branches.use_cases.propose_role import propose_role
from brokerage.core.roles import Role
from products.gateways.registrar import Told
from products.models import Mismatch
from products.rules.quarters import Quarter
from products.states import DocumentKind, Language
from products.use_cases.disputing import dispute_credit
from products.use_cases.documenting import add_document
from products.use_cases.reconciling import take_confirmation
from products.use_cases.suspending import ask_to_resume, suspend
from suitability.models import CoachingFlag, JumpReview, PaperDraft
from suitability.use_cases.drafting import draft_paper
from tests.accounts.factories import an_application
from tests.accounts.permissions.records import a_bank, a_permission, a_permission_case
from tests.branches.factories import (
    ACTOR,
    a_broker,
    assign,
    give_licence,
    make_division,
    make_staff_user,
    make_unit,
)
from tests.content import factories as content
from tests.customers.factories import a_customer
from tests.files.factories import pdf
from tests.holdings.records import (
    a_counter_file,
    a_waived_day,
    an_unknown_account,
    measured_assets,
)
from tests.partners.factories import (
    a_campaign,
    a_client,
    a_contract,
    a_correction,
    a_dispute,
    a_lead,
    a_licence,
    a_link,
    a_material,
    a_partner,
    a_quota,
    a_remark,
    a_shelf,
    a_statement,
    a_webhook,
    an_appointment,
    an_enquiry,
    an_operator,
)
from tests.products.factories import (
    a_bare_campaign,
    a_bare_contract,
    a_bid,
    a_book,
    a_closing,
    a_complaint,
    a_credit,
    a_crossing,
    a_desk_member,
    a_goal,
    a_listed_product,
    a_mandate,
    a_paper,
    a_product,
    a_proof,
    a_proposed_book,
    a_proposed_vetting,
    a_referral,
    a_winning,
    an_issuer,
    an_order,
    proposed_terms,
)
from tests.reference.factories import make_days, make_rule, make_turn
from tests.suitability.factories import a_confirmed_assessment
from tests.suitability.matching import (
    a_decision,
    a_disclosure,
    a_proposed_grade,
    an_insist_case,
    an_item,
)
from tests.suitability.outlets import a_follow_up, a_recording
from tests.suitability.professional import a_professional, a_sent_application

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
Make = Callable[[OrgUnit, Any], Any]
_numbers = count(1)


def phone() -> str:
    return f"+861370000{next(_numbers):04d}"


def customer(unit: OrgUnit, user: Any) -> Any:
    made = a_customer(phone())
    made.home_outlet_ref = unit.ref
    made.name = "欧阳映雪"
    made.save()
    return made


def consent(unit: OrgUnit, user: Any) -> Any:
    from brokerage.customers.models import Consent, ConsentText

    text = ConsentText.objects.order_by("pk").first()
    assert text is not None, "the texts are loaded after each migration"
    return Consent.objects.create(
        customer=customer(unit, user),
        purpose=text.purpose,
        text=text,
        given_at=AT,
        channel="portal",
    )


def assessment(unit: OrgUnit, user: Any) -> Any:
    return a_confirmed_assessment(customer(unit, user))


def jump(unit: OrgUnit, user: Any) -> Any:
    found = assessment(unit, user)
    return JumpReview.objects.create(assessment=found, refused_on=AT.date(), found_at=AT)


def questionnaire(unit: OrgUnit, user: Any) -> Any:
    return assessment(unit, user).questionnaire


def professional(unit: OrgUnit, user: Any) -> Any:
    return a_professional(customer(unit, user)).granted


def coaching_flag(unit: OrgUnit, user: Any) -> Any:
    return CoachingFlag.objects.create(
        assessment=assessment(unit, user),
        signs=[{"code": "same_device", "params": {"count": "3"}}],
        inputs="{}",
        rule_version="suitability.coaching@2026-01-01",
        found_at=AT,
    )


def paper_draft(unit: OrgUnit, user: Any) -> Any:
    base = questionnaire(unit, user)
    found = PaperDraft.objects.open().filter(key=base.key).first()
    return found or draft_paper(
        base=base,
        valid_from=date(2027, 1, 1),
        note="Clearer words",
        maker=make_staff_user(),
        at=AT,
    )


def suspension(unit: OrgUnit, user: Any) -> Any:
    return suspend(product=a_product(), reason="经理离任", by=make_staff_user(), at=AT)


def mismatch(unit: OrgUnit, user: Any) -> Any:
    told = Told(order=uuid4(), number=f"R-{next(_numbers)}", accepted=True)
    take_confirmation(told=told, at=AT)
    return Mismatch.objects.get(number=told.number)


def company_over(unit: OrgUnit) -> OrgUnit:
    """The branch company that a unit stands under, or any where it stands under none."""
    above = OrgUnit.objects.above(unit, AT.date()).filter(kind=Kind.BRANCH_COMPANY).first()
    return above or make_unit(Kind.BRANCH_COMPANY)


def outlet_of(unit: OrgUnit) -> OrgUnit:
    """The unit itself where it is an outlet, or else one below it."""
    return unit if unit.kind == Kind.OUTLET else make_unit(under=company_over(unit))


def product_document(unit: OrgUnit, user: Any) -> Any:
    return add_document(
        product=a_product(),
        kind=DocumentKind.CONTRACT,
        language=Language.CHINESE,
        upload=BytesIO(pdf(f"% {next(_numbers)}".encode())),
        by=make_staff_user(),
        at=AT,
    )


def resumption(unit: OrgUnit, user: Any) -> Any:
    product = suspension(unit, user).product
    return ask_to_resume(product=product, reason="已公告", maker=make_staff_user(), at=AT)


def application(unit: OrgUnit, user: Any) -> Any:
    return an_application("submitted", customer=customer(unit, user), outlet=unit)


def second_look(unit: OrgUnit, user: Any) -> Any:
    from accounts.models import BlindReview

    decided = an_application("approved", customer=customer(unit, user), outlet=unit)
    return BlindReview.objects.create(
        application=decided, outcome="approve", by_rule=False, drawn_at=AT
    )


def review_skill(unit: OrgUnit, user: Any) -> Any:
    from accounts.models import ReviewSkill

    return ReviewSkill.objects.create(
        user=make_staff_user(), skill="tax", valid_from=date(2026, 1, 1)
    )


def match(unit: OrgUnit, user: Any) -> Any:
    from tests.accounts.aml.factories import a_match

    return a_match(customer(unit, user), code=f"list-{next(_numbers)}")


def id_document(unit: OrgUnit, user: Any) -> Any:
    from accounts.states import Status
    from accounts.use_cases.watch_document import take_in_document

    active = an_application(Status.ACTIVE, customer=customer(unit, user), outlet=unit)
    return take_in_document(application=active, at=AT)


def renewal(unit: OrgUnit, user: Any) -> Any:
    from tests.accounts.life.factories import a_sent_renewal

    return a_sent_renewal(id_document(unit, user).application, at=AT)


def closing(unit: OrgUnit, user: Any) -> Any:
    from accounts.use_cases.close_account import ask_to_close

    return ask_to_close(application=id_document(unit, user).application, actor=ACTOR, at=AT)


def bank_change(unit: OrgUnit, user: Any) -> Any:
    from accounts.use_cases.change_bank import ask_to_change_bank

    application = id_document(unit, user).application
    return ask_to_change_bank(
        application=application, bank="BOC", card="6222021234567890128", actor=ACTOR, at=AT
    )


def market_wish(unit: OrgUnit, user: Any) -> Any:
    from accounts.models import AgreementText, MarketWish

    text = AgreementText.objects.filter(key="market.SZ", language="zh-hans").latest("version")
    return MarketWish.objects.create(
        application=id_document(unit, user).application,
        market="SZ",
        text=text,
        asked_at=AT,
        text_opened_at=AT,
    )


def tax_declaration(unit: OrgUnit, user: Any) -> Any:
    from accounts.use_cases.declare_tax import begin_declaration

    return begin_declaration(application=id_document(unit, user).application, at=AT)


def inquiry(unit: OrgUnit, user: Any) -> Any:
    from accounts.models import FundsInquiry

    return FundsInquiry.objects.create(
        application=id_document(unit, user).application,
        asked_at=AT,
        due_on=AT.date(),
        rule_version="tests",
    )


def first_days(unit: OrgUnit, user: Any) -> Any:
    from accounts.use_cases.first_days import begin_first_days

    return begin_first_days(application=id_document(unit, user).application, at=AT)


def opening_credit(unit: OrgUnit, user: Any) -> Any:
    from accounts.use_cases.credit_opening import credit_opening

    return credit_opening(application=id_document(unit, user).application, at=AT)


def opening_dispute(unit: OrgUnit, user: Any) -> Any:
    from accounts.use_cases.credit_opening import dispute_opening

    return dispute_opening(
        credit=opening_credit(unit, user), reason="比例有误", by=make_staff_user(), at=AT
    )


def dormancy(unit: OrgUnit, user: Any) -> Any:
    from tests.accounts.after.factories import a_rest

    return a_rest(id_document(unit, user).application)


def list_release(unit: OrgUnit, user: Any) -> Any:
    from accounts.models import ListRelease

    match(unit, user)
    return ListRelease.objects.order_by("-pk").first()


def rating(unit: OrgUnit, user: Any) -> Any:
    from accounts.models import AmlRating

    return AmlRating.objects.create(
        customer=customer(unit, user),
        level="low",
        score=0,
        factors=[],
        rule_version="accounts.aml_rating@2026-01-01",
        rated_at=AT,
        review_on=date(2029, 3, 2),
    )


def assignment(unit: OrgUnit, user: Any) -> Any:
    return assign(make_staff_user(), Role.OPERATIONS, unit)


def role_request(unit: OrgUnit, user: Any) -> Any:
    return propose_role(
        user=make_staff_user(),
        unit=unit,
        role=Role.OPERATIONS,
        valid_from=date(2026, 1, 1),
        maker=make_staff_user(),
        at=AT,
    )


def commission_rate(unit: OrgUnit, user: Any) -> Any:
    from decimal import Decimal

    from branches.use_cases.propose_rate import propose_rate

    number = next(_numbers)
    return propose_rate(
        maker=make_staff_user(),
        at=AT,
        unit=unit,
        market="SH",
        product="stock",
        rate=Decimal("0.00025"),
        valid_from=date(2026, 1, 1) + timedelta(days=number),
    )


def agreed_rate(unit: OrgUnit, user: Any) -> Any:
    from branches.models import AgreedRate

    return AgreedRate.objects.create(
        customer=customer(unit, user),
        rate=commission_rate(unit, user),
        agreed_at=AT,
        fees_version="commission.fees/SH:stock@2023-08-28",
        channel="portal",
    )


def suggestion(unit: OrgUnit, user: Any) -> Any:
    from branches.models import Suggestion

    return Suggestion.objects.create(
        author=make_staff_user(),
        unit=unit,
        owner=unit,
        step="accounts.name",
        title="按钮再大一些",
        text="手机上点不到。",
        release="1",
        device="phone",
        language="zh-hans",
        due_on=date(2026, 3, 16),
    )


def voice(unit: OrgUnit, user: Any, *, customer: Any = None) -> Any:
    from branches.models import Voice

    row = Voice(
        customer=customer or globals()["customer"](unit, user),
        owner=unit,
        step="accounts.name",
        mood="praise",
        release="1",
        device="phone",
        language="zh-hans",
        due_on=date(2026, 3, 16),
    )
    row.text = "很快，谢谢"
    row.save()
    return row


def ownership(unit: OrgUnit, user: Any) -> Any:
    from branches.models import Ownership

    subject = f"tests.{next(_numbers)}"
    return Ownership.objects.create(
        subject=subject, department=unit, valid_from=date(2026, 1, 1), created_at=AT
    )


def score_period(unit: OrgUnit, user: Any) -> Any:
    from branches.models import ScorePeriod

    start = date(2001, 1, 1) + timedelta(days=next(_numbers))
    return ScorePeriod.objects.create(
        starts_on=start, ends_on=start + timedelta(days=90), made_by_ref=uuid4(), made_at=AT
    )


def score(unit: OrgUnit, user: Any) -> Any:
    from branches.models import Score

    return Score.objects.create(
        period=score_period(unit, user), unit=unit, filed=1, adopted=0, floor_met=True, points=0
    )


def export(unit: OrgUnit, user: Any) -> Any:
    from brokerage.backoffice.exports import request_export

    return request_export(
        model_label="branches.OrgUnit",
        filters={},
        purpose="inspection",
        reason="案件一",
        maker=user,
        at=AT,
    )


def look(unit: OrgUnit, user: Any) -> Any:
    from brokerage.backoffice.models import Reveal

    return Reveal.objects.create(
        at=AT,
        user_ref=user.ref,
        subject_type="customers.customer",
        subject_ref=uuid4(),
        field="name",
        purpose="contact",
        reason="回电",
    )


def entry(unit: OrgUnit, user: Any) -> Any:
    from branches.events import UnitMoved
    from brokerage.journal.record import record

    with transaction.atomic():
        return record(
            UnitMoved(subject=unit.ref, parent=unit.ref, on=date(2026, 1, 1)), actor=ACTOR, at=AT
        )


def delivery(unit: OrgUnit, user: Any) -> Any:
    from brokerage.messaging.models import Delivery

    made = Delivery(
        kind="users.sign_in",
        purpose="code",
        channel="sms",
        address_hash=uuid4().hex * 2,
        created_at=AT,
        due_at=AT,
        expires_at=AT + timedelta(minutes=5),
    )
    made.address = phone()
    made.save()
    return made


def one_day() -> dict[str, date]:
    """A day of its own, so that many records of one unit do not overlap."""
    start = date(2000, 1, 1) + timedelta(days=next(_numbers))
    return {"valid_from": start, "valid_to": start + timedelta(days=1)}


def point_host(unit: OrgUnit, user: Any) -> Any:
    return models.PointHost.objects.create(
        unit=make_unit(Kind.SERVICE_POINT, under=unit),
        institution_ref=uuid4(),
        name_zh="婺江银行",
        name_en="Wujiang Bank",
        **one_day(),
    )


def unit_profile(unit: OrgUnit, user: Any) -> Any:
    return models.UnitProfile.objects.create(
        unit=unit,
        division=make_division(),
        address_zh="金华市婺城区双溪西路988号",
        **one_day(),
    )


def opening_hours(unit: OrgUnit, user: Any) -> Any:
    return models.OpeningHours.objects.create(
        unit=unit, weekday=1, opens=time(9), closes=time(17), **one_day()
    )


def hours_exception(unit: OrgUnit, user: Any) -> Any:
    return models.HoursException.objects.create(unit=unit, day=one_day()["valid_from"])


def unit_service(unit: OrgUnit, user: Any) -> Any:
    service = models.Service.objects.get(code="education")
    return models.UnitService.objects.create(unit=unit, service=service, **one_day())


def room(unit: OrgUnit, user: Any) -> Any:
    return models.Room.objects.create(unit=unit, name="洽谈室", kind="talk", **one_day())


def unit_licence(unit: OrgUnit, user: Any) -> Any:
    return models.UnitLicence.objects.create(
        unit=unit, number=uuid4().hex, issuer="证监会", **one_day()
    )


def colleague(unit: OrgUnit) -> Any:
    return assign(make_staff_user(), Role.ADVISER, unit).user


def licence(unit: OrgUnit, user: Any) -> Any:
    return give_licence(colleague(unit))


def absence(unit: OrgUnit, user: Any) -> Any:
    return models.Absence.objects.create(
        user=colleague(unit), valid_from=date(2026, 3, 2), valid_to=date(2026, 3, 3)
    )


def departure(unit: OrgUnit, user: Any) -> Any:
    return models.Departure.objects.create(
        user=colleague(unit), successor=make_staff_user(), leaves_on=date(2030, 1, 1)
    )


def procedure(unit: OrgUnit, user: Any) -> Any:
    above = unit.placements.get().parent if unit.placements.exists() else unit
    return models.UnitProcedure.objects.create(
        kind="type_change",
        unit=unit,
        parent=above,
        plan={"outlet_type": "B"},
        effective_on=date(2030, 1, 1),
        status="cancelled",
        ended_at=AT,
        rule_version="branches.procedures@2020-03-01",
    )


def entry_code(unit: OrgUnit, user: Any) -> Any:
    return EntryCode.objects.create(
        unit=unit, starts_at=AT, ends_at=AT + timedelta(days=900), label=f"窗口{next(_numbers)}"
    )


def broker(unit: OrgUnit, user: Any) -> Any:
    return a_broker(unit)


def partner(unit: OrgUnit, user: Any) -> Any:
    return a_partner(f"银行{next(_numbers)}", manager=user)


def entry_link(unit: OrgUnit, user: Any) -> Any:
    client, _secret = a_client(partner(unit, user))
    return a_link(client, uuid4().hex)


def stored_file(unit: OrgUnit, user: Any) -> Any:
    from brokerage.files.models import StoredFile

    return StoredFile.objects.create(
        purpose="tests.photo",
        owner_type="tests.owner",
        owner_ref=uuid4(),
        size=1,
        content_type="image/png",
        created_at=AT,
    )


def hold(unit: OrgUnit, user: Any) -> Any:
    from brokerage.reference.use_cases.holds import place_hold

    return place_hold(
        subject_type="customers.customer", subject_ref=uuid4(), reason="案件一", by=uuid4(), at=AT
    )


def release(held: Any) -> Any:
    from brokerage.reference.use_cases.holds import ask_release

    return ask_release(hold=held, reason="结案", by=uuid4(), at=AT)


def factor_reset(unit: OrgUnit, user: Any) -> Any:
    from brokerage.users.models import FactorReset

    return FactorReset.objects.create(
        user=assignment(unit, user).user, reason="当面核实", made_by_ref=uuid4(), made_at=AT
    )


def import_run(unit: OrgUnit, user: Any) -> Any:
    from brokerage.backoffice.models import ImportRun

    return ImportRun.objects.create(
        importer="calendar-days",
        sha256=f"{next(_numbers):064d}",
        size=1,
        made_by_ref=user.ref,
        made_at=AT,
    )


def visit(unit: OrgUnit, user: Any) -> Any:
    from branches.visits.models import Purpose
    from branches.visits.use_cases.receive_visitor import take_walk_in

    return take_walk_in(
        unit=unit,
        purpose=Purpose.objects.get(code="open_account"),
        customer=customer(unit, user),
        actor=ACTOR,
        at=AT,
    )


def wait_entry(unit: OrgUnit, user: Any) -> Any:
    from tests.visits.factories import a_wait

    return a_wait(unit, customer(unit, user))


def blocked_time(unit: OrgUnit, user: Any) -> Any:
    from branches.visits.models import BlockedTime
    from tests.visits.factories import add_room

    return BlockedTime.objects.create(
        unit=unit,
        room=add_room(unit, f"房间{next(_numbers)}", "talk"),
        starts_at=AT,
        ends_at=AT + timedelta(hours=1),
        created_at=AT,
    )


def purpose(unit: OrgUnit, user: Any) -> Any:
    from branches.visits.models import Purpose

    known = Purpose.objects.get(code="open_account")
    known.pk, known.code = None, f"purpose_{next(_numbers)}"
    known._state.adding = True
    known.save()
    return known


RECORDS: dict[str, Make] = {
    "accounts.AmlRating": rating,
    "accounts.Application": application,
    "accounts.BlindReview": second_look,
    "accounts.BankChange": bank_change,
    "accounts.Closing": closing,
    "accounts.DocumentRenewal": renewal,
    "accounts.Dormancy": dormancy,
    "accounts.FirstDays": first_days,
    "accounts.FundsInquiry": inquiry,
    "accounts.IdDocument": id_document,
    "accounts.ListRelease": list_release,
    "accounts.MarketWish": market_wish,
    "accounts.OpeningCredit": opening_credit,
    "accounts.OpeningDispute": opening_dispute,
    "accounts.PermissionApplication": lambda unit, user: a_permission_case(customer(unit, user)),
    "accounts.QuestionBank": lambda unit, user: a_bank(),
    "accounts.ReviewSkill": review_skill,
    "accounts.TaxDeclaration": tax_declaration,
    "accounts.TradingPermission": lambda unit, user: a_permission(customer(unit, user)),
    "accounts.WatchHit": match,
    "backoffice.Export": export,
    "backoffice.ImportRun": import_run,
    "backoffice.Reveal": look,
    "branches.BlockedTime": blocked_time,
    "branches.Purpose": purpose,
    "branches.OrgUnit": lambda unit, user: unit,
    "branches.RoleRequest": role_request,
    "branches.StaffAssignment": assignment,
    "branches.AgreedRate": agreed_rate,
    "branches.Ownership": ownership,
    "branches.Score": score,
    "branches.ScorePeriod": score_period,
    "branches.Suggestion": suggestion,
    "branches.Voice": voice,
    "branches.CommissionRate": commission_rate,
    "branches.Visit": visit,
    "branches.WaitEntry": wait_entry,
    "content.Source": lambda unit, user: content.a_source(),
    "content.RawItem": lambda unit, user: content.a_text(),
    "content.Item": lambda unit, user: content.an_item(unit=unit, for_visitors=False),
    "content.Revision": lambda unit, user: content.a_signed(
        content.an_item(unit=unit, for_visitors=False)
    ),
    "content.Reminder": lambda unit, user: content.a_reminder(customer(unit, user)),
    "content.Rating": lambda unit, user: content.a_rating(),
    "content.Correction": lambda unit, user: content.a_correction(),
    "customers.Consent": consent,
    "holdings.CounterFile": lambda unit, user: a_counter_file(),
    "holdings.UnknownAccount": lambda unit, user: an_unknown_account(),
    "holdings.WaivedDay": lambda unit, user: a_waived_day(),
    "holdings.CustomerAssets": lambda unit, user: measured_assets(customer(unit, user)),
    "customers.Customer": customer,
    "files.StoredFile": stored_file,
    "journal.Entry": entry,
    "messaging.Delivery": delivery,
    "partners.ApiClient": lambda unit, user: a_client(partner(unit, user))[0],
    "partners.Campaign": lambda unit, user: a_campaign(partner(unit, user), unit=unit),
    "partners.Lead": lambda unit, user: a_lead(partner(unit, user), unit=unit),
    "partners.WebhookEndpoint": lambda unit, user: a_webhook(partner(unit, user)),
    "partners.Statement": lambda unit, user: a_statement(partner(unit, user)),
    "partners.Correction": lambda unit, user: a_correction(partner(unit, user)),
    "partners.Dispute": lambda unit, user: a_dispute(partner(unit, user)),
    "partners.Remark": lambda unit, user: a_remark(partner(unit, user)),
    "partners.Material": lambda unit, user: a_material(partner(unit, user), decided=False),
    "partners.Appointment": lambda unit, user: an_appointment(a_lead(partner(unit, user))),
    "partners.Operator": lambda unit, user: an_operator(partner(unit, user), joined=False),
    "partners.Enquiry": lambda unit, user: an_enquiry(partner(unit, user)),
    "partners.Shelf": lambda unit, user: a_shelf(partner(unit, user), decided=False),
    "partners.ClientQuota": lambda unit, user: a_quota(
        a_client(partner(unit, user))[0], decided=False
    ),
    "partners.Contract": lambda unit, user: a_contract(partner(unit, user), decided=False),
    "partners.PartnerLicence": lambda unit, user: a_licence(partner(unit, user), decided=False),
    "branches.UnitProfile": unit_profile,
    "branches.PointHost": point_host,
    "branches.OpeningHours": opening_hours,
    "branches.HoursException": hours_exception,
    "branches.UnitService": unit_service,
    "branches.Room": room,
    "branches.UnitLicence": unit_licence,
    "branches.Licence": licence,
    "branches.Absence": absence,
    "branches.Departure": departure,
    "branches.UnitProcedure": procedure,
    "branches.EntryCode": entry_code,
    "branches.Broker": broker,
    "partners.EntryLink": entry_link,
    "partners.Partner": partner,
    "products.Issuer": lambda unit, user: an_issuer(),
    "products.Vetting": lambda unit, user: a_proposed_vetting(),
    "products.Product": lambda unit, user: a_listed_product(),
    "products.Terms": lambda unit, user: proposed_terms(),
    "products.Suspension": suspension,
    "products.Resumption": resumption,
    "products.Book": lambda unit, user: a_proposed_book(company=company_over(unit)),
    "products.Closing": lambda unit, user: a_closing(a_book(company=company_over(unit))),
    "products.Bid": lambda unit, user: a_bid(
        customer(unit, user), unit, a_book(company=company_over(unit))
    ),
    "products.Referral": lambda unit, user: a_referral(outlet_of(unit)),
    "products.CreditSplit": lambda unit, user: a_credit(outlet_of(unit)),
    "products.CreditDispute": lambda unit, user: dispute_credit(
        split=a_credit(outlet_of(unit)), reason="比例有误", by=make_staff_user(), at=AT
    ),
    "products.Mandate": lambda unit, user: a_mandate(outlet=outlet_of(unit), need="custody"),
    "products.MandatePaper": lambda unit, user: a_paper(
        a_mandate(outlet=outlet_of(unit), need="custody")
    ),
    "products.Winning": lambda unit, user: a_winning(outlet_of(unit)),
    "products.Crossing": lambda unit, user: a_crossing(a_mandate(outlet=outlet_of(unit))),
    "products.Goal": lambda unit, user: a_goal(
        outlet_of(unit), quarter=Quarter(2026, 1).shifted(next(_numbers) % 200)
    ),
    "products.OfferCampaign": lambda unit, user: a_bare_campaign(unit),
    "products.PrivateContract": lambda unit, user: a_bare_contract(
        customer(unit, user), outlet_of(unit)
    ),
    "products.Mismatch": mismatch,
    "products.Complaint": lambda unit, user: a_complaint(customer(unit, user)),
    "products.DeskMember": lambda unit, user: a_desk_member(),
    "products.QualifiedInvestor": lambda unit, user: a_proof(customer(unit, user)),
    "products.Document": product_document,
    "products.Order": lambda unit, user: an_order(customer(unit, user), unit),
    "reference.CalendarDay": lambda unit, user: day(),
    "reference.HoldRelease": lambda unit, user: release(hold(unit, user)),
    "reference.LegalHold": hold,
    "reference.Rule": lambda unit, user: make_rule(
        AT, key="retention.suitability", value="P20Y", scope=f"t{next(_numbers)}"
    ),
    "reference.Switch": lambda unit, user: make_turn(AT, "tests.switch", True),
    "suitability.GradedItem": lambda unit, user: an_item(),
    "suitability.ItemGrade": lambda unit, user: a_proposed_grade(an_item()),
    "suitability.Disclosure": lambda unit, user: a_disclosure(customer(unit, user)),
    "suitability.DoubleRecording": lambda unit, user: a_recording(unit, customer(unit, user)),
    "suitability.SaleFollowUp": lambda unit, user: a_follow_up(unit, customer(unit, user)),
    "suitability.InsistCase": lambda unit, user: an_insist_case(customer(unit, user)),
    "suitability.MatchRecord": lambda unit, user: a_decision(customer(unit, user)),
    "suitability.Assessment": assessment,
    "suitability.StatusRequest": lambda unit, user: a_sent_application(customer(unit, user)),
    "suitability.InvestorStatus": professional,
    "suitability.JumpReview": jump,
    "suitability.CoachingFlag": coaching_flag,
    "suitability.PaperDraft": paper_draft,
    "suitability.Questionnaire": questionnaire,
    "users.FactorReset": factor_reset,
    "users.User": lambda unit, user: assignment(unit, user).user,
}


def day() -> Any:
    from brokerage.reference.models import CalendarDay

    number = next(_numbers)
    one = date(2001, 1, 1) + timedelta(days=number)
    make_days(one, one)
    return CalendarDay.objects.get(day=one)
