"""A customer's wish for another market, signed with a code."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.later_markets.states import (
    CAN_BE_TAKEN_BACK,
    SIGNED_FOR,
    WISH_ENDED,
    WISH_OPEN,
    WISH_TRANSITIONS,
    NotOpened,
    WishStatus,
)
from accounts.models.application import Application
from accounts.models.codes import SignedByCode, sealed_with_its_file
from accounts.models.signing import AgreementText
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable


class MarketWishQuerySet(models.QuerySet["MarketWish"]):
    def to_seal(self, before: Any) -> Self:
        """Signed before the instant `before`, and without the signed file."""
        return self.filter(signed_at__lte=before, sealed_at=None)


class MarketWish(SignedByCode, Referenced, Stateful):
    """One wish to have an account on a market that an active account lacks.

    Life: asked, and the depository is asked how many accounts the person has → signed with the
    code that was sent for exactly this market and text → opening, once there are fewer than
    three → done, or refused. What was refused may be asked for again. The worker makes the signed
    file, whatever becomes of it; `seal_problem` says what it waits for.

    Not for: the markets of the opening itself, which are answers of its step.
    """

    TRANSITIONS: ClassVar[StateTable] = WISH_TRANSITIONS

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="market_wishes", verbose_name=_("application")
    )
    market = models.CharField(_("market"), max_length=8)
    status = models.CharField(
        _("status"), max_length=10, choices=WishStatus, default=WishStatus.ASKED
    )
    text = models.ForeignKey(
        AgreementText, models.PROTECT, related_name="+", verbose_name=_("agreement text")
    )
    asked_at = models.DateTimeField(_("asked at"))
    text_opened_at = models.DateTimeField(_("opened at"))
    text_read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    signer = EncryptedTextField(_("signer"), null=True, blank=True)
    refusal = models.CharField(_("refused with"), max_length=10, choices=NotOpened, blank=True)
    ended_at = models.DateTimeField(pgettext_lazy("closing", "ended at"), null=True, blank=True)
    certificate = models.TextField(_("certificate"), blank=True, editable=False)
    certificate_serial = models.CharField(_("certificate number"), max_length=50, blank=True)
    file_ref = models.UUIDField(_("file"), null=True, blank=True)
    file_sha256 = models.CharField(_("hash of the file"), max_length=64, blank=True)
    sealed_at = models.DateTimeField(_("sealed at"), null=True, blank=True)
    seal_problem = models.CharField(_("waits for"), max_length=60, blank=True)

    objects = MarketWishQuerySet.as_manager()

    class Meta:
        verbose_name = _("wish for another market")
        verbose_name_plural = _("wishes for other markets")
        indexes = [
            models.Index(
                fields=["signed_at"],
                condition=Q(signed_at__isnull=False, sealed_at=None),
                name="market_wishes_to_seal",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=WISH_OPEN),
                name="one_open_market_wish_of_an_account",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=SIGNED_FOR) | Q(signed_at__isnull=False),
                name="a_market_is_opened_after_the_signature",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signer__isnull=True)
                | Q(signed_at__isnull=False, signer__isnull=False, text_read_at__isnull=False),
                name="a_signed_market_wish_was_read",
            ),
            models.CheckConstraint(
                condition=Q(text_read_at=None) | Q(text_read_at__gte=F("text_opened_at")),
                name="reading_of_a_market_follows_opening",
            ),
            models.CheckConstraint(
                condition=Q(status=WishStatus.REFUSED) & ~Q(refusal="")
                | ~Q(status=WishStatus.REFUSED) & Q(refusal=""),
                name="a_refused_market_wish_says_why",
            ),
            models.CheckConstraint(
                condition=Q(status__in=WISH_ENDED, ended_at__isnull=False)
                | (~Q(status__in=WISH_ENDED) & Q(ended_at=None)),
                name="an_ended_market_wish_says_when",
            ),
            models.CheckConstraint(
                condition=sealed_with_its_file(),
                name="a_sealed_market_wish_has_its_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.short_ref}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 over what a code signs: whose account, which market, which text."""
        text = self.text
        parts = (self.application.ref, self.market, text.key, text.version, text.sha256)
        return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()

    @property
    def is_open(self) -> bool:
        """Neither opened nor ended otherwise."""
        return self.status in WISH_OPEN

    @property
    def can_be_taken_back(self) -> bool:
        """Whether the customer may still give it up."""
        return self.status in CAN_BE_TAKEN_BACK
