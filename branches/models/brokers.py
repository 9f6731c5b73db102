"""Registered brokers (证券经纪人): natural persons outside the firm who win customers for it."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branches.models.dated import Dated, DatedQuerySet, days
from branches.models.tree import OrgUnit
from brokerage.core.crypto import keyed_hash
from brokerage.core.display.languages import reads_english
from brokerage.core.models import Referenced, Timestamped

NUMBER = RegexValidator(r"\A[A-Z0-9]{8,20}\Z", _("Eight to twenty capital letters and digits."))


def person_hash(number: str) -> str:
    """The keyed hash by which one natural person is found again."""
    return keyed_hash(number, purpose="branches.broker")


class Broker(Referenced, Timestamped, Dated):
    """A registration of one natural person at one outlet, from one day until another.

    Has no log-in and no role, so a broker can neither open nor witness nor see a customer: there
    is no column through which they could. Of the identity document only a keyed hash is kept: it
    holds one person to one registration at a time. A renewal is another row.
    """

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="brokers", verbose_name=_("unit")
    )
    name_zh = models.CharField(_("Chinese name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    person = models.CharField(max_length=64, editable=False)
    number = models.CharField(
        _("certificate number"), max_length=20, unique=True, validators=[NUMBER]
    )
    suspended_on = models.DateField(_("suspended on"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("registered broker")
        verbose_name_plural = _("registered brokers")
        triggers = [
            pgtrigger.ReadOnly(
                name="a_registration_is_of_one_person", fields=["person", "number", "unit"]
            )
        ]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(valid_to__isnull=False),
                name="a_broker_is_registered_for_a_time",
                violation_error_message=_("Give the end of the registration."),
            ),
            ExclusionConstraint(
                name="a_broker_serves_one_outlet_at_a_time",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person is registered at that time already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the reader."""
        english = reads_english()
        return (english and self.name_en) or self.name_zh

    def holds_on(self, day: date) -> bool:
        """Whether the certificate counts on `day`."""
        ended = self.valid_to is not None and self.valid_to <= day
        suspended = self.suspended_on is not None and self.suspended_on <= day
        return self.valid_from <= day and not ended and not suspended
