"""An application: one customer's request to open an account."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import UUID

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.evidence.states import AT_OUTLETS, WitnessingMode
from accounts.papers.states import AgeGroup
from accounts.review.states import PauseReason, RiskClass, Route, Skill
from accounts.states import (
    ACCEPTED,
    BY_PEOPLE,
    DECIDED,
    EDITABLE,
    ENDED,
    OPEN,
    TRANSITIONS,
    WITH_US,
    Refusal,
    SectionStatus,
    Status,
    Step,
    Verdict,
)
from branches.models import OrgUnit
from brokerage.core import masking
from brokerage.core.fields import EncryptedTextField
from brokerage.core.identifiers import Document
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Consent, Customer
from brokerage.customers.models.customers import name_hash
from suitability.models import Assessment

SENT = (*WITH_US, Status.RETURNED, *DECIDED)
"""States that an application reaches only by being sent."""


class ApplicationQuerySet(models.QuerySet["Application"]):
    def of(self, customer: Customer) -> Self:
        return self.filter(customer=customer)

    def open(self) -> Self:
        """Neither decided nor ended."""
        return self.filter(status__in=OPEN)

    def sent(self) -> Self:
        """What staff may know of: the customer sent it at least once."""
        return self.filter(submitted_at__isnull=False)

    def shared_with(self, origin_ref: UUID) -> Self:
        """What an institution originated, and the customer still lets it know of."""
        return self.filter(
            origin_ref=origin_ref,
            sharing_consent__isnull=False,
            sharing_consent__withdrawn_at=None,
        )


class Application(Referenced, Timestamped, Stateful):
    """Once sent it is kept for its term (`retention.py`), whatever its end: a refusal is evidence.

    Life: draft → the customer sends it → an officer takes it for review, asks back or proposes
    a verdict → a second officer decides. The customer may withdraw until then. `version` grows
    with each change; who writes on an older one is told, never overwritten.

    Not for: accounts themselves, which exist only after an approval.
    """

    TRANSITIONS: ClassVar[StateTable] = TRANSITIONS

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="applications", verbose_name=_("customer")
    )
    # Repeats customer.user, so that a constraint can keep applicants from deciding.
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("applicant"),
        null=True,
        blank=True,
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField(_("version"), default=1)
    updated_at = models.DateTimeField(_("changed at"))
    stage_since = models.DateTimeField(_("in this status since"))

    applicant_name = EncryptedTextField(_("name"), null=True, blank=True)
    applicant_name_hash = models.CharField(max_length=64, null=True, blank=True, editable=False)
    paper = models.CharField(
        _("document"), max_length=16, choices=Document, default=Document.RESIDENT_ID
    )
    without_face = models.BooleanField(
        _("no use of the face"),
        default=False,
        help_text=_("Two people at an outlet confirm who it is, without a recording."),
    )
    age_group = models.CharField(
        _("age group"), max_length=5, choices=AgeGroup, default=AgeGroup.ADULT
    )
    outlet = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        related_name="applications",
        verbose_name=_("outlet"),
        null=True,
        blank=True,
    )
    assessment = models.ForeignKey(
        Assessment,
        models.PROTECT,
        related_name="applications",
        verbose_name=_("assessment"),
        null=True,
        blank=True,
    )
    entry_ref = models.UUIDField(_("entry link"), null=True, blank=True, editable=False)
    origin_ref = models.UUIDField(_("originated by"), null=True, blank=True, editable=False)
    sharing = models.BooleanField(_("may be told to its origin"), null=True, blank=True)
    sharing_consent = models.ForeignKey(
        Consent,
        models.PROTECT,
        related_name="applications",
        verbose_name=_("consent to sharing"),
        null=True,
        blank=True,
    )

    submitted_at = models.DateTimeField(
        pgettext_lazy("application", "sent at"), null=True, blank=True
    )
    promised_at = models.DateTimeField(_("promised by"), null=True, blank=True)
    risk = models.CharField(_("risk"), max_length=6, choices=RiskClass, blank=True)
    route = models.CharField(_("route"), max_length=4, choices=Route, default=Route.TWO)
    route_rule = models.CharField(_("rule of the route"), max_length=100, blank=True)
    skills = ArrayField(
        models.CharField(max_length=8, choices=Skill),
        verbose_name=_("needs a reviewer for"),
        default=list,
        blank=True,
    )
    paused = models.CharField(_("on hold"), max_length=8, choices=PauseReason, blank=True)
    hands_since = models.DateTimeField(_("in these hands since"), null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("reviewed by"),
        null=True,
        blank=True,
    )
    recommended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("application", "proposed by"),
        null=True,
        blank=True,
    )
    recommendation = models.CharField(_("proposal"), max_length=8, choices=Verdict, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("decided by"),
        null=True,
        blank=True,
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    refusal = models.CharField(_("reason"), max_length=12, choices=Refusal, blank=True)
    final = models.BooleanField(_("no new application online"), default=False)
    returned_steps = ArrayField(
        models.CharField(max_length=12, choices=Step),
        verbose_name=_("to be done again"),
        default=list,
        blank=True,
    )
    returned_note = models.CharField(_("note to the customer"), max_length=300, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        permissions = [
            ("review_application", "Can take an application for review and propose a verdict"),
            ("decide_application", "Can decide on a proposed verdict"),
            ("call_follow_up", "Can call for the follow-up before an account becomes active"),
            ("lead_follow_up", "Can set a new date for a follow-up whose date has passed"),
        ]
        indexes = [
            models.Index(fields=["status", "promised_at"]),
            models.Index(
                fields=["origin_ref", "-updated_at", "-id"],
                condition=Q(origin_ref__isnull=False),
                name="applications_of_an_origin",
            ),
            models.Index(fields=["customer", "-created_at"]),
            models.Index(fields=["outlet", "status", "-id"], name="applications_of_an_outlet"),
            models.Index(
                fields=["applicant_name_hash", "-id"],
                condition=Q(applicant_name_hash__isnull=False),
                name="applications_by_name",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="an_application_has_a_known_status"
            ),
            models.CheckConstraint(
                condition=Q(paper__in=Document.values, age_group__in=AgeGroup.values),
                name="an_application_knows_paper_and_age",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(status__in=OPEN),
                name="one_open_application_per_customer",
                violation_error_message=_("You already have an open application."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=ENDED)
                | Q(status=Status.DRAFT, submitted_at=None)
                | Q(
                    status__in=SENT,
                    submitted_at__isnull=False,
                    promised_at__isnull=False,
                    applicant_name__isnull=False,
                    outlet__isnull=False,
                    assessment__isnull=False,
                ),
                name="a_sent_application_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.REVIEWING, *DECIDED])
                | Q(claimed_by__isnull=False)
                | Q(status__in=ACCEPTED, route=Route.RULE),
                name="a_review_has_a_reviewer",
            ),
            models.CheckConstraint(
                condition=Q(recommended_by=None, recommendation="")
                | Q(
                    status__in=[Status.REVIEWING, *DECIDED, *ENDED],
                    recommended_by__isnull=False,
                    recommendation__in=Verdict.values,
                )
                | Q(
                    status__in=ACCEPTED,
                    recommended_by=None,
                    recommendation=Verdict.APPROVE,
                    route__in=[Route.RULE, Route.ONE],
                ),
                name="a_proposal_has_an_author",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        status__in=ACCEPTED,
                        recommendation=Verdict.APPROVE,
                        decided_at__isnull=False,
                    )
                    & (Q(decided_by__isnull=False) | Q(route=Route.RULE, claimed_by=None))
                )
                | (
                    Q(
                        status=Status.REJECTED,
                        recommendation=Verdict.REJECT,
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                    )
                    & ~Q(refusal="")
                )
                | (~Q(status__in=DECIDED) & Q(decided_by=None, decided_at=None)),
                name="a_decision_has_a_date_an_author_and_a_proposal",
            ),
            models.CheckConstraint(
                condition=Q(route=Route.TWO) | ~Q(route_rule=""),
                name="fewer_than_two_reviewers_stand_on_a_rule",
            ),
            models.CheckConstraint(
                condition=Q(paused="") | Q(status__in=WITH_US),
                name="only_a_running_promise_is_on_hold",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("recommended_by")),
                name="nobody_decides_on_their_own_proposal",
                violation_error_message=_("Another person has to decide."),
            ),
            models.CheckConstraint(
                condition=Q(applicant=None)
                | (
                    (Q(claimed_by=None) | ~Q(claimed_by=F("applicant")))
                    & (Q(recommended_by=None) | ~Q(recommended_by=F("applicant")))
                    & (Q(decided_by=None) | ~Q(decided_by=F("applicant")))
                ),
                name="nobody_reviews_their_own_application",
            ),
            models.CheckConstraint(
                condition=Q(refusal="") | Q(recommendation=Verdict.REJECT),
                name="only_a_proposed_refusal_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(final=False) | ~Q(refusal=""), name="only_a_refusal_is_final"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.RETURNED, returned_steps__len__gte=1)
                | (~Q(status=Status.RETURNED) & Q(returned_steps=[])),
                name="a_return_names_its_steps",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ENDED, ended_at__isnull=False)
                | (~Q(status__in=ENDED) & Q(ended_at=None)),
                name="an_ended_application_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(origin_ref=None, entry_ref=None)
                | Q(origin_ref__isnull=False, entry_ref__isnull=False),
                name="an_origin_has_its_entry",
            ),
            models.CheckConstraint(
                condition=Q(sharing_consent=None) | Q(sharing=True, origin_ref__isnull=False),
                name="only_an_origin_is_told",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="whoever_helped_does_not_review",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("claimed_by", "recommended_by", "decided_by"),
                func=(
                    "IF EXISTS (SELECT 1 FROM accounts_caserelease r "
                    "WHERE r.application_id = NEW.id AND r.helper_id IN "
                    "(NEW.claimed_by_id, NEW.recommended_by_id, NEW.decided_by_id)) "
                    "OR EXISTS (SELECT 1 FROM accounts_witnessing w "
                    "WHERE w.application_id = NEW.id AND w.second_witness_id IN "
                    "(NEW.claimed_by_id, NEW.recommended_by_id, NEW.decided_by_id)) "
                    "OR EXISTS (SELECT 1 FROM accounts_papersigning s "
                    "WHERE s.application_id = NEW.id AND s.second_id IN "
                    "(NEW.claimed_by_id, NEW.recommended_by_id, NEW.decided_by_id)) THEN "
                    "RAISE EXCEPTION 'whoever helped with an application does not review it' "
                    "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_number} {self.masked_name}".strip()

    @property
    def case_number(self) -> str:
        """The start of the ref, short enough to read aloud; not unique, so never a key."""
        return self.short_ref

    def get_absolute_url(self) -> str:
        return reverse("accounts:application", args=[self.ref])

    @property
    def masked_name(self) -> str:
        """The name as anybody who may see the row sees it: 张*."""
        return masking.name(self.applicant_name)

    def set_applicant_name(self, name: str | None) -> None:
        """Set the applicant's name and the hash that finds it in memory."""
        self.applicant_name, self.applicant_name_hash = name, name_hash(name)

    @property
    def is_organisation(self) -> bool:
        """Whether an organisation applies, with its licence."""
        return self.paper == Document.BUSINESS_LICENCE

    @property
    def is_counter_only(self) -> bool:
        """Whether somebody at an outlet has to stand before this person.

        By the law or the house, or because the customer does not agree to the use of the face.
        """
        ordinary = self.paper == Document.RESIDENT_ID and self.age_group == AgeGroup.ADULT
        return self.without_face or not ordinary

    @property
    def modes_that_count(self) -> tuple[WitnessingMode, ...]:
        """How this person may be witnessed."""
        if self.without_face:
            return (WitnessingMode.PRESENT,)
        return AT_OUTLETS if self.is_counter_only else tuple(WitnessingMode)

    @property
    def by_own_code(self) -> bool:
        """Whether one of our own codes brought the customer: then the code is its origin."""
        return self.origin_ref is not None and self.origin_ref == self.entry_ref

    @property
    def has_origin_outside(self) -> bool:
        """Whether an institution sent the customer, who may let it know how things stand."""
        return self.origin_ref is not None and not self.by_own_code

    @property
    def to_mend(self) -> str:
        """Why steps came back, in the reader's language: what a reviewer wrote, and what machines
        say of answers from outside. One query."""
        parts = self.sections.filter(status=SectionStatus.INSUFFICIENT).order_by("pk")
        said = [self.returned_note]
        said += [part.get_lack_display() for part in parts if part.lack not in BY_PEOPLE]
        return " ".join(each for each in said if each)

    @property
    def after_refusal(self) -> str:
        """What the customer does next about a refusal, in the reader's language; else empty."""
        return Refusal(self.refusal).todo if self.refusal else ""

    @property
    def is_editable(self) -> bool:
        """Whether it is the customer's turn."""
        return self.status in EDITABLE

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def due_at(self) -> Any:
        """The promise that runs now, or None."""
        return self.promised_at if self.status in WITH_US else None

    @property
    def on_hold(self) -> str:
        """Why the promise stands still, in words for the customer; empty while it runs."""
        return str(self.get_paused_display()) if self.paused else ""

    def forget_route(self) -> None:
        """Two people look, in memory, until the routing rule speaks of what is sent now."""
        self.risk, self.route, self.route_rule, self.skills = "", Route.TWO, "", []

    def may_change(self, step: str) -> bool:
        """Whether the customer may change this step now: all of a draft, the named of a return."""
        if self.status == Status.DRAFT:
            return True
        return self.status == Status.RETURNED and step in self.returned_steps
