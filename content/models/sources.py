"""Where texts come from, and what they are about."""

from __future__ import annotations

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.models import Referenced, Timestamped
from brokerage.reference.models.markets import Named
from brokerage.reference.origin import Origin
from content.states import SourceKind

WEB = URLValidator(schemes=["https", "http"])


class Topic(Named):
    """What a reader follows or mutes; shipped in reference/topics.csv."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    source = models.CharField(_("source"), max_length=300)
    origin = models.CharField(
        _("origin"), max_length=7, choices=Origin, default=Origin.FIRM, editable=False
    )

    class Meta:
        verbose_name = pgettext_lazy("insights", "topic")
        verbose_name_plural = pgettext_lazy("insights", "topics")
        db_table = "content_list_topic"
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Source(Named, Referenced, Timestamped):
    """An institution, a community or one of our outlets that texts come from.

    `reach` orders the desk: how many people read what this source says, 1 (few) to 5 (everybody).
    A source that is no longer used stays, because texts name it.
    """

    kind = models.CharField(pgettext_lazy("source", "kind"), max_length=10, choices=SourceKind)
    licence = models.CharField(
        _("what we may do with its texts"),
        max_length=200,
        help_text=_("Contract or law, such as: quotation with the source named."),
    )
    reach = models.PositiveSmallIntegerField(
        _("reach"), default=2, help_text=_("1: few people read it; 5: everybody does.")
    )
    feed_url = models.CharField(
        _("address of its feed"),
        max_length=500,
        blank=True,
        validators=[WEB],
        help_text=_("RSS or Atom; asked every half hour. Empty: none."),
    )
    is_active = models.BooleanField(pgettext_lazy("source", "in use"), default=True)
    asked_at = models.DateTimeField(_("feed last asked"), null=True, editable=False)
    trouble = models.CharField(_("what was wrong last time"), max_length=200, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("insights", "source")
        verbose_name_plural = pgettext_lazy("insights", "sources")
        constraints = [
            models.UniqueConstraint(
                fields=["name_zh"],
                name="one_source_a_name",
                violation_error_message=_("There is a source of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(reach__gte=1, reach__lte=5),
                name="reach_is_one_to_five",
                violation_error_message=_("Reach is a number from 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=SourceKind.values), name="a_source_has_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name
