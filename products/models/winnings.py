"""That a referral was won, as one person says it and a second one confirms."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.four_eyes import Decision, FourEyed, FourEyedQuerySet, decided_rows_stay
from brokerage.core.models import Referenced
from brokerage.core.money import YUAN
from products.models.referrals import Referral


class Winning(Referenced, FourEyed):
    """What a referral earned, said by whose turn it is: by itself or by its mandate.

    Only the yes of a second person ends the referral, and its mandate, and makes credit of it;
    sent back, everything goes on as before. While it waits nobody ends the referral otherwise.
    """

    referral = models.ForeignKey(
        Referral, models.PROTECT, related_name="winnings", verbose_name=_("referral")
    )
    revenue = models.DecimalField(_("net revenue in yuan"), **YUAN)
    note = models.CharField(
        pgettext_lazy("winning", "what the others have to know"), max_length=500
    )

    objects: ClassVar[Any] = FourEyedQuerySet["Winning"].as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = pgettext_lazy("referral", "winning")
        verbose_name_plural = pgettext_lazy("referral", "winnings")
        constraints = [
            *FourEyed.Meta.constraints,
            models.UniqueConstraint(
                fields=["referral"],
                condition=~Q(decision=Decision.REJECTED),
                name="a_referral_is_won_once",
                violation_error_message=_("It waits for a second person already."),
            ),
            models.CheckConstraint(
                condition=Q(revenue__gte=0) & ~Q(note=""),
                name="a_winning_says_what_it_earned",
                violation_error_message=_("Enter yuan with at most two decimals, not below zero."),
            ),
        ]
        triggers = [decided_rows_stay()]

    def __str__(self) -> str:
        return str(self.referral)
