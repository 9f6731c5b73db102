"""The demonstration brokerage as the walk finds it, and who walks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts.models import (
    Application,
    BlindReview,
    FirstDays,
    OpeningDispute,
    QuestionBank,
    WatchHit,
)
from branches.models import (
    BlockedTime,
    Broker,
    CommissionRate,
    EntryCode,
    Licence,
    OrgUnit,
    PointHost,
    Room,
    UnitLicence,
    UnitProcedure,
    UnitProfile,
)
from branches.models.suggestions import Suggestion
from branches.visits.models.purposes import Purpose
from brokerage.backoffice.imports.importer import importers
from brokerage.backoffice.models import ImportRow, ImportRun
from brokerage.core import clock
from brokerage.core.roles import sync_roles
from brokerage.customers.models import Customer
from brokerage.customers.use_cases import load_consent_texts
from brokerage.demo.build import build_demo
from brokerage.demo.customers import FIRST_PHONE
from brokerage.demo.logins import OPERATOR, printed_staff
from brokerage.journal.delivery import deliver_pending
from brokerage.journal.models import Entry
from brokerage.messaging.models import Message, SandboxOutbox
from brokerage.messaging.use_cases.load_texts import load_texts
from brokerage.reference.models import Rule
from brokerage.users.models import User
from content.models import Correction, Item, RawItem, Revision, Source, Topic
from partners.models import (
    ApiClient,
    Appointment,
    Campaign,
    ClientQuota,
    Contract,
    Dispute,
    Enquiry,
    Lead,
    Material,
    MaterialWithdrawal,
    Operator,
    Partner,
    PartnerLicence,
    Remark,
    Shelf,
    WebhookEndpoint,
)
from partners.models import Correction as StatementCorrection
from products.models import (
    Complaint,
    CreditDispute,
    Crossing,
    Issuer,
    Mandate,
    Mismatch,
    OfferCampaign,
    PrivateContract,
    Product,
    Referral,
    Suspension,
    Terms,
    Vetting,
)
from suitability.models import (
    DoubleRecording,
    GradedItem,
    ItemGrade,
    PaperDraft,
    Questionnaire,
    SaleFollowUp,
    StatusRequest,
)
from tests.users.factories import make_customer_user, sign_in

CUSTOMERS = {  # places in brokerage.demo.customers.CASES
    "approved": 0,
    "begun": 1,
    "assessed": 4,
    "sent": 5,
    "returned": 9,
    "rejected": 10,
    "withdrawn": 11,
}
STAFF = ("branch_manager", "compliance", "head_office", "operations")
CONTENT: tuple[str, ...] = ("title_zh", "title_en", "claim_zh", "claim_en", "body_zh", "body_en")
CONTENT += ("evidence_zh", "evidence_en")
SAMPLES = {"何屿", "周予安", "周", "江映雪"}  # people of the style guide
# what the demonstration's customers wrote from their documents, as their own page shows it
SAMPLES |= {"浙江省金华市婺", "金华市公安局婺城分局"}
PRODUCT_TEXTS: tuple[str, ...] = ("registration", "summary_zh", "summary_en", "risk_zh", "risk_en")
PRODUCT_TEXTS += ("benchmark_zh", "benchmark_en", "attributes")
WALKERS = ("visitor", "newcomer", *CUSTOMERS, *STAFF, "operator")


def build(at: datetime) -> list[str]:
    """Build it as `make run` does, and let the journal deliver; what the build said."""
    said: list[str] = []
    cache.clear()
    sync_roles()
    load_consent_texts(at=at)
    load_texts(at=at)
    build_demo(say=said.append, at=at)
    while deliver_pending(at=clock.now()):
        pass
    with connection.cursor() as cursor:
        # No plan for empty tables. Not those that all databases share: whoever looks at them in a
        # transaction of minutes keeps other workers waiting.
        ours = connection.introspection.django_table_names(only_existing=True, include_views=False)
        cursor.execute(f"analyze {', '.join(connection.ops.quote_name(name) for name in ours)}")
    return said


def user_of(walker: str) -> User | None:
    """The log-in of a walker; a visitor has none."""
    if walker == "visitor":
        return None
    if walker == "newcomer":
        phone = "+8613800009999"
        return User.objects.with_phone(phone).first() or make_customer_user(phone)
    if walker in CUSTOMERS:
        return User.objects.with_phone(f"+86{FIRST_PHONE + CUSTOMERS[walker]}").get()
    if walker == "operator":
        return User.objects.get(email=OPERATOR)
    email = next(row["email"] for row in printed_staff() if row["role"] == walker)
    return User.objects.get(email=email)


def client_of(walker: str, language: str) -> Client:
    """A browser of a walker, in a language; a sensitive page opens too."""
    client, user = Client(), user_of(walker)
    if user is not None:
        sign_in(client, user, stepped_up=True)
    client.cookies["language"] = language
    return client


def starts(walker: str) -> list[str]:
    """Where a walk begins: the home, and what no page needs to link to."""
    if walker == "visitor":
        return ["/", "/staff/login/", "/sandbox/outbox/"]
    return ["/partner/"] if walker == "operator" else ["/"]


def data() -> list[str]:
    """Names and notes: they stay in the language they were given in. The longest come first."""
    columns: list[tuple[Any, tuple[str, ...]]] = [
        (User, ("display_name",)),
        (OrgUnit, ("name_zh", "name_en")),
        (Partner, ("name_zh", "name_en")),
        (ApiClient, ("name",)),
        (PartnerLicence, ("title", "number", "issuer", "checked_in")),
        (Contract, ("number", "data_clause", "opinion", "opinion_number", "rule_version")),
        (Campaign, ("name", "partner_reference")),
        (
            Lead,
            ("name", "partner_reference", "consent_reference", "consent_sha256", "rule_version"),
        ),
        (WebhookEndpoint, ("url",)),
        (Material, ("code", "title", "opinion_number")),
        (MaterialWithdrawal, ("reason",)),
        (Enquiry, ("partner_reference", "need", "contact_name", "answer", "rule_version")),
        (Appointment, ("partner_reference", "consent_reference", "consent_sha256")),
        (ClientQuota, ("reason",)),
        (Shelf, ("reason",)),
        (Operator, ("name", "email", "rule_version")),
        (Dispute, ("text", "answer", "rule_version")),
        (StatementCorrection, ("reason",)),
        (Remark, ("partner_reference", "text", "answer", "rule_version")),
        (Customer, ("name",)),
        (Application, ("applicant_name", "returned_note")),
        (Entry, ("reason",)),
        (Room, ("name",)),
        (Broker, ("name_zh", "name_en")),
        (BlockedTime, ("note",)),
        (EntryCode, ("label",)),
        (CommissionRate, ("reason",)),
        (Licence, ("issuer",)),
        (UnitLicence, ("issuer",)),
        (UnitProfile, ("directions_zh", "directions_en", "address_zh", "address_en")),
        (SandboxOutbox, ("title", "body")),
        (BlindReview, ("note",)),
        (FirstDays, ("note",)),
        (OpeningDispute, ("reason", "answer")),
        (WatchHit, ("entry_name", "reason")),
        (Rule, ("legal_basis", "source", "change_note")),
        (Rule, ("value",)),
        (Questionnaire, ("legal_basis", "source", "change_note")),
        (QuestionBank, ("legal_basis", "source", "change_note")),
        (GradedItem, ("name_zh", "name_en")),
        (ItemGrade, ("change_reason",)),
        (PaperDraft, ("change_note",)),
        (StatusRequest, ("purpose", "extra", "reason")),
        (PointHost, ("name_zh", "name_en", "desk_zh", "desk_en")),
        (Issuer, ("name_zh", "name_en")),
        (Vetting, ("findings",)),
        (Product, PRODUCT_TEXTS),
        (Terms, ("change_reason",)),
        (Suspension, ("reason",)),
        (Complaint, ("text", "answer")),
        (Referral, ("enterprise", "contact", "facts", "note")),
        (Mismatch, ("note",)),
        (CreditDispute, ("reason", "answer")),
        (Mandate, ("next_step", "note")),
        (Crossing, ("reason",)),
        (PrivateContract, ("call_note",)),
        (OfferCampaign, ("name",)),
        (SaleFollowUp, ("note", "decision")),
        (DoubleRecording, ("note",)),
        (Suggestion, ("title", "text", "answer")),
        (Source, ("name_zh", "name_en", "licence")),
        (RawItem, ("title", "text", "reason")),
        (Topic, ("name_zh", "name_en")),
        (Item, CONTENT),
        (Revision, (*CONTENT, "note_zh", "note_en")),
        (Correction, ("note_zh", "note_en")),
        (Purpose, ("name_zh", "name_en", "summary_zh", "summary_en", "bring_zh", "bring_en")),
    ]
    found = {
        text
        for model, names in columns
        for row in model.objects.all()
        for name in names
        for text in _as_shown(getattr(row, name))
    }
    people = set(User.objects.exclude(display_name="").values_list("display_name", flat=True))
    found |= {name[0] for name in people}  # the letter of an avatar
    found |= {name for run in ImportRun.objects.all() for name in run.unused}
    found |= {
        text for row in ImportRow.objects.all() for text in _texts(json.loads(row.body or "null"))
    }
    found |= {text for plan in UnitProcedure.objects.all() for text in _texts(plan.plan)}
    found |= {column.example for one in importers for column in one.columns if column.example}
    found |= {row.division.name_zh for row in UnitProfile.objects.select_related("division")}
    found |= {str(v) for message in Message.objects.all() for v in message.values.values() if v}
    return sorted(found | SAMPLES, key=len, reverse=True)


def _as_shown(value: Any) -> list[str]:
    """A value as one text; of a list the items too."""
    parts = [*_texts(value)] if isinstance(value, list) else []
    return [str(value), *parts] if value else []


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value of lists and mappings."""
    if isinstance(value, str):
        if value:
            yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
