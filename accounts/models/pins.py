"""Trading and fund passwords, as keyed hashes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.codes import SignedByCode
from brokerage.core.models import Referenced
from brokerage.customers.models import Customer


class PinKind(models.TextChoices):
    """What a password is for."""

    TRADING = "trading", _("Trading password")
    FUND = "fund", _("Fund password")


class Pin(SignedByCode, Referenced):
    """One password of one customer. Nobody can read it back, and no page shows that it failed.

    Life: set, tried (`attempts` counts wrong ones since the last right one), paused after too
    many, replaced: with the one before, or with a code by SMS that counts for exactly this one.
    `accounts/pins.py` says how `kept` is made.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="pins", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind"), max_length=7, choices=PinKind)
    kept = models.CharField(max_length=160, editable=False)
    set_at = models.DateTimeField(_("set at"))
    attempts = models.PositiveSmallIntegerField(_("wrong attempts"), default=0)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)

    class Meta:
        verbose_name = _("trading or fund password")
        verbose_name_plural = _("trading and fund passwords")
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind"], name="one_pin_of_a_kind"),
            models.CheckConstraint(
                condition=Q(kept__regex=r"^[a-z0-9_-]+:\$argon2id\$"), name="a_pin_is_hashed"
            ),
        ]

    @property
    def fingerprint(self) -> str:
        """What a code replaces: this one, as it was set."""
        return f"{self.kind}:{self.set_at.isoformat()}"

    def __str__(self) -> str:
        return f"{self.kind} {self.short_ref}"
