"""The lives of a trading permission and of an application for one, as tables."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class PermissionStatus(models.TextChoices):
    """Where a customer stands with one permission."""

    NOT_ELIGIBLE = "not_eligible", _("Conditions not met")
    ELIGIBLE = "eligible", _("Conditions met")
    APPLIED = "applied", pgettext_lazy("trading permission", "Applied for")
    GRANTED = "granted", pgettext_lazy("trading permission", "Granted")
    SUSPENDED = "suspended", pgettext_lazy("trading permission", "Suspended")
    REVOKED = "revoked", pgettext_lazy("trading permission", "Revoked")
    REFUSED = "refused", pgettext_lazy("trading permission", "Application refused")


HELD = (PermissionStatus.GRANTED, PermissionStatus.SUSPENDED)
"""Selling and reducing are open in both; buying in the first only."""

LOST = (PermissionStatus.SUSPENDED, PermissionStatus.REVOKED)

PERMISSION_TRANSITIONS = StateTable(
    {
        PermissionStatus.NOT_ELIGIBLE: [PermissionStatus.ELIGIBLE, PermissionStatus.APPLIED],
        PermissionStatus.ELIGIBLE: [PermissionStatus.NOT_ELIGIBLE, PermissionStatus.APPLIED],
        PermissionStatus.APPLIED: [
            PermissionStatus.NOT_ELIGIBLE,
            PermissionStatus.ELIGIBLE,
            PermissionStatus.REFUSED,
            PermissionStatus.GRANTED,
        ],
        PermissionStatus.GRANTED: [PermissionStatus.SUSPENDED, PermissionStatus.REVOKED],
        PermissionStatus.SUSPENDED: [PermissionStatus.GRANTED, PermissionStatus.REVOKED],
        PermissionStatus.REVOKED: [PermissionStatus.NOT_ELIGIBLE, PermissionStatus.APPLIED],
        PermissionStatus.REFUSED: [PermissionStatus.NOT_ELIGIBLE, PermissionStatus.APPLIED],
    }
)


class Gap(models.TextChoices):
    """What may be missing; the kinds of conditions of `suitability.rules.permission_rules`."""

    ASSESSMENT = "assessment", _("Valid risk assessment")
    CLASS = "class", _("Class of the risk assessment")
    AVERAGE = "average", _("Average of assets")
    EXPERIENCE = "experience", _("Time since the first trade")
    TEST = "test", _("Knowledge test")
    FACT = "fact", _("Other proof")


class CaseStatus(models.TextChoices):
    """How far an application for a permission is."""

    CHECKING = "checking", _("We ask the depository")
    TEST = "test", _("Knowledge test")
    DISCLOSURE = "disclosure", _("Risk disclosure")
    OPINION = "opinion", _("Matching opinion")
    SIGNING = "signing", pgettext_lazy("trading permission", "Signature")
    REVIEW = "review", pgettext_lazy("trading permission", "Review")
    REPORTING = "reporting", _("Report to the exchange")
    GRANTED = "granted", pgettext_lazy("trading permission", "Granted")
    REFUSED = "refused", pgettext_lazy("trading permission", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("trading permission", "Withdrawn")
    EXPIRED = "expired", pgettext_lazy("trading permission", "Expired")


BEFORE_SIGNATURE = (
    CaseStatus.CHECKING,
    CaseStatus.TEST,
    CaseStatus.DISCLOSURE,
    CaseStatus.OPINION,
    CaseStatus.SIGNING,
)
"""The customer's part: it may be given up, and it ends by itself."""
OUTSIDE = (CaseStatus.CHECKING, CaseStatus.REPORTING)
"""An answer of the depository is waited for."""
AT_COUNTER = (CaseStatus.CHECKING, CaseStatus.DISCLOSURE)
"""Steps that an outlet can help with: ask the depository again, explain the disclosure.

The test, what does not suit and the signature are the customer's own: knowledge, will, secret.
"""
SIGNED = (CaseStatus.REVIEW, CaseStatus.REPORTING, CaseStatus.GRANTED)
CASE_ENDED = (
    CaseStatus.GRANTED,
    CaseStatus.REFUSED,
    CaseStatus.WITHDRAWN,
    CaseStatus.EXPIRED,
)
CASE_OPEN = (*BEFORE_SIGNATURE, CaseStatus.REVIEW, CaseStatus.REPORTING)
_GIVEN_UP = (CaseStatus.WITHDRAWN, CaseStatus.EXPIRED)

