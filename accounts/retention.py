"""Drafts go soon after their end; what was sent stays as long as the law asks."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.evidence import retention as evidence
from accounts.models import (
    Application,
    BankChange,
    BlindReview,
    CashAccount,
    Closing,
    CustodyLink,
    DocumentReminder,
    DocumentRenewal,
    Dormancy,
    FirstDays,
    FollowUp,
    FundsInquiry,
    IdDocument,
    MarketAccount,
    MarketWish,
    OpeningCredit,
    OpeningDispute,
    OpeningShare,
    Pause,
    Routing,
    Screening,
    TaxDeclaration,
)
from accounts.states import ACCEPTED, Status
from brokerage.core import clock
from brokerage.core.retention import Policy, Rows, delete
from brokerage.files import api as files
from brokerage.journal.actors import Actor

ACTOR = Actor.system("accounts.retention")


def ended_drafts(before: datetime) -> Rows:
    """Applications that ended before `before` and never reached us."""
    return Application.objects.filter(submitted_at=None, ended_at__lt=before)


def settled(before: datetime) -> Rows:
    """Sent applications whose keeping began before `before`.

    It begins with the decision or the end; for an approved one when the customer left.
    """
    left = Q(status__in=ACCEPTED, customer__closed_at__lt=before)
    refused = Q(status=Status.REJECTED, decided_at__lt=before)
    return Application.objects.filter(
        left | refused | Q(ended_at__lt=before), submitted_at__isnull=False
    )


def forget(rows: Rows) -> int:
    """Delete applications together with their files and their evidence."""
    evidence.forget(rows)
    files.dispose_of_owners(
        owner_type="accounts.application",
        owner_refs=rows.values_list("ref", flat=True),
        actor=ACTOR,
        at=clock.now(),
        reason="kept long enough",
    )
    files.dispose_of_owners(
        owner_type="accounts.fundsinquiry",
        owner_refs=FundsInquiry.objects.filter(application__in=rows).values_list("ref", flat=True),
        actor=ACTOR,
        at=clock.now(),
        reason="kept long enough",
    )
    kept = {"application__in": rows}
    OpeningDispute.objects.filter(credit__application__in=rows).delete()
    OpeningShare.objects.filter(credit__application__in=rows).delete()
    CustodyLink.objects.filter(cash__application__in=rows).delete()
    DocumentReminder.objects.filter(document__application__in=rows).delete()
    IdDocument.objects.filter(**kept).delete()
    DocumentRenewal.objects.filter(**kept).delete()
    Closing.objects.filter(**kept).delete()
    BankChange.objects.filter(**kept).delete()
    MarketWish.objects.filter(**kept).delete()
    owned = (
        FollowUp,
        FirstDays,
        Dormancy,
        OpeningCredit,
        MarketAccount,
        CashAccount,
        Routing,
        Pause,
        BlindReview,
        Screening,
        FundsInquiry,
        TaxDeclaration,
    )
    for model in owned:
        model.objects.filter(**kept).delete()
    return delete(rows)


HELD_BY = {"accounts.application": "ref", "customers.customer": "customer__ref"}
POLICIES = (
    Policy(
        key="accounts.drafts",
        label=_("Applications that were never sent"),
        rule="retention.drafts",
        due=ended_drafts,
        held_by=HELD_BY,
        dispose=forget,
    ),
    Policy(
        key="accounts.applications",
        label=_("Applications to open an account"),
        rule="retention.account_opening",
        due=settled,
        held_by=HELD_BY,
        dispose=forget,
    ),
)
