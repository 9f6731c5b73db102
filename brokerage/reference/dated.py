"""Dated rules: what a regulator or the firm may change, as rows with dates and a sign-off.

A rule counts from `valid_from` up to, not including, `valid_to`, and only once approved by a
second person. An approved row never changes; a new row replaces it, and approving the new one
closes the old. A decision stores `rule.version` and can be replayed for its date.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, Self, TypeVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import RegexValidator
from django.db import connection, models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from brokerage.core import clock
from brokerage.core.four_eyes import (
    Decision,
    FourEyed,
    FourEyedQuerySet,
    FourEyesRefused,
    decided_rows_stay,
)
from brokerage.core.models import Referenced
from brokerage.core.written import SOME_DAY, Written
from brokerage.reference.origin import Origin
from brokerage.reference.schemas import schemas

R = TypeVar("R", bound="DatedRule")

KEY = RegexValidator(r"\A[a-z0-9_]+(\.[a-z0-9_]+)*\Z", _("Lower case words joined by dots."))
SCOPE = RegexValidator(r"\A[A-Za-z0-9_.:-]*\Z", _("Letters, digits and . : - _ only."))


SETTLING = timedelta(minutes=10)
"""After so long, no transaction that changes a day before it begins is still on its way."""


class NoRuleInForce(LookupError):
    """No approved rule has this key and scope on this date."""

    def __init__(self, key: str, on: date, scope: str = "") -> None:
        super().__init__(f"No rule {key}{f'/{scope}' if scope else ''} is in force on {on}.")
        self.key, self.on, self.scope = key, on, scope


class Confidence(models.TextChoices):
    """How sure the origin of a figure is; the letters of the domain handbook."""

    SEEN = "S", _("Seen in a source")
    COMPUTED = "C", _("Computed from sources")
    POLICY = "P", _("Policy of the firm")
    MEMORY = "M", _("Known, source not at hand")
    CHECK = "M?", _("To be checked by compliance")


class DateRange(Func):
    """`daterange(from, to, '[)')`: half-open, endless where `to` is null."""

    function = "DATERANGE"
    output_field = DateRangeField()


class DatedRuleQuerySet(FourEyedQuerySet[R]):
    """Chainable filters by date and key."""

    def on(self, day: date) -> Self:
        """Approved rows in force on the business date `day`."""
        return self.approved().filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day
        )

    def in_force(self, key: str, on: date, scope: str = "") -> R:
        """The one rule `key` in force on the business date `on`; shared, and never changed.

        Args:
            key: dotted key of the rule.
            on: business date (Asia/Shanghai).
            scope: market, product or client kind that the rule is limited to; exact.

        Raises:
            NoRuleInForce: when there is none.
        """
        settled = settings.RULES_KEPT and on <= clock.business_date(clock.now() - SETTLING)
        rule: R = (_settled if settled else _asked)(self.model, key, on, scope)
        return rule

    def of_version(self, version: str) -> R:
        """The rule that a decision stored as `version`; raises DoesNotExist."""
        name, _at, start = version.rpartition("@")
        key, _slash, scope = name.partition("/")
        decided = self.approved().exclude(valid_to=F("valid_from"))
        return decided.get(key=key, scope=scope, valid_from=date.fromisoformat(start))


class DatedRule(Referenced, FourEyed):
    """A rule of one key (and scope) for a span of dates. Abstract; `Rule` holds single figures.

    Life: made → pending → approved, or rejected. Approved rows are kept for ever; the only
    change left is an earlier `valid_to` that still lies ahead. A row whose `valid_to` equals its
    `valid_from` was withdrawn before it came into force.

    A child with its own Meta inherits `DatedRule.Meta` and adds to its constraints. A child that
    keeps its content in other columns says `value = None` and overrides `check_value`.
    """

    key = models.CharField(_("rule key"), max_length=60, validators=[KEY])
    scope = models.CharField(
        _("scope"),
        max_length=28,
        blank=True,
        validators=[SCOPE],
        help_text=_("Market, product or client kind; empty for all."),
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(
        _("valid to"), null=True, blank=True, help_text=_("The first day on which it ends.")
    )
    value = models.JSONField(_("value"))
    legal_basis = models.TextField(_("legal basis"), blank=True)
    source = models.TextField(_("source"))
    confidence = models.CharField(_("confidence"), max_length=2, choices=Confidence)
    change_note = models.TextField(_("change note"), blank=True)
    origin = models.CharField(
        _("origin"), max_length=7, choices=Origin, default=Origin.FIRM, editable=False
    )

    objects = DatedRuleQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        abstract = True
        ordering = ["key", "scope", "valid_from", "pk"]
        indexes = [models.Index(fields=["key", "scope", "valid_from"])]
        constraints = [
            *FourEyed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="%(app_label)s_%(class)s_ends_after_it_starts",
                violation_error_message=_("A rule ends after it starts."),
            ),
            ExclusionConstraint(
                name="%(app_label)s_%(class)s_no_two_at_once",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    ("scope", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to", Value("[)")), RangeOperators.OVERLAPS),
                ],
                condition=Q(decision=Decision.APPROVED),
                violation_error_message=_("Another approved rule covers some of these dates."),
            ),
        ]
        triggers = [decided_rows_stay(but_shorten="valid_to")]

    def __str__(self) -> str:
        return self.version

    @property
    def version(self) -> str:
        """The stable id that decisions store: `key/scope@first day` (at most 100 characters)."""
        scope = f"/{self.scope}" if self.scope else ""
        return f"{self.key}{scope}@{self.valid_from:%Y-%m-%d}"

    @property
    def figure(self) -> Any:
        """The value as its schema reads it: int, Decimal, bool, str, Period or a table."""
        return schemas.get(self.key).read(self.value)

    def check_value(self) -> None:
        """Refuse a value that breaks the schema of the key.

        Raises:
            KeyError: when no app registered the key.
            BadRuleValue: when the value breaks the schema.
        """
        schemas.get(self.key).read(self.value)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.is_pending:
            self.check_value()
        super().save(*args, **kwargs)

    def approving(self, at: datetime) -> None:
        """Close the rule that this one replaces.

        Raises:
            FourEyesRefused: when the dates meet an approved rule that cannot be closed.
        """
        self.check_value()
        _one_at_a_time(self)
        met = self._met()
        if not met:
            return
        old, today = met[0], clock.business_date(at)
        if len(met) > 1 or old.valid_from >= self.valid_from:
            raise FourEyesRefused(gettext("Another approved rule covers some of these dates."))
        if self.valid_from <= today:
            raise FourEyesRefused(
                gettext("A rule in force can be replaced from tomorrow on, not earlier.")
            )
        old.valid_to = self.valid_from
        old.save(update_fields=["valid_to"])

    def _met(self) -> list[Self]:
        """Approved rules of this key and scope that share a date with this one."""
        span = Q(valid_to__isnull=True) | Q(valid_to__gt=self.valid_from)
        if self.valid_to:
            span &= Q(valid_from__lt=self.valid_to)
        rules: Any = type(self)._default_manager.filter(
            span, decision=Decision.APPROVED, key=self.key, scope=self.scope
        )
        return list(rules.exclude(valid_to=F("valid_from")).order_by("valid_from"))


def _asked(model: type[R], key: str, on: date, scope: str) -> R:
    rule = _in_force(model).first(key=key, on=on, scope=scope)
    if rule is None:
        raise NoRuleInForce(key, on, scope)
    return rule


@lru_cache(maxsize=4096)
def _settled(model: Any, key: str, on: date, scope: str) -> Any:
    """The rule of a day that has begun, read once in a process: nothing can replace or end it any
    more (`approving`, `close`). That there is none is asked for again: a first one may come."""
    return _asked(model, key, on, scope)


@cache
def _in_force(model: type[R]) -> Written[R]:
    """The query of `in_force`, which most use cases ask; its SQL is written once."""
    rules: Any = model._default_manager
    return Written(
        lambda key, scope, on: rules.on(on).filter(key=key, scope=scope),
        key="any key",
        scope="any scope",
        on=SOME_DAY,
    )


def close(rule: DatedRule, *, valid_to: date, at: datetime) -> None:
    """End an approved rule on a date ahead, or withdraw one that has not begun.

    Runs in the caller's transaction and saves. Today's rule never changes, so that no decision
    of today loses its ground.

    Args:
        rule: an approved rule.
        valid_to: the first day on which it counts no more; `rule.valid_from` to withdraw it.
        at: the present instant.

    Raises:
        FourEyesRefused: when the date is not ahead, or not earlier than the present end.
    """
    _one_at_a_time(rule)
    rule.refresh_from_db()
    if not rule.is_approved:
        raise FourEyesRefused(gettext("Only an approved rule can be ended."))
    if valid_to <= clock.business_date(at) or valid_to < rule.valid_from:
        raise FourEyesRefused(gettext("A rule ends on a day ahead, not today or earlier."))
    if rule.valid_to is not None and valid_to >= rule.valid_to:
        raise FourEyesRefused(gettext("The rule ends by then already."))
    rule.valid_to = valid_to
    rule.save(update_fields=["valid_to"])


def _one_at_a_time(rule: DatedRule) -> None:
    """Wait for others that approve or close a rule of the same key; ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"{rule._meta.db_table}:{rule.key}/{rule.scope}"],
        )
