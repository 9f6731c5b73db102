"""Suggestions of staff on the opening system, what customers say of a screen, and scores."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from branches.models.tree import OrgUnit
from branches.suggestions.effect import Verdict, Window
from branches.suggestions.states import (
    ANSWERED,
    LIVE,
    TRANSITIONS,
    WAITING,
    Device,
    Mood,
    Status,
)
from branches.suggestions.steps import label_of
from brokerage.core.fields import EncryptedTextField
from brokerage.core.four_eyes import FourEyed, FourEyedQuerySet, decided_rows_stay
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer

VERDICTS = [
    (Verdict.BETTER, _("Better")),
    (Verdict.WORSE, _("Worse")),
    (Verdict.UNCLEAR, _("No clear change")),
    (Verdict.TOO_FEW, _("Too few to tell")),
]


class Seen(models.Model):
    """Where somebody stood when they had something to say."""

    step = models.CharField(_("step"), max_length=60)
    screen = models.CharField(_("screen"), max_length=80, blank=True, editable=False)
    release = models.CharField(_("release seen"), max_length=40, editable=False)
    device = models.CharField(_("device"), max_length=8, choices=Device, editable=False)
    language = models.CharField(_("language"), max_length=8, default=get_language, editable=False)
    owner = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        related_name="+",
        verbose_name=_("answered by"),
        editable=False,
    )
    due_on = models.DateField(_("answer due on"), editable=False)

    class Meta:
        abstract = True

    @property
    def step_name(self) -> str:
        """The name of the step in the reader's language."""
        return label_of(self.step)


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def waiting(self) -> Self:
        """What its owner has still to answer."""
        return self.filter(status__in=WAITING)

    def live(self) -> Self:
        """What stands in the product."""
        return self.filter(status__in=LIVE)


class Suggestion(Referenced, Timestamped, Stateful, Seen):
    """What a member of staff would change on a screen. Without personal data.

    Life: filed → the owner accepts, declines with a reason, or joins it with an earlier one
    (both keep their credit) → released → its effect is measured. A declined author may contest
    once; somebody else than the first decider answers for good.
    """

    TRANSITIONS: ClassVar[StateTable] = TRANSITIONS

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="suggestions",
        verbose_name=pgettext_lazy("suggestion", "author"),
        editable=False,
    )
    unit = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        related_name="suggestions",
        verbose_name=_("unit of the author"),
        editable=False,
    )
    title = models.CharField(pgettext_lazy("suggestion", "in one sentence"), max_length=80)
    text = models.TextField(pgettext_lazy("suggestion", "what you saw, what you would change"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.SUBMITTED)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="joined",
        null=True,
        blank=True,
        verbose_name=_("joined with"),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=pgettext_lazy("suggestion", "answered by person"),
    )
    decided_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    contest = models.TextField(_("why the author disagrees"), blank=True)
    contest_answer = models.TextField(_("second answer"), blank=True)
    contest_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("second answer by"),
    )
    released_on = models.DateField(_("released on"), null=True, blank=True)
    released_in = models.CharField(_("release"), max_length=40, blank=True)
    measured_at = models.DateTimeField(_("measured at"), null=True, blank=True)
    before_begun = models.PositiveIntegerField(_("begun before"), null=True, blank=True)
    before_finished = models.PositiveIntegerField(_("finished before"), null=True, blank=True)
    after_begun = models.PositiveIntegerField(_("begun after"), null=True, blank=True)
    after_finished = models.PositiveIntegerField(_("finished after"), null=True, blank=True)
    verdict = models.CharField(_("effect"), max_length=8, choices=VERDICTS, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        permissions = [("answer_suggestion", "Can answer suggestions of steps that one owns")]
        indexes = [
            models.Index(fields=["owner", "status", "due_on"], name="suggestions_to_answer"),
            models.Index(fields=["author", "-created_at"], name="suggestions_of_a_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=Status.MERGED, merged_into__isnull=False)
                | (~Q(status=Status.MERGED) & Q(merged_into=None)),
                name="a_joined_suggestion_names_the_other",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="a_suggestion_is_not_joined_with_itself"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=ANSWERED)
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(answer="")),
                name="an_answer_has_words_a_person_and_a_time",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("author")),
                name="nobody_answers_their_own_suggestion",
            ),
            models.CheckConstraint(
                condition=Q(contest_by=None)
                | (~Q(contest_by=F("decided_by")) & ~Q(contest_by=F("author"))),
                name="a_second_answer_comes_from_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(status__in=LIVE, released_on__isnull=False)
                | (~Q(status__in=LIVE) & Q(released_on=None)),
                name="a_released_suggestion_has_its_day",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        status=Status.MEASURED,
                        measured_at__isnull=False,
                        before_begun__gte=F("before_finished"),
                        after_begun__gte=F("after_finished"),
                    )
                    & ~Q(verdict="")
                )
                | (~Q(status=Status.MEASURED) & Q(measured_at=None, verdict="")),
                name="a_measured_suggestion_has_its_counts",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def before(self) -> Window:
        """The window before the release, once measured."""
        return Window(self.before_begun or 0, self.before_finished or 0)

    @property
    def after(self) -> Window:
        """The window after the release, once measured."""
        return Window(self.after_begun or 0, self.after_finished or 0)


