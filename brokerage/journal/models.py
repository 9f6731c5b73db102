"""Tables of the journal. Entries and seals are insert-only: triggers refuse everything else."""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced


class InsertOnly(models.Model):
    """Written by the one function that may; neither saved nor deleted through the ORM."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{self._meta.label} is written by the journal only.")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{self._meta.label} is never deleted.")


class ActorKind(models.TextChoices):
    USER = "user", pgettext_lazy("actor", "Person")
    CLIENT = "client", _("Partner client")
    SYSTEM = "system", _("System")


class Entry(InsertOnly):
    """One thing that happened; made by `record()`. Partitioned by ranges of `id`.

    The application's clock gives `at`, the database's `recorded_at`. `version` counts the
    entries of one subject without gaps, in the order in which they were committed.
    """

    id = models.BigAutoField(primary_key=True)
    ref = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(_("what happened"), max_length=100)
    subject_type = models.CharField(_("object type"), max_length=100)
    subject_ref = models.UUIDField(_("object"))
    version = models.PositiveIntegerField(_("version of the object"))
    actor_kind = models.CharField(_("kind of actor"), max_length=10, choices=ActorKind)
    actor_ref = models.UUIDField(_("actor"), null=True)
    actor_name = models.CharField(_("name of the actor"), max_length=100, blank=True)
    on_behalf_of = models.UUIDField(_("on behalf of"), null=True)
    reason = models.TextField(_("reason"), blank=True)
    rule_version = models.CharField(_("rule version"), max_length=100, blank=True)
    payload = models.JSONField(_("facts"))
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    request_id = models.CharField(_("request"), max_length=32)
    channel = models.CharField(_("channel"), max_length=20)
    address = models.CharField(_("network address"), max_length=50, blank=True)
    at = models.DateTimeField(_("time"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        indexes = [
            models.Index(fields=["ref"], name="journal_entry_ref"),
            models.Index(fields=["subject_ref", "id"], name="journal_entry_subject"),
            models.Index(fields=["actor_ref", "id"], name="journal_entry_actor"),
            BrinIndex(fields=["recorded_at"], name="journal_entry_recorded"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(version__gte=1), name="an_object_counts_its_entries_from_one"
            ),
            models.CheckConstraint(
                condition=Q(actor_kind=ActorKind.SYSTEM, actor_ref__isnull=True)
                | Q(actor_kind__in=[ActorKind.USER, ActorKind.CLIENT], actor_ref__isnull=False),
                name="a_person_or_client_has_a_ref",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Head(models.Model):
    """How many entries an object has. Its row lock orders the writers of one object.

    No evidence: it can be rebuilt from the entries.
    """

    pk = models.CompositePrimaryKey("subject_ref", "subject_type")
    subject_ref = models.UUIDField()
    subject_type = models.CharField(max_length=100)
    version = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_ref}"


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("Pending")
    DELIVERED = "delivered", _("Delivered")
    DEAD = "dead", _("Given up")


class Delivery(models.Model):
    """One entry on its way to one subscriber; written with the entry, moved by the worker."""

    id = models.BigAutoField(primary_key=True)
    # No constraint: it costs about 0.2 ms of every write, and an entry never goes away.
    entry = models.ForeignKey(
        Entry,
        on_delete=models.PROTECT,
        related_name="deliveries",
        db_constraint=False,
        db_index=False,  # the constraint below begins with it
    )
    subscriber = models.CharField(_("subscriber"), max_length=100)
    subject_type = models.CharField(_("object type"), max_length=100)
    subject_ref = models.UUIDField(_("object"))
    version = models.PositiveIntegerField(_("version of the object"))
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState)
    attempts = models.PositiveSmallIntegerField(_("attempts"))
    next_attempt_at = models.DateTimeField(
        _("next attempt"), null=True, blank=True, help_text=_("Empty: at once.")
    )
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(fields=["id"], condition=Q(state="pending"), name="journal_pending"),
            models.Index(
                fields=["subject_ref", "subscriber", "version"],
                condition=Q(state="pending"),
                name="journal_pending_of_object",
            ),
            models.Index(fields=["id"], condition=Q(state="dead"), name="journal_dead"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "subscriber"], name="an_entry_goes_once_to_a_subscriber"
            ),
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="a_delivery_has_a_known_state"
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_at__isnull=False)
                | (~Q(state="delivered") & Q(delivered_at__isnull=True)),
                name="a_delivery_is_dated_when_delivered",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.entry_id} → {self.subscriber}"


class Seal(InsertOnly):
    """One link of the hash chain over all entries with from_id ≤ id ≤ to_id (see seals.py)."""

    number = models.BigIntegerField(_("number"), primary_key=True)
    format = models.PositiveSmallIntegerField(_("format"))
    from_id = models.BigIntegerField(_("first entry"))
    to_id = models.BigIntegerField(_("last entry"), unique=True)
    count = models.PositiveIntegerField(_("entries"))
    previous = models.BinaryField(_("previous hash"), unique=True)
    hash = models.BinaryField(_("hash"))
    leaves = models.BinaryField(_("leaves"))
    at = models.DateTimeField(_("time"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        constraints = [
            models.CheckConstraint(
                condition=Q(count__gte=1, to_id__gte=F("from_id")),
                name="a_seal_covers_entries",
            )
        ]

    def __str__(self) -> str:
        return f"seal {self.number}"


class IdempotencyKey(Referenced):
    """A caller's promise that equal requests are one; lives and dies with the effect."""

    caller = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    reply = EncryptedTextField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="a_caller_uses_a_key_once")
        ]


class Heartbeat(models.Model):
    """When a background process last said that it works; read by metrics and the jobs page."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
