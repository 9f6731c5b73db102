"""Lists, matches, screenings and ratings: records that AML roles alone may see."""

from __future__ import annotations

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.aml.states import (
    HIT_TRANSITIONS,
    UNDECIDED,
    AmlFactor,
    AmlLevel,
    HitStatus,
    ListKind,
    MatchedOn,
)
from accounts.models.application import Application
from brokerage.core import masking
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer


class WatchList(Referenced):
    """One list of persons. Each release replaces the one before; the last counts.

    Not for: entries, which belong to a release.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=ListKind)

    class Meta:
        verbose_name = _("watch list")
        verbose_name_plural = _("watch lists")
        permissions = [("decide_watchhit", "Can decide on a match with a list")]

    def __str__(self) -> str:
        return self.code


class ListRelease(Referenced):
    """One release of a list, and how far the stock of customers was screened against it.

    Life: loaded → the worker screens customers in pieces up to `screened_to` → finished.
    """

    watch_list = models.ForeignKey(
        WatchList, models.PROTECT, related_name="releases", verbose_name=_("watch list")
    )
    number = models.PositiveIntegerField(_("release"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    entries_in_it = models.PositiveIntegerField(_("entries"))
    loaded_at = models.DateTimeField(_("loaded at"))
    is_current = models.BooleanField(_("counts now"), default=True)
    screened_to = models.BigIntegerField(_("screened up to"), default=0, editable=False)
    screened = models.PositiveIntegerField(_("customers screened"), default=0)
    finished_at = models.DateTimeField(_("stock screened at"), null=True, blank=True)

    class Meta:
        verbose_name = _("release of a watch list")
        verbose_name_plural = _("releases of watch lists")
        constraints = [
            models.UniqueConstraint(
                fields=["watch_list", "number"], name="one_release_of_each_number"
            ),
            models.UniqueConstraint(
                fields=["watch_list"],
                condition=Q(is_current=True),
                name="one_release_of_a_list_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.watch_list} {self.number}"


class WatchEntry(Referenced):
    """One person on one release. `key` names the person in every release of the list."""

    release = models.ForeignKey(ListRelease, models.PROTECT, related_name="entries")
    key = models.CharField(_("entry"), max_length=40)
    name = EncryptedTextField(_("name"))
    birth_date = EncryptedTextField(_("birth date"), null=True, blank=True)
    document = EncryptedTextField(_("document"), null=True, blank=True)
    name_hash = models.CharField(max_length=64, editable=False)
    sound_hash = models.CharField(max_length=64, editable=False)
    document_hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("entry of a watch list")
        verbose_name_plural = _("entries of watch lists")
        constraints = [
            models.UniqueConstraint(fields=["release", "key"], name="a_person_stands_once_on_it"),
        ]
        indexes = [
            models.Index(fields=["name_hash"], name="entries_by_name"),
            models.Index(fields=["sound_hash"], name="entries_by_sound"),
            models.Index(
                fields=["document_hash"],
                condition=~Q(document_hash=""),
                name="entries_by_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release} {self.key}"

    def says_the_same(self, other: WatchEntry) -> bool:
        """Whether a decision about the other entry holds for this one.

        The values are compared, not their hashes: a new look-up key changes no person.
        """
        mine = (self.name, self.birth_date, self.document)
        return mine == (other.name, other.birth_date, other.document)


class WatchHitQuerySet(models.QuerySet["WatchHit"]):
    def freezing(self) -> Self:
        """Confirmed on a list of sanctions and terror: nothing moves in an account of theirs.

        Anti-Money Laundering Law, special preventive measures.
        """
        return self.filter(status=HitStatus.CONFIRMED, watch_list__kind=ListKind.SANCTIONS)


class WatchHit(Referenced, Stateful):
    """A customer and a person on a list agree enough that somebody of AML decides.

    Life: open → cleared (somebody else) or confirmed (the same person), with reason and author.
    That somebody is a politically exposed person is proposed by one and confirmed by another, who
    thereby agrees to the relationship. A cleared one opens again when the entry of the list
    changes. While it is undecided, or confirmed on any other list, the customer's application is
    not approved; everybody else reads a neutral reason.

    Not for: telling the customer or the outlet. The law forbids it.
    """

    TRANSITIONS: ClassVar[StateTable] = HIT_TRANSITIONS

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="watch_hits", verbose_name=_("customer")
    )
    watch_list = models.ForeignKey(
        WatchList, models.PROTECT, related_name="hits", verbose_name=_("watch list")
    )
    key = models.CharField(_("entry"), max_length=40)
    entry = models.ForeignKey(WatchEntry, models.PROTECT, related_name="hits")
    customer_name = EncryptedTextField(_("name of the customer"))
    entry_name = EncryptedTextField(_("name on the list"))
    matched = ArrayField(
        models.CharField(max_length=8, choices=MatchedOn), verbose_name=_("why it matched")
    )
    status = models.CharField(_("status"), max_length=9, choices=HitStatus, default=HitStatus.OPEN)
    found_at = models.DateTimeField(_("found at"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("screening", "proposed by"),
        null=True,
        blank=True,
    )
    proposed_at = models.DateTimeField(
        pgettext_lazy("screening", "proposed at"), null=True, blank=True
    )
    proposal = models.CharField(
        pgettext_lazy("screening", "why it was proposed"), max_length=300, blank=True
    )
    disputed = models.CharField(
        pgettext_lazy("screening", "why a proposal was not agreed with"),
        max_length=300,
        blank=True,
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("screening", "decided by"),
        null=True,
        blank=True,
    )
    decided_at = models.DateTimeField(
        pgettext_lazy("screening", "decided at"), null=True, blank=True
    )
    reason = models.CharField(pgettext_lazy("screening", "why"), max_length=300, blank=True)

    objects = WatchHitQuerySet.as_manager()

    class Meta:
        verbose_name = _("match with a list")
        verbose_name_plural = _("matches with lists")
        indexes = [
            models.Index(
                fields=["found_at"], condition=Q(status__in=UNDECIDED), name="hits_to_decide"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "watch_list", "key"], name="one_match_of_a_person_and_entry"
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNDECIDED, decided_by=None, decided_at=None, reason="")
                | (
                    ~Q(status__in=UNDECIDED)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(reason="")
                ),
                name="a_decided_match_has_author_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(
                    ~Q(status=HitStatus.PROPOSED), proposed_by=None, proposed_at=None, proposal=""
                )
                | (
                    ~Q(status=HitStatus.OPEN)
                    & Q(proposed_by__isnull=False, proposed_at__isnull=False)
                    & ~Q(proposal="")
                ),
                name="a_proposed_match_has_author_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by=None)
                | Q(decided_by=None)
                | ~Q(decided_by=F("proposed_by")),
                name="another_person_confirms_what_one_proposed",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="two_people_confirm_an_exposed_person",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.status = 'confirmed' AND NEW.proposed_by_id IS NULL"
                ),
                func=(
                    "IF (TG_OP = 'INSERT' OR OLD.status <> 'confirmed') AND EXISTS ("
                    "SELECT 1 FROM accounts_watchlist l "
                    "WHERE l.id = NEW.watch_list_id AND l.kind = 'pep') THEN "
                    "RAISE EXCEPTION 'two people confirm a politically exposed person' "
                    "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.watch_list} {self.key} {masking.name(self.customer_name)}"

    def forget_decision(self) -> None:
        """Take proposal and decision off the row; the journal keeps who took them."""
        self.proposed_by, self.proposed_at, self.proposal = None, None, ""
        self.decided_by, self.decided_at, self.reason = None, None, ""


class Screening(Referenced):
    """An application was compared with these releases before its approval. Rows are only added."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="screenings", verbose_name=_("application")
    )
    releases = ArrayField(models.CharField(max_length=60), verbose_name=_("releases"))
    matches = models.PositiveSmallIntegerField(_("matches"))
    screened_at = models.DateTimeField(_("screened at"))

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        triggers = [pgtrigger.Protect(name="screenings_stay", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.screened_at:%Y-%m-%d %H:%M}"


class AmlRatingQuerySet(models.QuerySet["AmlRating"]):
    def current(self) -> Self:
        """The one of each customer that counts."""
        return self.filter(replaced_at=None)


class AmlRating(Referenced):
    """How closely a relationship is watched, why, and when somebody looks again.

    Life: by the dated rule when an account is approved → looked at again by a person, which makes
    a new row and ends this one. Only `replaced_at` changes.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="aml_ratings", verbose_name=_("customer")
    )
    customer_name = EncryptedTextField(_("name of the customer"), null=True, blank=True)
    level = models.CharField(_("level"), max_length=6, choices=AmlLevel)
    score = models.PositiveSmallIntegerField(_("points"))
    factors = ArrayField(
        models.CharField(max_length=14, choices=AmlFactor), verbose_name=_("factors")
    )
    rule_version = models.CharField(_("rule"), max_length=100)
    rated_at = models.DateTimeField(_("rated at"))
    review_on = models.DateField(_("look again on"))
    rated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("rated by"),
        null=True,
        blank=True,
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    objects = AmlRatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating of a customer")
        verbose_name_plural = _("ratings of customers")
        permissions = [("review_amlrating", "Can look at a rating again")]
        indexes = [
            models.Index(
                fields=["review_on"], condition=Q(replaced_at=None), name="ratings_to_look_at"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(replaced_at=None), name="one_rating_counts"
            ),
            models.CheckConstraint(
                condition=Q(rated_by=None) | ~Q(note=""), name="a_rating_by_a_person_says_why"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="ratings_stay", exclude=["replaced_at", "customer_name"])
        ]

    def __str__(self) -> str:
        return f"{masking.name(self.customer_name)} {self.get_level_display()}"
