"""How it goes with each institution: figures with definitions, for who looks after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.life.states import ClosingStatus
from accounts.models import Application, Closing
from brokerage.core.clock import business_date
from brokerage.core.shares import Share
from brokerage.reference.models import Rule
from partners.dated import HEALTH, HEALTH_LIMITS
from partners.models import ApiClient, Partner, Remark, WebhookAttempt, WebhookEndpoint
from partners.selectors import APPROVED
from partners.states import RemarkKind, RemarkStatus, WebhookStatus
from products.models import Complaint

DEFINITIONS = (
    (
        _("Complaints of the institution"),
        _("Remarks of the kind complaint that came in the period; late: open past their day."),
    ),
    (
        _("Complaints of its customers"),
        _("Complaints that our own desks took down in the period from people who came by it."),
    ),
    (
        _("Closed early"),
        _(
            "Of the accounts approved in the period of people who came by it: those closed "
            "again within {early} days. A share only from twenty accounts on."
        ),
    ),
    (
        _("Webhook failures"),
        _(
            "Of all tries of the last thirty days (older ones are not kept): those not answered "
            "with 2xx; and endpoints that are disabled."
        ),
    ),
    (_("Throttled"), _("Programs with a brake on.")),
)
"""What each column counts, in the order of the table."""


@dataclass
class Health:
    """The figures of one institution; nothing in them names a person."""

    partner: Partner
    complaints: int = 0
    late: int = 0
    customers_complaints: int = 0
    closed_early: Share = field(default_factory=lambda: Share(0, 0))
    failed_tries: Share = field(default_factory=lambda: Share(0, 0))
    disabled: int = 0
    throttled: int = 0
    limits: dict[str, int] = field(default_factory=dict)
    """Figures of partners.health_limits."""

    @property
    def complained_of(self) -> bool:
        """Whether so many customers complained that somebody should look."""
        return self.customers_complaints >= self.limits["customers_complaints"]

    @property
    def closes_early(self) -> bool:
        """Whether so many accounts closed early; a share of few accounts says nothing."""
        early, most = self.closed_early, self.limits["early_percent"]
        return early.is_telling and early.part * 100 >= early.whole * most

    @property
    def complaints_url(self) -> str:
        """The complaints behind the figure, the open ones alone where some are late."""
        found = self._list("remark", kind__exact=RemarkKind.COMPLAINT)
        return f"{found}&status__exact={RemarkStatus.OPEN}" if self.late else found

    @property
    def webhooks_url(self) -> str:
        """Its endpoints, the disabled ones alone where there are any."""
        only = {"status__exact": WebhookStatus.DISABLED} if self.disabled else {}
        return self._list("webhookendpoint", **only)

    @property
    def clients_url(self) -> str:
        """Its programs, where a brake is set and taken off."""
        return self._list("apiclient")

    def _list(self, name: str, **only: str) -> str:
        query = urlencode({"partner__id__exact": self.partner.pk, **only})
        return f"{reverse(f'admin:partners_{name}_changelist')}?{query}"

    @property
    def needs_a_look(self) -> bool:
        """Whether something is late, dead, braked or over a limit: it stands first then."""
        over = self.complained_of or self.closes_early
        return bool(self.late or self.disabled or self.throttled or over)


@dataclass(frozen=True)
class Report:
    """All institutions of a reader, and the days that the figures are about."""

    rows: list[Health]
    since: datetime
    early_days: int
    version: str
    limits: dict[str, int]

    @property
    def definitions(self) -> list[tuple[Any, str]]:
        """Heading and meaning of each figure."""
        return [(name, str(text).format(early=self.early_days)) for name, text in DEFINITIONS]


def health_of(partners: QuerySet[Partner], at: datetime) -> Report:
    """The figures of `partners` at `at`; as many queries for one as for all.

    Rule source: partners.health (period, and what counts as early), partners.health_limits.
    """
    limits = Rule.objects.in_force(HEALTH_LIMITS, business_date(at)).figure
    rule = Rule.objects.in_force(HEALTH, business_date(at))
    since = at - timedelta(days=rule.figure["period_days"])
    found = {row.pk: Health(row, limits=limits) for row in partners.select_related("manager")}
    by_ref = {each.partner.ref: each for each in found.values()}
    _remarks(found, since, at)
    _customers(by_ref, since)
    _closings(by_ref, since, rule.figure["early_days"])
    _calls(found)
    rows = sorted(found.values(), key=lambda each: (not each.needs_a_look, each.partner.pk))
    return Report(rows, since, rule.figure["early_days"], rule.version, limits)


def _remarks(found: dict[int, Health], since: datetime, at: datetime) -> None:
    late = Q(status=RemarkStatus.OPEN, due_on__lt=business_date(at))
    rows = Remark.objects.filter(partner__in=list(found), kind=RemarkKind.COMPLAINT)
    counted = rows.values("partner").annotate(
        came=Count("pk", filter=Q(created_at__gte=since)), late=Count("pk", filter=late)
    )
    for row in counted.order_by("partner"):
        each = found[row["partner"]]
        each.complaints, each.late = row["came"], row["late"]


def _customers(by_ref: dict[Any, Health], since: datetime) -> None:
    came = Application.objects.filter(origin_ref__in=list(by_ref))
    rows = Complaint.objects.filter(
        received_at__gte=since, customer__in=came.values("customer")
    ).values("pk", "customer__applications__origin_ref")
    seen = {(row["customer__applications__origin_ref"], row["pk"]) for row in rows}
    for ref, _complaint in seen:
        if ref in by_ref:
            by_ref[ref].customers_complaints += 1


def _closings(by_ref: dict[Any, Health], since: datetime, early_days: int) -> None:
    """Early is reckoned from the approval, which is the day the institution hears of."""
    approved = Application.objects.filter(
        origin_ref__in=list(by_ref), decided_at__gte=since, status__in=APPROVED
    )
    early = Closing.objects.filter(
        status=ClosingStatus.DONE,
        application__in=approved.values("pk"),
        ended_at__lte=F("application__decided_at") + timedelta(days=early_days),
    )
    wholes = _numbers(approved.values_list("origin_ref"))
    parts = _numbers(early.values_list("application__origin_ref"))
    for ref, whole in wholes.items():
        by_ref[ref].closed_early = Share(parts.get(ref, 0), whole)


def _calls(found: dict[int, Health]) -> None:
    mine = list(found)
    good = Q(status__gte=200, status__lt=300, failure="")
    tries = WebhookAttempt.objects.filter(delivery__endpoint__partner__in=mine)
    counted = tries.values("delivery__endpoint__partner").annotate(
        whole=Count("pk"), good=Count("pk", filter=good)
    )
    for row in counted.order_by("delivery__endpoint__partner"):
        each = found[row["delivery__endpoint__partner"]]
        each.failed_tries = Share(row["whole"] - row["good"], row["whole"])
    dead = WebhookEndpoint.objects.filter(partner__in=mine, status=WebhookStatus.DISABLED)
    for pk, number in _numbers(dead.values_list("partner")).items():
        found[pk].disabled = number
    braked = ApiClient.objects.filter(partner__in=mine, throttled_to__isnull=False)
    for pk, number in _numbers(braked.values_list("partner")).items():
        found[pk].throttled = number


def _numbers(rows: Iterable[Any]) -> dict[Any, int]:
    """How many rows of each value; `rows` is a values_list of one column."""
    counted = rows.annotate(n=Count("pk")).order_by()  # type: ignore[attr-defined]  # a query set
    return dict(counted)
