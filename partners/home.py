"""Who is to be called, what ends soon, what a statement waits for: tasks of whoever does it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branches.duties_home import LIMIT, evening
from brokerage.backoffice.tasks import Task
from brokerage.core import roles, scope
from brokerage.core.clock import business_date
from brokerage.core.display import formats
from partners.models import Contract, Dispute, Enquiry, Lead, PartnerLicence, Remark, Statement
from partners.states import (
    DisputeStatus,
    EnquiryStatus,
    LeadStatus,
    RemarkStatus,
    StatementStatus,
)
from products.selectors.desks import desks_of

AHEAD = timedelta(days=30)
"""So early somebody should see to what follows."""


def leads(user: Any, at: datetime) -> Iterable[Task]:
    """People whom an institution recommends and whom nobody has called, by their protection."""
    for rows in probe_leads(user, at):
        for lead in rows.select_related("partner", "unit").order_by("protected_until", "pk")[
            :LIMIT
        ]:
            yield Task(
                title=_("Lead to call: {name}").format(name=lead.shown),
                detail=" · ".join(str(one) for one in (lead.partner, lead.unit) if one),
                url=reverse("admin:partners_lead_change", args=[lead.ref]),
                action=_("Call"),
                due_at=lead.protected_until,
                started_at=lead.created_at,
            )


def probe_leads(user: Any, at: datetime) -> list[Any]:
    """Rows behind `leads`; none for who follows no leads."""
    if not roles.may(user, "partners.follow_lead"):
        return []
    return [scope.visible(Lead, user).filter(status=LeadStatus.RECEIVED)]


def ending(user: Any, at: datetime) -> Iterable[Task]:
    """Contracts and licences of one's institutions that end soon and that nothing follows."""
    words = (_("Contract"), _("Licence"))
    for word, rows in zip(words, probe_ending(user, at), strict=False):
        for row in rows.select_related("partner").order_by("valid_to", "pk")[:LIMIT]:
            last = row.valid_to - timedelta(days=1)
            yield Task(
                title=_("{kind}: {row}, {partner}").format(
                    kind=word, row=row, partner=row.partner
                ),
                detail=_("Last day {day}; afterwards keys, codes and links are dead.").format(
                    day=formats.day(last)
                ),
                url=reverse(f"admin:partners_{row._meta.model_name}_change", args=[row.ref]),
                action=_("Open"),
                due_at=evening(last),
            )


def probe_ending(user: Any, at: datetime) -> list[Any]:
    """Rows behind `ending`; none for who proposes no contracts."""
    if not roles.may(user, "partners.add_contract"):
        return []
    today = business_date(at)
    all_rows = (Contract.objects.approved(), PartnerLicence.objects.approved())
    return [
        scope.visible(rows, user)
        .filter(valid_to__gt=today, valid_to__lte=today + AHEAD)
        .filter(~Exists(_following(rows)))
        for rows in all_rows
    ]


def _following(rows: Any) -> Any:
    later = Q(valid_to=None) | Q(valid_to__gt=OuterRef("valid_to"))
    return rows.filter(later, partner=OuterRef("partner"))


def settling(user: Any, at: datetime) -> Iterable[Task]:
    """Disputes and remarks to answer by their day, statements to check and to release."""
    found = probe_settling(user, at)
    if not found:
        return
    disputes, remarks, enquiries, made, checked = found
    for row in disputes.select_related("partner", "statement").order_by("due_on", "pk")[:LIMIT]:
        yield Task(
            title=_("Dispute about {month}, {partner}").format(
                month=row.statement, partner=row.partner
            ),
            detail=_("The institution was promised an answer."),
            url=reverse("admin:partners_dispute_change", args=[row.ref]),
            action=_("Answer"),
            due_at=evening(row.due_on),
            started_at=row.created_at,
        )
    for row in remarks.select_related("partner").order_by("due_on", "pk")[:LIMIT]:
        yield Task(
            title=_("{kind} of {partner}").format(
                kind=row.get_kind_display(), partner=row.partner
            ),
            detail=_("The institution was promised an answer."),
            url=reverse("admin:partners_remark_change", args=[row.ref]),
            action=_("Answer"),
            due_at=evening(row.due_on),
            started_at=row.created_at,
        )
    for row in enquiries.select_related("partner").order_by("due_on", "pk")[:LIMIT]:
        yield Task(
            title=_("Enquiry of {partner} for {desk}").format(
                partner=row.partner, desk=row.get_desk_display()
            ),
            detail=_("The institution was promised an answer."),
            url=reverse("admin:partners_enquiry_change", args=[row.ref]),
            action=_("Answer"),
            due_at=evening(row.due_on),
            started_at=row.created_at,
        )
    for rows, words, action in (
        (made, _("Statement to check: {month}, {partner}"), _("Check")),
        (checked, _("Statement to release: {month}, {partner}"), pgettext("statement", "Release")),
    ):
        for row in rows.select_related("partner").order_by("month", "pk")[:LIMIT]:
            yield Task(
                title=words.format(month=row, partner=row.partner),
                url=reverse("admin:partners_statement_change", args=[row.ref]),
                action=action,
            )


def probe_settling(user: Any, at: datetime) -> list[Any]:
    """Rows behind `settling`; none for who settles nothing."""
    checks = roles.may(user, "partners.check_statement")
    releases = roles.may(user, "partners.release_statement")
    answers = roles.may(user, "partners.answer_dispute")
    replies = roles.may(user, "partners.answer_remark")
    follows = roles.may(user, "partners.follow_enquiry")
    if not (checks or releases or answers or replies or follows):
        return []
    statements = scope.visible(Statement.objects.all(), user)
    disputes = scope.visible(Dispute.objects.filter(status=DisputeStatus.OPEN), user)
    remarks = scope.visible(Remark.objects.filter(status=RemarkStatus.OPEN), user)
    enquiries = scope.visible(Enquiry.objects.filter(ended_at=None), user)
    made = statements.filter(status=StatementStatus.MADE)
    checked = statements.filter(status=StatementStatus.CHECKED).exclude(checked_by_ref=user.ref)
    return [
        disputes if answers else Dispute.objects.none(),
        remarks if replies else Remark.objects.none(),
        enquiries if follows else Enquiry.objects.none(),
        made if checks else Statement.objects.none(),
        checked if releases else Statement.objects.none(),
    ]


def at_desks(user: Any, at: datetime) -> Iterable[Task]:
    """Enquiries that were handed to a desk of the reader and that nobody there has taken."""
    for rows in probe_at_desks(user, at):
        for row in rows.select_related("partner").order_by("ended_at", "pk")[:LIMIT]:
            yield Task(
                title=_("Enquiry of {partner} for {desk}").format(
                    partner=row.partner, desk=row.get_desk_display()
                ),
                detail=_("The institution was told that the desk goes on with it."),
                url=reverse("admin:partners_enquiry_change", args=[row.ref]),
                action=_("Take it at the desk"),
                due_at=evening(row.due_on),
                started_at=row.ended_at,
            )


def probe_at_desks(user: Any, at: datetime) -> list[Any]:
    """Rows behind `at_desks`; none for who is of no desk."""
    if not roles.may(user, "partners.take_enquiry"):
        return []
    mine = desks_of(user, business_date(at))
    waiting = Enquiry.objects.filter(status=EnquiryStatus.AT_DESK, desk_by_ref=None)
    return [scope.visible(waiting, user).filter(desk__in=mine)]
