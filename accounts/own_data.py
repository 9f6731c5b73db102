"""What a person's own copy of their data says of their applications."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.banking.states import Blocker
from accounts.life.states import Ability
from accounts.models import (
    Application,
    BankChange,
    CashAccount,
    Closing,
    DocumentRenewal,
    Dormancy,
    FirstDays,
    OneCodeAccount,
)
from accounts.papers.states import Look
from accounts.selectors import bank_name
from accounts.terms import Market
from brokerage.core import data_export
from brokerage.core.data_export import Person
from brokerage.customers.models import Customer
from brokerage.customers.subjects import RECORDS


def register() -> None:
    """Called once when the app is ready."""
    data_export.register(
        "applications",
        title=_("Applications to open an account"),
        collect=_applications,
        order=50,
        covers=(
            "accounts.Application",
            "accounts.Assist",
            "accounts.BankChange",
            "accounts.CaseRelease",
            "accounts.Section",
            "accounts.CashAccount",
            "accounts.Closing",
            "accounts.CustodyLink",
            "accounts.DocumentReminder",
            "accounts.DocumentRenewal",
            "accounts.Dormancy",
            "accounts.FirstDays",
            "accounts.FollowUp",
            "accounts.FundsInquiry",
            "accounts.IdDocument",
            "accounts.MarketAccount",
            "accounts.MarketWish",
            "accounts.OneCodeAccount",
            "accounts.Sighting",
            "accounts.TaxDeclaration",
        ),
    )
    RECORDS.register("accounts", _refs)


def _refs(customer: Customer) -> QuerySet[Any, UUID]:
    return Application.objects.of(customer).values_list("ref", flat=True)


def _applications(person: Person) -> list[dict[str, Any]]:
    rows = (
        Application.objects.filter(customer__ref=person.customer)
        .select_related("outlet", "id_document")
        .prefetch_related(
            "sections",
            "releases__outlet",
            "releases__assists",
            "sightings__outlet",
            "id_document__reminders",
        )
    )
    return [
        {
            "number": str(row.ref),
            "status": row.get_status_display(),
            "name": row.applicant_name,
            "outlet": row.outlet.name if row.outlet else None,
            "since": row.created_at.isoformat(),
            "sent_at": _instant(row.submitted_at),
            "to_do_again": [said] if (said := row.to_mend) else [],
            "decided_at": _instant(row.decided_at),
            "reason": row.get_refusal_display() if row.decided_at else "",
            "ended_at": _instant(row.ended_at),
            "came_through": str(row.origin_ref) if row.origin_ref else None,
            "origin_is_told": row.sharing,
            "without_face": row.without_face,
            "accounts": accounts_told(row),
            "opened_at_outlets": [
                {
                    "outlet": each.outlet.name if each.outlet else None,
                    "opened_at": _instant(each.taken_at),
                    "ended_at": _instant(each.ended_at),
                    "steps": [str(assist.get_step_display()) for assist in each.assists.all()],
                }
                for each in row.releases.all()
            ],
            "originals_seen": [
                {
                    "kind": str(each.get_paper_display()),
                    "outlet": each.outlet.name,
                    "looked_at": _instant(each.seen_at),
                    "what": [str(Look(look).label) for look in each.looks],
                }
                for each in row.sightings.all()
            ],
            "answers": {str(part): part.answers for part in row.sections.all()},
            "first_days": plan_told(row),
            "bank_changes": changes_told(row),
            "later_markets": wishes_told(row),
            "tax_declarations": declarations_told(row),
            "about_money": inquiries_told(row),
            "rests": [
                {
                    "status": each.get_status_display(),
                    "since": each.rests_on.isoformat(),
                    "closed_abilities": [str(Ability(stop).label) for stop in each.stopped],
                    "woken_at": _instant(each.woken_at),
                    "open_from": each.opens_on.isoformat() if each.opens_on else None,
                    "ended_at": _instant(each.ended_at),
                }
                for each in Dormancy.objects.filter(application=row).order_by("pk")
            ],
            **life_told(row),
        }
        for row in rows.order_by("created_at")
    ]


def plan_told(row: Application) -> list[dict[str, Any]]:
    """The first days of an active account, and what the outlet noted of its greeting."""
    return [
        {
            "since": plan.started_on.isoformat(),
            "until": plan.ends_on.isoformat(),
            "greeting": plan.get_outcome_display(),
            "note": plan.note,
        }
        for plan in FirstDays.objects.filter(application=row)
    ]


def changes_told(row: Application) -> list[dict[str, Any]]:
    """Each time the customer named another bank or card, and what the bank answered."""
    return [
        {
            "bank": bank_name(each.bank),
            "card": each.card,
            "status": each.get_status_display(),
            "asked_at": each.asked_at.isoformat(),
            "confirmed_at": _instant(each.confirmed_at),
            "reason": ", ".join(str(Blocker(code).label) for code in each.blockers),
            "ended_at": _instant(each.ended_at),
        }
        for each in BankChange.objects.filter(application=row).order_by("pk")
    ]


def wishes_told(row: Application) -> list[dict[str, Any]]:
    """Each time the customer asked for another market, and what came of it."""
    return [
        {
            "account": str(Market(each.market).label),
            "status": each.get_status_display(),
            "asked_at": each.asked_at.isoformat(),
            "title": each.text.title,
            "read_at": _instant(each.text_read_at),
            "signed_at": _instant(each.signed_at),
            "reason": each.get_refusal_display(),
            "ended_at": _instant(each.ended_at),
        }
        for each in row.market_wishes.select_related("text").order_by("pk")
    ]


def declarations_told(row: Application) -> list[dict[str, Any]]:
    """Each later tax declaration, and when it counted."""
    return [
        {
            "status": each.get_status_display(),
            "true_since": each.changed_on.isoformat() if each.changed_on else None,
            "signed_at": _instant(each.signed_at),
            "counts_from": _instant(each.counts_from),
            "counts_to": _instant(each.counts_to),
            "note": each.note,
            "answers": each.answers,
        }
        for each in row.tax_declarations.order_by("pk")
    ]


def inquiries_told(row: Application) -> list[dict[str, Any]]:
    """What the customer was asked about their money and answered, in the words of the page."""
    return [
        {
            "asked_at": each.asked_at.isoformat(),
            "status": each.get_status_display(),
            "answered_at": _instant(each.answered_at),
            "note": each.note,
            "answers": each.answers,
        }
        for each in row.inquiries.order_by("pk")
    ]


def life_told(row: Application) -> dict[str, Any]:
    """The document of an active account, its reminders and renewals, and closings."""
    document = getattr(row, "id_document", None)
    if document is None:
        return {}
    return {
        "valid_until": document.valid_to.isoformat() if document.valid_to else None,
        "closed_abilities": [str(Ability(each).label) for each in document.stopped],
        "closings": [
            {
                "status": each.get_status_display(),
                "asked_at": each.asked_at.isoformat(),
                "confirmed_at": _instant(each.confirmed_at),
                "ended_at": _instant(each.ended_at),
            }
            for each in Closing.objects.filter(application=row).order_by("pk")
        ],
        "reminded_at": [each.told_at.isoformat() for each in document.reminders.all()],
        "new_documents": [
            {
                "status": each.get_status_display(),
                "sent_at": _instant(each.sent_at),
                "decided_at": _instant(each.decided_at),
                "answers": each.answers,
            }
            for each in DocumentRenewal.objects.filter(application=row).order_by("pk")
        ],
    }


def accounts_told(row: Application) -> list[dict[str, str | None]]:
    """The accounts of an application with their numbers and states."""
    found = [
        {
            "account": account.market,
            "number": account.number,
            "status": account.get_status_display(),
        }
        for account in row.market_accounts.order_by("market")
    ]
    one_code = OneCodeAccount.objects.filter(customer=row.customer_id).first()
    if found and one_code:
        found.append(
            {
                "account": str(OneCodeAccount._meta.verbose_name),
                "number": one_code.number,
                "status": one_code.get_status_display(),
            }
        )
    cash = CashAccount.objects.filter(application=row).select_related("link").first()
    if cash:
        found.append(
            {
                "account": str(CashAccount._meta.verbose_name),
                "number": None,
                "status": f"{cash.get_status_display()}, {cash.link.get_status_display()}",
            }
        )
    return found


def _instant(value: Any) -> str | None:
    return value.isoformat() if value else None
