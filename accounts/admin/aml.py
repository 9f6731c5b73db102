"""Matches with lists and ratings of customers, for AML roles alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.aml.access import DECIDES, REVIEWS
from accounts.aml.states import AmlLevel, HitStatus, ListKind
from accounts.models import AmlRating, ListRelease, WatchHit
from accounts.use_cases.decide_match import (
    UnableToDecideOnMatch,
    decide_match,
    dispute_match,
    propose_match,
)
from accounts.use_cases.rate_customer import UnableToRate, review_rating
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


def _propose(request: HttpRequest, row: WatchHit, values: dict[str, Any]) -> str:
    propose_match(hit=row, officer=user_of(request), reason=values["reason"], at=clock.now())
    return _("Proposed. A second person of an AML role confirms it.")


def _dispute(request: HttpRequest, row: WatchHit, values: dict[str, Any]) -> str:
    dispute_match(hit=row, officer=user_of(request), reason=values["reason"], at=clock.now())
    return _("The match is to be decided anew.")


def _may_confirm(user: Any, row: WatchHit) -> bool:
    """Whether this person may confirm: an exposed person only as the second of two."""
    if row.watch_list.kind == ListKind.PEP:
        return row.status == HitStatus.PROPOSED and row.proposed_by_id != user.pk
    return row.status == HitStatus.OPEN


def _may_clear(user: Any, row: WatchHit) -> bool:
    """Whether this person may clear: a confirmed exposed person never by who confirmed it."""
    if row.status == HitStatus.CONFIRMED and row.watch_list.kind == ListKind.PEP:
        return row.decided_by_id != user.pk
    return row.status in (HitStatus.OPEN, HitStatus.CONFIRMED)


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
    fields += ["matched", "found_at", "proposed_by", "proposed_at", "proposal", "disputed"]
    fields += ["decided_by", "decided_at", "reason"]
    acts = (
        Act(
            key="clear",
            title=gettext_lazy("Somebody else"),
            button=gettext_lazy("It is somebody else"),
            right=DECIDES,
            form=ReasonForm,
            run=_decide(HitStatus.CLEARED),
            shown=_may_clear,
            refusals=(UnableToDecideOnMatch,),
        ),
        Act(
            key="propose",
            title=gettext_lazy("The same person"),
            button=gettext_lazy("Propose: it is the same person"),
            right=DECIDES,
            form=ReasonForm,
            run=_propose,
            shown=lambda user, row: (
                row.status == HitStatus.OPEN and row.watch_list.kind == ListKind.PEP
            ),
            refusals=(UnableToDecideOnMatch,),
            note=gettext_lazy(
                "A politically exposed person: say also why we may keep the relationship. Another "
                "person of an AML role confirms it; until then the application is not approved."
            ),
        ),
        Act(
            key="dispute",
            title=gettext_lazy("I do not agree with the proposal"),
            button=gettext_lazy("Decide anew"),
            right=DECIDES,
            form=ReasonForm,
            run=_dispute,
            shown=lambda user, row: row.status == HitStatus.PROPOSED,
            refusals=(UnableToDecideOnMatch,),
            kind="2",
        ),
        Act(
            key="confirm",
            title=gettext_lazy("The same person"),
            button=gettext_lazy("It is the same person"),
            right=DECIDES,
            form=ReasonForm,
            run=_decide(HitStatus.CONFIRMED),
            shown=_may_confirm,
            refusals=(UnableToDecideOnMatch,),
            kind="stop",
            note=gettext_lazy(
                "Customer and outlet read a neutral reason; tell nobody more. The application "
                "stays unapproved, except for a politically exposed person: whoever confirms one "
                "agrees to the relationship, and two people review it."
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