CASE_TRANSITIONS = StateTable(
    {
        CaseStatus.CHECKING: [
            CaseStatus.TEST,
            CaseStatus.DISCLOSURE,
            CaseStatus.REFUSED,
            *_GIVEN_UP,
        ],
        CaseStatus.TEST: [CaseStatus.DISCLOSURE, CaseStatus.REFUSED, *_GIVEN_UP],
        CaseStatus.DISCLOSURE: [
            CaseStatus.OPINION,
            CaseStatus.SIGNING,
            CaseStatus.REFUSED,
            *_GIVEN_UP,
        ],
        CaseStatus.OPINION: [CaseStatus.SIGNING, CaseStatus.REFUSED, *_GIVEN_UP],
        CaseStatus.SIGNING: [
            CaseStatus.REVIEW,
            CaseStatus.REPORTING,
            CaseStatus.REFUSED,
            *_GIVEN_UP,
        ],
        CaseStatus.REVIEW: [CaseStatus.REPORTING, CaseStatus.REFUSED],
        CaseStatus.REPORTING: [CaseStatus.GRANTED, CaseStatus.REFUSED],
        CaseStatus.GRANTED: [],
        CaseStatus.REFUSED: [],
        CaseStatus.WITHDRAWN: [],
        CaseStatus.EXPIRED: [],
    }
)


class CaseRefusal(models.TextChoices):
    """Why an application was refused, in words fit for the customer."""

    EXPERIENCE = "experience", _("The first trade is not long enough ago.")
    OPINION = "opinion", _("The permission does not suit the risk assessment.")
    CONDITIONS = "conditions", _("A condition was no longer met.")
    REVIEW = "review", _("The review did not confirm the conditions.")
    EXCHANGE = "exchange", _("The exchange did not accept the report.")
    ELSEWHERE = "elsewhere", _("The register knows no such permission with another broker.")
    CLOSED = "closed", _("The account was closed.")


SAYS_NOTHING_OF_CONDITIONS = (CaseRefusal.ELSEWHERE, CaseRefusal.CLOSED)
"""Whoever was refused for one of these may meet every condition all the same."""


class Loss(models.TextChoices):
    """Why a permission is suspended or revoked."""

    CLASS = "class", _("The risk assessment does not cover it any more.")
    OLD = "old", _("The risk assessment has run out.")
    OWN = "own", _("Given back by the customer.")
    FIRM = "firm", _("Revoked by the firm.")
    SHUT = "shut", _("The account was closed.")


BY_RULE = (Loss.CLASS, Loss.OLD)
"""A valid assessment that covers it restores what was suspended for these."""


class ReviewRoute(models.TextChoices):
    """Who looks at a signed application."""

    RULE = "rule", _("Passes by rule")
    HAND = "hand", _("Two reviewers")


class CaseVerdict(models.TextChoices):
    """What a reviewer proposes."""

    GRANT = "grant", pgettext_lazy("trading permission", "Grant")
    REFUSE = "refuse", pgettext_lazy("trading permission", "Refuse")


class AttemptStatus(models.TextChoices):
    """What became of an attempt at a test."""

    OPEN = "open", pgettext_lazy("test", "Under way")
    PASSED = "passed", pgettext_lazy("test", "Passed")
    FAILED = "failed", pgettext_lazy("test", "Not passed")
    LAPSED = "lapsed", pgettext_lazy("test", "Time over")


ATTEMPT_TRANSITIONS = StateTable(
    {
        AttemptStatus.OPEN: [AttemptStatus.PASSED, AttemptStatus.FAILED, AttemptStatus.LAPSED],
        AttemptStatus.PASSED: [],
        AttemptStatus.FAILED: [],
        AttemptStatus.LAPSED: [],
    }
)


class ProvedFact(models.TextChoices):
    """Facts of permission rules that a document proves; the values are those of the rules."""

    FINANCE_WORK = "finance_work_months", _("work in finance")
    FUTURES = "financial_futures_record", _("record in financial futures")


MONTHS_PROVED = [ProvedFact.FINANCE_WORK.value]
"""Facts of which so many months are proved; the others hold or do not."""
