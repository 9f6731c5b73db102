"""Who sees matches and ratings: AML roles alone. Nobody else learns that there are any."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.aml import events
from accounts.aml.states import HitStatus
from accounts.models import AmlRating, WatchEntry, WatchHit
from accounts.use_cases.load_watch_list import document_hash, name_hash, sound_hash
from brokerage.backoffice.admin.masks import masks
from brokerage.backoffice.tasks import Task, register_source
from brokerage.core import clock, data_export, lookup_rotation, masking, roles, scope
from brokerage.core.roles import Role
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind

AML_ROLES = (Role.COMPLIANCE,)
MODELS = ("WatchList", "ListRelease", "WatchHit", "AmlRating")
DECIDES, REVIEWS = "accounts.decide_watchhit", "accounts.review_amlrating"
AHEAD = timedelta(days=30)
LIMIT = 30
TITLES: dict[str, Any] = {
    HitStatus.OPEN: gettext_lazy("Match with a list"),
    HitStatus.PROPOSED: gettext_lazy("Match that a second person confirms"),
}
UNTOLD = "the law forbids to tell a customer that they are watched (AML Law, no tipping-off)"


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    for model in MODELS:
        scope.register_readers(f"accounts.{model}", *AML_ROLES)
        for role in AML_ROLES:
            roles.allow(role, f"accounts.view_{model.lower()}", DECIDES, REVIEWS)
    for column in ("watchhit.customer_name", "watchhit.entry_name", "amlrating.customer_name"):
        masks.register(f"accounts.{column}", masking.name)
    for model in ("WatchHit", "Screening", "AmlRating"):
        data_export.exempt(f"accounts.{model}", UNTOLD)
    register_source("accounts.aml", gettext_lazy("Matches and ratings"), tasks)
    _label_events()
    subscribe(events.MatchDecided, "accounts.handlers.follow_match", name="accounts.follow_match")
    _register_hashes()


def tasks(user: Any, at: datetime) -> Iterable[Task]:
    """Matches to decide on, the oldest first, and ratings that somebody has to look at."""
    if roles.may(user, DECIDES):
        mine = Q(status=HitStatus.PROPOSED) & ~Q(proposed_by=user)
        hits = scope.visible(WatchHit, user).filter(Q(status=HitStatus.OPEN) | mine)
        for hit in hits.select_related("watch_list").order_by("found_at", "pk")[:LIMIT]:
            yield Task(
                title=TITLES[hit.status],
                detail=str(hit),
                url=reverse("admin:accounts_watchhit_change", args=[hit.ref]),
                action=_("Decide"),
            )
    if roles.may(user, REVIEWS):
        soon = clock.business_date(at) + AHEAD
        due = scope.visible(AmlRating.objects.current(), user).filter(review_on__lte=soon)
        for rating in due.order_by("review_on", "pk")[:LIMIT]:
            yield Task(
                title=_("Rating to look at again"),
                detail=str(rating),
                url=reverse("admin:accounts_amlrating_change", args=[rating.ref]),
                action=_("Look"),
            )


def _label_events() -> None:
    register_kind(events.ListReleased, gettext_lazy("A list got a new release"))
    register_kind(events.StockScreened, gettext_lazy("All customers were compared with a list"))
    register_kind(events.MatchFound, gettext_lazy("A match was found"))
    register_kind(events.MatchProposed, gettext_lazy("A match was proposed as an exposed person"))
    register_kind(events.MatchDisputed, gettext_lazy("The second person did not agree"))
    register_kind(events.MatchDecided, gettext_lazy("A match was decided on"))
    register_kind(events.CustomerRated, gettext_lazy("A rating was made"))


def _register_hashes() -> None:
    columns: dict[str, Any] = {
        "name_hash": lambda row: name_hash(row.name or ""),
        "sound_hash": lambda row: sound_hash(row.name or ""),
        "document_hash": lambda row: document_hash(row.document) if row.document else None,
    }
    label = WatchEntry._meta.label
    for column, compute in columns.items():
        lookup_rotation.register(
            lookup_rotation.HashColumn(model=label, column=column, compute=compute)
        )
