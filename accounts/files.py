"""Files of an application: documents that prove who somebody is, and recordings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.counter.selectors import open_cases
from accounts.funds.states import InquiryStatus
from accounts.models import Application, FundsInquiry, PermissionApplication
from accounts.permissions.retention import ended_cases
from accounts.retention import settled
from accounts.states import EDITABLE
from brokerage.core import clock, scope
from brokerage.files import api as files
from brokerage.reference.models import LegalHold

IDENTITY_DOCUMENT = "accounts.identity_document"
RECORDING = "accounts.recording"
AGREEMENT = "accounts.agreement"
PAPER_PRINT = "accounts.paper_print"
SIGNED_PAGE = "accounts.signed_page"
PERMISSION_PAPER = "accounts.permission_paper"
FUNDS_PROOF = "accounts.funds_proof"
OWNER = "accounts.application"
CASE = "accounts.permissionapplication"
INQUIRY = "accounts.fundsinquiry"


def register() -> None:
    """Called once when the app is ready."""
    files.register(
        files.Purpose(
            key=IDENTITY_DOCUMENT,
            label=_("Identity documents"),
            owner_type=OWNER,
            owners=_seen_by,
            may_send=_may_send,
            types=files.IMAGES,
            max_bytes=15 * files.MEGABYTE,
            per_owner=files.Limit(150 * files.MEGABYTE, 40),
            retention_key="retention.account_opening",
            kept_since=_settled,
        )
    )
    files.register(
        files.Purpose(
            key=RECORDING,
            label=_("Recordings of an account opening"),
            owner_type=OWNER,
            owners=_seen_by,
            may_send=_may_record,
            types=files.VIDEOS,
            max_bytes=60 * files.MEGABYTE,
            per_owner=files.Limit(600 * files.MEGABYTE, 40),
            retention_key="retention.account_opening",
            kept_since=_settled,
        )
    )
    files.register(
        files.Purpose(
            key=AGREEMENT,
            label=_("Signed agreements"),
            owner_type=OWNER,
            owners=_seen_by,
            types=files.PDF,
            max_bytes=60 * files.MEGABYTE,  # a pack that was signed by hand has its scan inside
            per_owner=files.Limit(150 * files.MEGABYTE, 20),
            retention_key="retention.account_opening",
            kept_since=_settled,
        )
    )
    files.register(
        files.Purpose(
            key=PAPER_PRINT,
            label=_("Agreements printed for a signature by hand"),
            owner_type=OWNER,
            owners=_seen_by,
            types=files.PDF,
            max_bytes=10 * files.MEGABYTE,
            per_owner=files.Limit(50 * files.MEGABYTE, 20),
            retention_key="retention.account_opening",
            kept_since=_settled,
        )
    )
    files.register(
        files.Purpose(
            key=SIGNED_PAGE,
            label=_("Pages signed by hand"),
            owner_type=OWNER,
            owners=_seen_by,
            types=files.IMAGES,
            max_bytes=15 * files.MEGABYTE,
            max_side=2_000,  # an A4 page at 170 dots an inch
            per_owner=files.Limit(300 * files.MEGABYTE, 200),
            retention_key="retention.account_opening",
            kept_since=_settled,
        )
    )
    files.register(
        files.Purpose(
            key=PERMISSION_PAPER,
            label=_("Signed applications for trading permissions"),
            owner_type=CASE,
            owners=_cases_seen_by,
            types=files.PDF,
            max_bytes=10 * files.MEGABYTE,
            per_owner=files.Limit(20 * files.MEGABYTE, 4),
            retention_key="retention.suitability",
            kept_since=_cases_ended,
        )
    )
    files.register(
        files.Purpose(
            key=FUNDS_PROOF,
            label=_("Documents about the source of money"),
            owner_type=INQUIRY,
            owners=_inquiries_seen_by,
            may_send=_may_answer,
            types=files.IMAGES | files.PDF,
            max_bytes=15 * files.MEGABYTE,
            per_owner=files.Limit(60 * files.MEGABYTE, 10),
            retention_key="retention.account_opening",
            kept_since=_inquiries_settled,
        )
    )


def _seen_by(user: Any) -> Iterable[UUID]:
    return scope.visible(Application, user).values_list("ref", flat=True)


def _cases_seen_by(user: Any) -> Iterable[UUID]:
    return scope.visible(PermissionApplication, user).values_list("ref", flat=True)


def _cases_ended(before: datetime) -> Iterable[UUID]:
    held = LegalHold.objects.holding().filter(subject_type="customers.customer")
    rows = ended_cases(before).exclude(customer__ref__in=held.values("subject_ref"))
    return rows.values_list("ref", flat=True)


def _inquiries_seen_by(user: Any) -> Iterable[UUID]:
    return scope.visible(FundsInquiry, user).values_list("ref", flat=True)


def _may_answer(user: Any, owner: UUID) -> bool:
    rows = FundsInquiry.objects.filter(ref=owner, status=InquiryStatus.ASKED)
    return rows.filter(application__customer__user=user).exists()


def _inquiries_settled(before: datetime) -> Iterable[UUID]:
    rows = FundsInquiry.objects.filter(application__ref__in=_settled(before))
    return rows.values_list("ref", flat=True)


def _may_send(user: Any, owner: UUID) -> bool:
    mine = Application.objects.filter(customer__user=user, status__in=EDITABLE)
    return mine.filter(ref=owner).exists()


def _may_record(user: Any, owner: UUID) -> bool:
    """The customer, and staff to whom the customer opened the case at a counter."""
    if _may_send(user, owner):
        return True
    cases = open_cases(user, clock.now()).filter(application__status__in=EDITABLE)
    return cases.filter(application__ref=owner).exists()


def _settled(before: datetime) -> Iterable[UUID]:
    # the files' own policy looks at holds of the application; this leaves out held customers
    held = LegalHold.objects.holding().filter(subject_type="customers.customer")
    return (
        settled(before)
        .exclude(customer__ref__in=held.values("subject_ref"))
        .values_list("ref", flat=True)
    )
