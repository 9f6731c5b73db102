"""What customers read, follow and mute."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.customers.models import Customer
from brokerage.reference.models import Instrument
from content.models.items import Item, Revision
from content.models.sources import Topic


class Read(models.Model):
    """That a customer opened an item, and the newest version that they saw of it.

    Kept so that a correction reaches exactly those who read what was wrong.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="reads")
    item = models.ForeignKey(Item, models.PROTECT, related_name="reads")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="reads")
    first_at = models.DateTimeField(_("first read at"))
    last_at = models.DateTimeField(_("last read at"))

    objects: ClassVar[models.Manager[Read]] = models.Manager()

    class Meta:
        verbose_name = pgettext_lazy("insights", "reading")
        verbose_name_plural = pgettext_lazy("insights", "readings")
        indexes = [models.Index(fields=["item", "id"], name="readers_of_an_item")]
        constraints = [
            models.UniqueConstraint(fields=["customer", "item"], name="one_reading_an_item"),
            models.CheckConstraint(
                condition=Q(last_at__gte=F("first_at")), name="a_reading_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.item_id}"


class Follow(models.Model):
    """A topic or a security that a customer wants more of, or none of."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="follows")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="+", null=True)
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+", null=True)
    is_muted = models.BooleanField(pgettext_lazy("insights", "muted"), default=False)
    since = models.DateTimeField(_("since"))

    objects: ClassVar[models.Manager[Follow]] = models.Manager()

    class Meta:
        verbose_name = pgettext_lazy("insights", "followed or muted")
        verbose_name_plural = pgettext_lazy("insights", "followed and muted")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "topic", "instrument"],
                nulls_distinct=False,
                name="one_wish_a_subject",
            ),
            models.CheckConstraint(
                condition=Q(topic__isnull=True) ^ Q(instrument__isnull=True),
                name="a_wish_is_about_one_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.topic_id or self.instrument_id}"
