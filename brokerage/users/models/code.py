"""Codes sent by SMS. The table is also the counter of every limit on them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.crypto import accepted_hashes, keyed_hash
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.users.models.user import User

LIFETIME = timedelta(minutes=5)
MAX_TRIES = 5


class Purpose(models.TextChoices):
    """What a code proves; a code for one purpose is worthless for another."""

    SIGN_IN = "sign_in", _("Signing in")
    STEP_UP = "step_up", _("Confirming it is you")
    NEW_PHONE = "new_phone", _("Proving a new number")


class PhoneCodeQuerySet(models.QuerySet["PhoneCode"]):
    def for_phone(self, phone: str) -> Self:
        """Codes sent to this number (E.164), of any purpose."""
        return self.filter(phone_hash__in=accepted_hashes(phone, purpose="users.phone"))

    def since(self, instant: datetime) -> Self:
        """Codes made after `instant`."""
        return self.filter(made_at__gt=instant)


class PhoneCode(Referenced):
    """One code on its way to a phone: made, tried at most five times, used at most once.

    Only the session that holds its `ref` can use it, so guesses against one session's code
    cost another nothing, and a code read from somebody's phone opens no other session. The
    code itself is kept as a keyed hash, the address only as one. Rows go after two days.
    """

    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    user = models.ForeignKey(
        User, verbose_name=_("log-in"), null=True, blank=True, on_delete=models.CASCADE
    )
    phone = EncryptedTextField(_("phone"))
    phone_hash = models.CharField(max_length=64)
    code_hash = models.CharField(
        max_length=64, blank=True, help_text=_("Empty where no code was sent.")
    )
    known_device = models.BooleanField(_("from a known device"), default=False)
    address_hash = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("valid until"))
    tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    objects = PhoneCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("SMS code")
        verbose_name_plural = _("SMS codes")
        constraints = [
            models.CheckConstraint(
                condition=Q(tries__lte=MAX_TRIES), name="a_code_is_tried_five_times_at_most"
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True)
                | Q(used_at__gte=F("made_at"), used_at__lt=F("expires_at")),
                name="a_code_is_used_while_it_is_valid",
            ),
            models.CheckConstraint(
                condition=Q(purpose=Purpose.SIGN_IN) | Q(user__isnull=False),
                name="a_code_beyond_sign_in_belongs_to_a_log_in",
            ),
        ]
        indexes = [
            models.Index(fields=["phone_hash", "made_at"], name="phone_code_of_number"),
            models.Index(fields=["address_hash", "made_at"], name="phone_code_of_address"),
            models.Index(fields=["made_at"], name="phone_code_made_at"),
        ]

    def set_phone(self, phone: str) -> None:
        """Set the number (E.164) and its hash in memory."""
        self.phone = phone
        self.phone_hash = keyed_hash(phone, purpose="users.phone")

    def set_code(self, code: str) -> None:
        """Keep `code` (six digits) as a hash bound to this row."""
        self.code_hash = keyed_hash(f"{self.ref}:{code}", purpose="users.code")

    @staticmethod
    def hashes_of(ref: UUID, code: str) -> list[str]:
        """The hashes under which `code` may stand in the row with this ref."""
        return accepted_hashes(f"{ref}:{code}", purpose="users.code")

    def is_open(self, at: datetime) -> bool:
        """Whether it may still be tried at `at`."""
        return self.used_at is None and self.tries < MAX_TRIES and at < self.expires_at
