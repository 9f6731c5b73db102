"""What was decided for whom, kept so that it can be decided again; and what was shown to whom."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.crypto import keyed_hash
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.customers.models import Customer
from suitability.models.items import GradedItem
from suitability.rules.matching import MatchOutcome

# The ciphertext may be written anew when keys are rotated; the digest keeps its content.
CIPHERTEXT = " - 'inputs' - 'result'"


class Outcome(models.TextChoices):
    """The opinions of matching, in words."""

    MATCH = MatchOutcome.MATCH.value, _("suits")
    INSIST = MatchOutcome.MISMATCH_INSIST_POSSIBLE.value, _("does not suit")
    REFUSED = MatchOutcome.REFUSED.value, _("must not be sold")


class MatchRecord(Referenced):
    """One matching decision with everything it rested on. Only ever added.

    `inputs` and `result` are canonical JSON (`rules.records`), encrypted because they hold the
    class; `digest` proves that they are what was written. `manage.py replay_decisions` decides
    again from `inputs` and compares with `result`.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="match_records", verbose_name=_("customer")
    )
    item = models.ForeignKey(
        GradedItem, models.PROTECT, related_name="match_records", verbose_name=_("item")
    )
    outcome = models.CharField(_("outcome"), max_length=24, choices=Outcome)
    inputs = EncryptedTextField(_("inputs"))
    result = EncryptedTextField(_("result"))
    digest = models.CharField(max_length=64, editable=False)
    rule_version = models.CharField(_("version of the rules"), max_length=100)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    nearest = models.JSONField(_("nearest alternatives"), default=list)
    decided_on = models.DateField(_("business date"))
    decided_at = models.DateTimeField(_("decided at"))

    class Meta:
        verbose_name = _("matching decision")
        verbose_name_plural = _("matching decisions")
        indexes = [
            models.Index(fields=["customer", "-decided_at"], name="decisions_of_a_customer")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="a_decision_has_a_known_outcome"
            ),
            models.CheckConstraint(
                condition=~Q(rule_version="") & ~Q(digest="") & ~Q(language=""),
                name="a_decision_says_what_it_rests_on",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="decisions_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"""
                    IF to_jsonb(OLD){CIPHERTEXT} IS DISTINCT FROM to_jsonb(NEW){CIPHERTEXT} THEN
                        RAISE EXCEPTION 'a decision is never changed'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="decisions_are_kept", operation=pgtrigger.Delete),
        ]

    @property
    def is_genuine(self) -> bool:
        """Whether inputs and result are those that were written."""
        return self.digest == digest_of_match(self.inputs or "", self.result or "")


class Exposure(models.Model):
    """We showed or offered an item to a customer on a day. Lean: one row a day and way.

    Proves whether a wish came from the customer: what we showed cannot be insisted on for a
    while (`exposure_days` of the matrix). The warning of the insist route is no exposure.
    """

    class Way(models.TextChoices):
        SHOWN = "shown", _("shown")
        OFFERED = "offered", _("offered by a person")
        SENT = "sent", _("sent in a message")

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="exposures", verbose_name=_("customer")
    )
    item = models.ForeignKey(
        GradedItem, models.PROTECT, related_name="exposures", verbose_name=_("item")
    )
    on = models.DateField(_("business date"))
    way = models.CharField(_("way"), max_length=8, choices=Way)

    objects: ClassVar[models.Manager[Exposure]] = models.Manager()

    class Meta:
        verbose_name = _("exposure")
        verbose_name_plural = _("exposures")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "item", "on", "way"], name="an_exposure_is_kept_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(way__in=["shown", "offered", "sent"]),
                name="an_exposure_has_a_known_way",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="exposures_stay", operation=pgtrigger.Update),
            pgtrigger.Protect(name="exposures_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.on}"


def digest_of_match(inputs: str, result: str) -> str:
    """A keyed digest of the JSON texts of one decision."""
    return keyed_hash(f"{inputs}\n{result}", purpose="suitability.match")
