"""Reminders that protect: what was said to whom and why, what they muted, how far a night got."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.display.languages import reads_english
from brokerage.core.models import Referenced
from brokerage.core.reminders import reminders
from brokerage.customers.models import Customer
from brokerage.messaging.models import Message
from content.states import Outcome


def kinds() -> list[tuple[str, Any]]:
    """The kinds that apps have registered, with what they are called."""
    return [(key, kind.label) for key, kind in reminders.items()]


def said_of(facts: Mapping[str, Any]) -> str:
    """Figures in a line, texts in the reader's language."""
    language = "en" if reads_english() else "zh-hans"
    values = [value[language] if isinstance(value, dict) else value for value in facts.values()]
    return " · ".join(str(value) for value in values)


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def for_a_person(self) -> Self:
        """What an adviser has still to follow up; who could not be reached is tried again."""
        return self.filter(needs_person=True, outcome="")


class Reminder(Referenced):
    """One thing a customer was reminded of. The ledger of shown, read and acted.

    `subject` names what it is about (a month, a security and month, an item), so that a late
    correction of a day or a second run never reminds twice. `facts` are the figures that were
    said, texts in both languages; with `rule_version` they can be found again. Read is what the
    message knows. `attempts` counts how often the adviser did not reach the customer, which ends
    nothing; `note` is what came of the talk, for colleagues and in the customer's own copy.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="reminders", verbose_name=_("customer")
    )
    kind = models.CharField(pgettext_lazy("reminder", "kind"), max_length=20, choices=kinds)
    subject = models.CharField(max_length=80, editable=False)
    day = models.DateField(_("business date"))
    facts = models.JSONField(_("figures"))
    rule_version = models.CharField(_("rule version"), max_length=100)
    message = models.OneToOneField(
        Message,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=pgettext_lazy("reminder", "message"),
    )
    made_at = models.DateTimeField(pgettext_lazy("reminder", "made at"))
    acted_at = models.DateTimeField(_("customer said done at"), null=True)
    needs_person = models.BooleanField(_("an adviser follows up"), default=False)
    outcome = models.CharField(
        pgettext_lazy("reminder", "outcome"), max_length=9, choices=Outcome, blank=True
    )
    note = models.CharField(pgettext_lazy("reminder", "note"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(_("tried in vain"), default=0)
    followed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("followed up by"),
    )
    followed_at = models.DateTimeField(_("followed up at"), null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        permissions = [("follow_reminder", "Can follow up reminders of customers at home here")]
        indexes = [
            models.Index(
                fields=["made_at"],
                condition=Q(needs_person=True, outcome=""),
                name="reminders_for_a_person",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "subject"], name="nobody_is_reminded_twice"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", followed_by=None, followed_at=None)
                | (
                    ~Q(outcome="")
                    & Q(needs_person=True, followed_by__isnull=False, followed_at__isnull=False)
                ),
                name="a_follow_up_has_an_outcome_a_person_and_a_time",
            ),
            models.CheckConstraint(
                condition=Q(needs_person=True) | Q(note="", attempts=0),
                name="only_what_a_person_follows_up_has_a_note",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def said(self) -> str:
        """The figures in a line, texts in the reader's language."""
        return said_of(self.facts)


class PutOffReminder(models.Model):
    """What the weekly limit put off: it is said when there is room, or it lapses in the journal.

    `found_on` is the first business date that found it, `seen_on` the newest one.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="put_off_reminders", verbose_name=_("customer")
    )
    kind = models.CharField(pgettext_lazy("reminder", "kind"), max_length=20, choices=kinds)
    subject = models.CharField(max_length=80, editable=False)
    facts = models.JSONField(_("figures"))
    link = models.CharField(max_length=200, blank=True, editable=False)
    rule_version = models.CharField(_("rule version"), max_length=100)
    found_on = models.DateField(_("found on"))
    seen_on = models.DateField(_("last found on"))

    objects: ClassVar[models.Manager[PutOffReminder]] = models.Manager()

    class Meta:
        verbose_name = _("reminder that was put off")
        verbose_name_plural = _("reminders that were put off")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "subject"], name="a_reminder_is_put_off_once"
            ),
            models.CheckConstraint(
                condition=Q(seen_on__gte=F("found_on")), name="what_is_put_off_was_found_before"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class ReminderMute(models.Model):
    """A kind of reminder that a customer does not want."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="reminder_mutes")
    kind = models.CharField(max_length=20, choices=kinds)
    since = models.DateTimeField(_("since"))

    objects: ClassVar[models.Manager[ReminderMute]] = models.Manager()

    class Meta:
        verbose_name = _("muted reminder")
        verbose_name_plural = _("muted reminders")
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind"], name="a_kind_is_muted_once")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.kind}"


class ReminderRun(models.Model):
    """The night of a business day: up to which customer it got."""

    day = models.DateField(_("business date"), unique=True)
    cursor = models.BigIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[ReminderRun]] = models.Manager()

    class Meta:
        verbose_name = _("night of reminders")
        verbose_name_plural = _("nights of reminders")

    def __str__(self) -> str:
        return f"{self.day}"
