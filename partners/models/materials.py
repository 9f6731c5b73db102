"""Approved materials: what an institution may show of us, version by version."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from branches.models.dated import Dated, DatedQuerySet
from brokerage.core.clock import business_date
from brokerage.core.four_eyes import (
    Decision,
    FourEyed,
    FourEyedQuerySet,
    FourEyesRefused,
    decided_rows_stay,
)
from brokerage.core.models import Referenced, Timestamped
from brokerage.files.models import StoredFile
from partners.models.contracts import Contract
from partners.models.institutions import Partner
from partners.states import MaterialState, PartnerStatus


class MaterialQuerySet(DatedQuerySet, FourEyedQuerySet[Any]):  # type: ignore[override]  # as_manager() gives another class
    def with_state(self, at: datetime) -> Self:
        """With `state` at `at`: of states.MaterialState, empty before the approval.

        A version gives way on the first day of the next approved one, also where that one is
        withdrawn afterwards: an old text never comes back by itself. One that is bound to a
        contract ends with it.
        """
        day = business_date(at)
        later = Material.objects.approved().filter(
            partner=OuterRef("partner"),
            code=OuterRef("code"),
            version__gt=OuterRef("version"),
            valid_from__lte=day,
        )
        bound = Contract.objects.in_force(day).filter(pk=OuterRef("contract"))
        withdrawn = MaterialWithdrawal.objects.filter(material=OuterRef("pk"))
        ended = Q(valid_to__lte=day) | (Q(contract__isnull=False) & ~Exists(bound))
        return self.annotate(
            state=Case(
                When(~Q(decision=Decision.APPROVED), then=Value("")),
                When(Exists(withdrawn), then=Value(MaterialState.WITHDRAWN)),
                When(Exists(later), then=Value(MaterialState.SUPERSEDED)),
                When(valid_from__gt=day, then=Value(MaterialState.SCHEDULED)),
                When(ended, then=Value(MaterialState.EXPIRED)),
                default=Value(MaterialState.IN_FORCE),
                output_field=CharField(),
            )
        )

    def standing(self, at: datetime) -> Self:
        """Approved versions, with their state."""
        return self.approved().with_state(at)

    def in_force(self, at: datetime) -> Self:
        """The versions that may be shown at `at`: at most one of each material."""
        return self.standing(at).filter(state=MaterialState.IN_FORCE)


class Material(Referenced, Timestamped, FourEyed, Dated):
    """One version of one material of an institution: a poster, a leaflet, a text for customers.

    Life: proposed with its file → a second person approves or rejects it → in force from its
    first day until its last one, the next version, the end of its contract, or a withdrawal.
    What was approved never changes; a correction is another version.

    Not for: papers of products (products), which the shelf of the API leads to.
    """

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="materials", verbose_name=_("partner")
    )
    contract = models.ForeignKey(
        Contract,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="materials",
        verbose_name=_("only under this contract"),
        help_text=_("Empty: under whichever contract is in force."),
    )
    code = models.SlugField(
        pgettext_lazy("material", "code"),
        max_length=40,
        db_index=False,
        help_text=_("The same for all versions, such as autumn-poster."),
    )
    title = models.CharField(pgettext_lazy("material", "title"), max_length=80)
    version = models.PositiveSmallIntegerField(_("version"), editable=False)
    file = models.OneToOneField(
        StoredFile, models.PROTECT, related_name="+", verbose_name=_("file"), editable=False
    )
    opinion_number = models.CharField(_("number of the opinion"), max_length=40)

    objects: Any = MaterialQuerySet.as_manager()
    state: str
    """Only on rows of `with_state`."""

    class Meta(FourEyed.Meta):
        verbose_name = _("material of an institution")
        verbose_name_plural = _("materials of institutions")
        permissions = [("withdraw_material", "Can withdraw materials of institutions")]
        triggers = [decided_rows_stay()]
        indexes = [models.Index(fields=["partner", "-id"], name="materials_of_a_partner")]
        constraints = [
            *FourEyed.Meta.constraints,
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["partner", "code", "version"], name="one_material_of_each_version"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1) & ~Q(code="") & ~Q(opinion_number=""),
                name="a_material_has_code_version_and_opinion",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=False),
                name="a_material_ends",
                violation_error_message=_("A material needs a last day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"

    def approving(self, at: datetime) -> None:
        """Look again at what holds now.

        Raises:
            FourEyesRefused: when the institution has ended, the last day has passed, or the file
                cannot be shown: not checked yet, or refused by the check.
        """
        partner = Partner.objects.select_for_update(no_key=True).get(pk=self.partner_id)
        if partner.status == PartnerStatus.ENDED:
            raise FourEyesRefused(gettext("This institution works with us no longer."))
        if self.valid_to is not None and self.valid_to <= business_date(at):
            raise FourEyesRefused(gettext("Its last day has passed."))
        if self.file.shown() is None:
            raise FourEyesRefused(gettext("The file is not checked yet, or the check refused it."))


class MaterialWithdrawal(models.Model):
    """A material that may not be shown any more, from this instant on; never taken back."""

    material = models.OneToOneField(
        Material, models.PROTECT, related_name="withdrawal", verbose_name=_("material")
    )
    at = models.DateTimeField(_("withdrawn at"))
    by_ref = models.UUIDField(_("withdrawn by"), editable=False)
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("withdrawal of a material")
        verbose_name_plural = _("withdrawals of materials")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_withdrawal_says_why"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="withdrawals_stay", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.material_id} {self.at:%Y-%m-%d %H:%M:%S}"
