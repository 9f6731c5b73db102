"""Links and QR codes by which customers come: one kind for the whole house."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from branches.models.brokers import Broker
from branches.models.hosts import PointHost
from branches.models.staff import StaffAssignment
from branches.models.tree import OrgUnit
from branches.states import CodeEnd, CodePurpose, Kind
from brokerage.core.clock import business_date
from brokerage.core.models import Referenced, Timestamped

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without 0 and o, 1 and l and i: people type these from a poster."""
LENGTH = 10


def new_code() -> str:
    """Ten signs that nobody guesses (49 bits) and everybody can type."""
    return "".join(secrets.choice(ALPHABET) for _sign in range(LENGTH))


class EntryCodeQuerySet(models.QuerySet["EntryCode"]):
    def running(self, at: datetime) -> Self:
        """Codes whose period holds at `at` and that nobody ended; their owners are not asked."""
        return self.filter(ended_at=None, starts_at__lte=at, ends_at__gt=at)

    def living(self, at: datetime) -> Self:
        """Codes that lead somewhere at `at`: running, the unit open, the owner still entitled.

        Asked anew each time, so a code dies with its owner's role, certificate or unit at once.
        Whether an institution is active, its app knows (entry_codes.institutions).
        """
        day = business_date(at)
        role = StaffAssignment.objects.on(day).filter(
            user=OuterRef("person"), unit=OuterRef("unit"), user__is_active=True
        )
        broker = (
            Broker.objects.on(day)
            .filter(pk=OuterRef("broker"), unit=OuterRef("unit"))
            .filter(Q(suspended_on=None) | Q(suspended_on__gt=day))
        )
        hosted = PointHost.objects.on(day).filter(unit=OuterRef("unit"))
        return self.running(at).filter(
            ~Q(unit__kind=Kind.SERVICE_POINT) | Q(Exists(hosted)),
            Q(unit=None)
            | (
                Q(unit__opened_on__lte=day)
                & (Q(unit__closed_on=None) | Q(unit__closed_on__gt=day))
            ),
            Q(person=None) | Q(Exists(role)),
            Q(broker=None) | Q(Exists(broker)),
        )

    def of_unit(self, unit: Any) -> Self:
        return self.filter(unit=unit)


class EntryCode(Referenced, Timestamped):
    """A code of a place, of a person or broker at that place, or of an institution.

    Its owner never changes: a trigger keeps it, so it is lent to nobody. Opens nothing by
    itself; nothing personal is counted on its page.
    """

    code = models.CharField(
        _("code"), max_length=16, unique=True, default=new_code, editable=False
    )
    purpose = models.CharField(
        _("purpose"), max_length=16, choices=CodePurpose, default=CodePurpose.OPEN_ACCOUNT
    )
    unit = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entry_codes",
        verbose_name=_("unit"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entry_codes",
        verbose_name=_("person"),
    )
    broker = models.ForeignKey(
        Broker,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entry_codes",
        verbose_name=_("registered broker"),
    )
    institution_ref = models.UUIDField(_("institution"), null=True, blank=True, db_index=True)
    label = models.CharField(
        _("where it hangs"), max_length=60, blank=True, help_text=_("Such as: window, left.")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=12, choices=CodeEnd, blank=True)
    replaced_by = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name=_("replaced by"),
    )

    objects = EntryCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry code")
        verbose_name_plural = _("entry codes")
        triggers = [
            pgtrigger.ReadOnly(
                name="a_code_is_lent_to_nobody",
                fields=["code", "purpose", "unit", "person", "broker", "institution_ref"],
            )
        ]
        indexes = [
            models.Index("unit", condition=Q(ended_at=None), name="running_codes_of_a_unit"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, institution_ref=None)
                | Q(unit=None, person=None, broker=None, institution_ref__isnull=False),
                name="a_code_belongs_to_a_place_or_an_institution",
                violation_error_message=_("Give a unit, or an institution."),
            ),
            models.CheckConstraint(
                condition=Q(person=None) | Q(broker=None),
                name="a_code_belongs_to_one_person",
                violation_error_message=_("Give a person or a broker, not both."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="a_code_lives_a_while",
                violation_error_message=_("The end cannot lie before the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="")
                | Q(ended_at__isnull=False, end_reason__in=CodeEnd.values),
                name="a_code_ends_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(replaced_by=None) | Q(ended_at__isnull=False),
                name="a_replaced_code_has_ended",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=CodePurpose.values), name="a_code_has_a_known_purpose"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_name(self) -> str:
        """Whose code of ours it is, in the language of the reader: the place, with its person."""
        who = self.person or self.broker
        place = str(self.unit or "")
        return _("{name}, {place}").format(name=who, place=place) if who else place
