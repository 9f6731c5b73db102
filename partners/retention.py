"""Leads and remarks go some time after they ended, the log of webhooks after its own term."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.core import clock
from brokerage.core.retention import Policy, Rows, delete, unneeded
from brokerage.users.models import Kind, User
from partners.dated import (
    KEEPING,
    KEEPING_DELIVERIES,
    KEEPING_ENQUIRIES,
    KEEPING_OPERATORS,
    KEEPING_REMARKS,
)
from partners.models import (
    Appointment,
    Enquiry,
    Lead,
    Operator,
    Remark,
    WebhookAttempt,
    WebhookDelivery,
)
from partners.states import DeliveryState, OperatorStatus, WebhookStatus


def ended_leads(before: datetime) -> Rows:
    """Leads that ended before `before`, and protect nobody any more.

    While one protects, a person who is sent again is a duplicate and the link works: an end
    of either would tell the institution that we have closed it.
    """
    rows = Lead.objects.filter(ended_at__lt=before, protected_until__lte=clock.now())
    return unneeded(rows)  # its appointments go first, each some time after its visit


LEADS = Policy(
    key="partners.leads",
    label=_("Leads of partner institutions"),
    rule=KEEPING,
    due=ended_leads,
    held_by={"partners.lead": "ref"},
)


def done_deliveries(before: datetime) -> Rows:
    """Deliveries that wait for nothing, of events older than `before`; the feed keeps the event.

    What waits at a disabled endpoint stays: it goes out when the endpoint is enabled again.
    """
    waits = Q(state=DeliveryState.PENDING) & ~Q(endpoint__status=WebhookStatus.REMOVED)
    return WebhookDelivery.objects.filter(~waits, event__occurred_at__lt=before)


def forget_deliveries(rows: Rows) -> int:
    """Delete deliveries with their tries; a replay makes them anew from the feed."""
    WebhookAttempt.objects.filter(delivery__in=rows.values("pk")).delete()
    return delete(rows)


DELIVERIES = Policy(
    key="partners.webhook_deliveries",
    label=_("Log of webhooks of partner institutions"),
    rule=KEEPING_DELIVERIES,
    due=done_deliveries,
    held_by={"partners.partner": "endpoint__partner__ref"},
    dispose=forget_deliveries,
)


def answered_remarks(before: datetime) -> Rows:
    """Remarks that were answered before `before`."""
    return Remark.objects.filter(answered_at__lt=before)


REMARKS = Policy(
    key="partners.remarks",
    label=_("Answered remarks of partner institutions"),
    rule=KEEPING_REMARKS,
    due=answered_remarks,
    held_by={"partners.partner": "partner__ref"},
)


def past_appointments(before: datetime) -> Rows:
    """Appointments whose visit ended before `before`; the visit itself stays for its own term."""
    return Appointment.objects.filter(visit__ended_at__lt=before)


APPOINTMENTS = Policy(
    key="partners.appointments",
    label=_("Appointments by partner institutions"),
    rule=KEEPING,
    due=past_appointments,
    held_by={"partners.appointment": "ref", "partners.lead": "lead__ref"},
)


def answered_enquiries(before: datetime) -> Rows:
    """Enquiries that were answered before `before`."""
    return Enquiry.objects.filter(ended_at__lt=before)


ENQUIRIES = Policy(
    key="partners.enquiries",
    label=_("Answered enquiries of partner institutions"),
    rule=KEEPING_ENQUIRIES,
    due=answered_enquiries,
    held_by={"partners.partner": "partner__ref"},
)


def gone_operators(before: datetime) -> Rows:
    """Operators who ended before `before`, and invitations that nobody took up until then."""
    unused = Q(status=OperatorStatus.INVITED, invited_until__lt=before)
    return Operator.objects.filter(unused | Q(ended_at__lt=before))


def forget_operators(rows: Rows) -> int:
    """Delete operators with their log-ins, so that the same address may be invited anew."""
    log_ins = [key for key in rows.values_list("user", flat=True) if key is not None]
    gone = delete(rows)
    delete(unneeded(User.objects.filter(pk__in=log_ins, kind=Kind.PARTNER)))
    return gone


OPERATORS = Policy(
    key="partners.operators",
    label=_("Operators of partner institutions who left"),
    rule=KEEPING_OPERATORS,
    due=gone_operators,
    held_by={"partners.partner": "partner__ref", "partners.operator": "ref"},
    dispose=forget_operators,
)


def log_ins_of_nobody(before: datetime) -> Rows:
    """Log-ins of institutions whose operator is gone, once nothing else needs them any more."""
    rows = User.objects.filter(kind=Kind.PARTNER, created_at__lt=before)
    return unneeded(rows)


LOG_INS = Policy(
    key="partners.log_ins",
    label=_("Log-ins of partner institutions without an operator"),
    rule=KEEPING_OPERATORS,
    due=log_ins_of_nobody,
    held_by={"users.user": "ref"},
)
