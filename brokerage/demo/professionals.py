"""Professional investors of the demonstration: one granted, one that waits for an officer."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from decimal import Decimal

from PIL import Image, ImageDraw

from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.demo.staff import staff_with
from brokerage.files import api as files
from brokerage.files.use_cases.check_file import check
from brokerage.journal.actors import Actor
from suitability.files import CLASS_EVIDENCE
from suitability.models import Assessment, StatusRequest
from suitability.rules.grades import ProfessionalKind
from suitability.use_cases.asking_status import (
    accept_risk,
    ask_for_status,
    explain_protections,
    send_request,
)
from suitability.use_cases.deciding_status import Found, confirm_decision, examine_request
from suitability.use_cases.proving_status import give_proof

READ = timedelta(minutes=1)
PURPOSE = "家里的资产大部分在做投资，想参与更多品种。"
FACTS = {
    "financial_assets": (Decimal(8_600_000), "Financial assets CNY 8,600,000.00"),
    "investing_months": (Decimal(62), "First trade five years and two months ago"),
}


def build_professionals(*, at: datetime) -> int:
    """Let the last two assessed persons apply; returns how many applications were made."""
    if StatusRequest.objects.exists():
        return 0
    assessed = Assessment.objects.counting_on(business_date(at)).filter(lowest=False)
    keys = assessed.values_list("customer", flat=True)
    customers = list(Customer.objects.filter(pk__in=keys, user__isnull=False).order_by("-pk")[:2])
    sent = [apply_as_professional(customer, at) for customer in customers]
    for request in sent[:1]:
        grant(request, at + 2 * READ)
    return len(sent)


def apply_as_professional(customer: Customer, at: datetime) -> StatusRequest:
    """Send an application with its proofs; it takes a minute from `at` on."""
    assert customer.user is not None
    actor = Actor.of(customer.user)
    request = ask_for_status(
        customer=customer, kind=ProfessionalKind.PERSON, language="zh-hans", actor=actor, at=at
    )
    told = explain_protections(request=request, actor=actor, at=at)
    accept_risk(request=told, text=told.text, actor=actor, at=at + READ)
    for fact, (amount, words) in FACTS.items():
        give_proof(
            request=request,
            fact=fact,
            amount=amount,
            as_of=business_date(at),
            file_refs=[_sheet(customer, words, actor, at).ref],
            actor=actor,
            at=at + READ,
        )
    return send_request(request=request, purpose=PURPOSE, extra="", actor=actor, at=at + READ)


def grant(request: StatusRequest, at: datetime) -> None:
    """Examine an application and confirm it, by two officers."""
    first, second = staff_with(Role.COMPLIANCE)[:2]
    found = {fact: Found(accepted=True, amount=amount) for fact, (amount, _words) in FACTS.items()}
    examine_request(
        request=request,
        found=found,
        favourable=True,
        reason="资产证明和交易年限均已核实。",
        officer=first,
        at=at,
    )
    confirm_decision(request=request, officer=second, at=at + READ)


def _sheet(customer: Customer, words: str, actor: Actor, at: datetime) -> files.StoredFile:
    """A drawn sheet that says what it stands for."""
    image = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, 600, 857), outline="black")
    draw.text((60, 80), "DEMONSTRATION", fill="black")
    draw.text((60, 120), words, fill="black")
    out = io.BytesIO()
    image.save(out, "JPEG")
    out.seek(0)
    stored = files.store(
        upload=out, purpose=CLASS_EVIDENCE, owner_ref=customer.ref, actor=actor, at=at
    )
    check(ref=stored.ref, at=at)
    return stored
