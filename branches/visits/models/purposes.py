"""What customers come for, as data."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.models.services import LicenceKind, Listed, Service
from branches.states import RoomKind
from brokerage.core.display.languages import reads_english
from brokerage.core.roles import Role


class Purpose(Listed):
    """A reason to come: how long it takes, who can serve it, where, and what to bring.

    Shipped in reference/purposes.yaml; the firm may change a row, which then stays its own.
    """

    minutes = models.PositiveSmallIntegerField(_("minutes"))
    service = models.ForeignKey(
        Service,
        models.PROTECT,
        related_name="purposes",
        verbose_name=_("service"),
        help_text=_("Only outlets that give it today are shown."),
    )
    licence = models.ForeignKey(
        LicenceKind,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("further licence needed"),
    )
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role), verbose_name=_("roles that serve it")
    )
    room_kind = models.CharField(
        _("kind of room"), max_length=12, choices=RoomKind, blank=True, help_text=_("Empty: none.")
    )
    summary_zh = models.CharField(_("in a sentence, Chinese"), max_length=120)
    summary_en = models.CharField(_("in a sentence, English"), max_length=200)
    bring_zh = ArrayField(models.CharField(max_length=60), verbose_name=_("to bring, Chinese"))
    bring_en = ArrayField(models.CharField(max_length=90), verbose_name=_("to bring, English"))
    bookable = models.BooleanField(_("bookable"), default=True)

    class Meta(Listed.Meta):
        verbose_name = _("purpose of a visit")
        verbose_name_plural = _("purposes of visits")
        db_table = "branches_list_purpose"  # tests keep what the release loads
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__range=(5, 240)),
                name="a_visit_lasts_five_minutes_to_four_hours",
                violation_error_message=_("Between 5 and 240 minutes."),
            ),
            models.CheckConstraint(condition=~Q(roles=[]), name="somebody_serves_each_purpose"),
        ]

    @property
    def summary(self) -> str:
        """One sentence in the language of the reader."""
        return self.summary_en if _english() else self.summary_zh

    @property
    def bring(self) -> list[str]:
        """What to bring, in the language of the reader."""
        return self.bring_en if _english() else self.bring_zh


def _english() -> bool:
    return reads_english()