class Voice(Referenced, Timestamped, Seen):
    """What a customer says of a screen: praise, a complaint, an idea. Answered by the owner.

    The words are the customer's and may tell of themselves, so they are encrypted.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="voices", verbose_name=_("customer"), editable=False
    )
    mood = models.CharField(_("kind"), max_length=10, choices=Mood)
    text = EncryptedTextField(pgettext_lazy("voice", "what the customer wrote"))
    suggestion = models.ForeignKey(
        Suggestion,
        models.PROTECT,
        related_name="voices",
        null=True,
        blank=True,
        verbose_name=_("supports"),
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("answered by person"),
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer = models.TextField(_("answer to the customer"), blank=True)

    class Meta:
        verbose_name = pgettext_lazy("voice", "word of a customer")
        verbose_name_plural = pgettext_lazy("voice", "words of customers")
        permissions = [("answer_voice", "Can answer customers on steps that one owns")]
        indexes = [models.Index(fields=["owner", "due_on"], name="voices_to_answer")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(answered_at=None, answered_by=None, answer=""))
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="an_answered_voice_has_words_and_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_mood_display()}: {self.step_name}"


class ScorePeriod(Referenced, FourEyed):
    """A period whose suggestions count for the assessment of outlets and people.

    Proposed by one person, released by another; the release computes the scores.
    """

    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until (not included)"))

    objects = FourEyedQuerySet["ScorePeriod"].as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("assessment period")
        verbose_name_plural = _("assessment periods")
        triggers = [decided_rows_stay()]
        constraints = [
            *FourEyed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="a_score_period_ends_after_it_begins",
                violation_error_message=_("The end cannot lie before the beginning."),
            ),
            models.UniqueConstraint(
                fields=["starts_on", "ends_on"],
                condition=~Q(decision="rejected"),
                name="a_score_period_stands_once",
                violation_error_message=_("This period is assessed already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on:%Y-%m-%d} – {self.ends_on:%Y-%m-%d}"


class Score(Referenced):
    """What one person's or one outlet's suggestions were worth in a period.

    Participation is a floor that is met or not; points come from adopted effect alone. The person
    (for an outlet: its head) may contest once, and somebody else answers.
    """

    period = models.ForeignKey(
        ScorePeriod, models.PROTECT, related_name="scores", verbose_name=_("assessment period")
    )
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="scores", verbose_name=_("unit")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="scores",
        null=True,
        blank=True,
        verbose_name=_("person"),
        help_text=_("Empty: the unit as a whole."),
    )
    filed = models.PositiveIntegerField(_("filed"))
    adopted = models.PositiveIntegerField(_("adopted"))
    floor_met = models.BooleanField(_("took part"))
    points = models.DecimalField(_("points"), max_digits=8, decimal_places=1)
    inputs = models.JSONField(_("made of"), default=dict)
    contest = models.TextField(_("why it is contested"), blank=True)
    contested_at = models.DateTimeField(_("contested at"), null=True, blank=True)
    contest_answer = models.TextField(_("answer"), blank=True)
    contest_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("answered by person"),
    )

    class Meta:
        verbose_name = pgettext_lazy("suggestion", "score")
        verbose_name_plural = pgettext_lazy("suggestion", "scores")
        permissions = [("contest_score", "Can contest a score of one's own or one's outlet")]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "unit", "person"],
                nulls_distinct=False,
                name="one_score_a_period_unit_and_person",
            ),
            models.CheckConstraint(
                condition=Q(adopted__lte=F("filed")), name="no_more_adopted_than_filed"
            ),
            models.CheckConstraint(
                condition=Q(contested_at=None, contest="")
                | (Q(contested_at__isnull=False) & ~Q(contest="")),
                name="a_contested_score_says_why",
            ),
            models.CheckConstraint(
                condition=Q(contest_by=None, contest_answer="")
                | (
                    Q(contest_by__isnull=False, contested_at__isnull=False)
                    & ~Q(contest_answer="")
                    & (Q(person=None) | ~Q(contest_by=F("person")))
                ),
                name="a_contest_is_answered_by_somebody_else",
            ),
        ]

    def __str__(self) -> Any:
        return f"{self.person or self.unit} {self.period}"
