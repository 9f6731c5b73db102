"""Matches with lists and ratings of customers, for AML roles alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.aml.access import DECIDES, REVIEWS
from accounts.aml.states import AmlLevel, HitStatus
from accounts.models import AmlRating, ListRelease, WatchHit
from accounts.use_cases.rate_customer import UnableToRate, review_rating
from accounts.use_cases.screening import UnableToDecideOnMatch, decide_match
from brokerage.backoffice.admin import Act, ActForm, ActsAdmin, ReadOnlyAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock


class ReasonForm(ActForm):
    """Why somebody decided so."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("AML roles alone read it."),
    )


class RatingForm(ReasonForm):
    """The level as somebody sees it now."""

    level = forms.ChoiceField(label=gettext_lazy("Level"), choices=AmlLevel)
    field_order = ("level", "reason")


def _decide(status: HitStatus) -> Any:
    def run(request: HttpRequest, row: WatchHit, values: dict[str, Any]) -> str:
        decide_match(
            hit=row,
            officer=user_of(request),
            status=status,
            reason=values["reason"],
            at=clock.now(),
        )
        return _("Your decision is recorded.")

    return run


def _review(request: HttpRequest, row: AmlRating, values: dict[str, Any]) -> str:
    review_rating(
        rating=row,
        officer=user_of(request),
        level=AmlLevel(values["level"]),
        note=values["reason"],
        at=clock.now(),
    )
    return _("The new rating counts from now on.")


@admin.register(WatchHit)
class WatchHitAdmin(ActsAdmin):
    """Matches: why they matched, and who decided what."""

    section = "control"
    icon = "alert"
    order = 30
    list_display = ["__str__", "status", "matched", "found_at", "decided_by"]
    list_filter = ["status"]
    list_select_related = ["watch_list", "decided_by"]
    revealed = ("customer_name", "entry_name")
    fields = ["status", "watch_list", "key", "customer", "customer_name", "entry_name"]
    fields += ["matched", "found_at", "decided_by", "decided_at", "reason"]
    acts = (
        Act(
            key="clear",
            title=gettext_lazy("Somebody else"),
            button=gettext_lazy("It is somebody else"),
            right=DECIDES,
            form=ReasonForm,
            run=_decide(HitStatus.CLEARED),
            shown=lambda user, row: row.status != HitStatus.CLEARED,
            refusals=(UnableToDecideOnMatch,),
        ),
        Act(
            key="confirm",
            title=gettext_lazy("The same person"),
            button=gettext_lazy("It is the same person"),
            right=DECIDES,
            form=ReasonForm,
            run=_decide(HitStatus.CONFIRMED),
            shown=lambda user, row: row.status == HitStatus.OPEN,
            refusals=(UnableToDecideOnMatch,),
            kind="stop",
            note=gettext_lazy(
                "The application stays unapproved. Customer and outlet read a neutral reason; "
                "tell nobody more."
            ),
        ),
    )


@admin.register(ListRelease)
class ListReleaseAdmin(ReadOnlyAdmin):
    """Releases of lists, and how far the stock was compared with them."""

    section = "control"
    icon = "list"
    order = 31
    list_display = ["__str__", "is_current", "entries_in_it", "loaded_at", "screened"]
    list_display += ["finished_at"]
    list_select_related = ["watch_list"]
    fields = ["watch_list", "number", "sha256", "entries_in_it", "loaded_at", "is_current"]
    fields += ["screened", "finished_at"]


@admin.register(AmlRating)
class AmlRatingAdmin(ActsAdmin):
    """Ratings: level, factors, and when somebody looks again."""

    section = "control"
    icon = "chart"
    order = 32
    list_display = ["__str__", "level", "score", "rated_at", "review_on", "rated_by"]
    list_filter = ["level"]
    list_select_related = ["rated_by"]
    revealed = ("customer_name",)
    fields = ["customer", "customer_name", "level", "score", "factors", "rule_version", "rated_at"]
    fields += ["review_on", "rated_by", "note", "replaced_at"]
    acts = (
        Act(
            key="review",
            title=gettext_lazy("Look at it again"),
            button=gettext_lazy("Keep the new rating"),
            right=REVIEWS,
            form=RatingForm,
            run=_review,
            shown=lambda user, row: row.replaced_at is None,
            refusals=(UnableToRate,),
        ),
    )
