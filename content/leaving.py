"""Tasks of who writes: items that readers lose because a signer's licence ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.models import Licence
from brokerage.backoffice.tasks import Task
from brokerage.core import roles, scope
from brokerage.core.clock import business_date, day_begins
from content.models import Item
from content.selectors.leaving import without_licence

RIGHT = "content.change_item"


def rows(user: Any, at: datetime) -> list[Any]:
    """The items behind `tasks`; none for who writes none."""
    if not roles.may(user, RIGHT):
        return []
    return [without_licence(scope.visible(Item, user), business_date(at))]


def tasks(user: Any, at: datetime) -> Iterator[Task]:
    """One for each licence that ends within days, or has ended, with how many items it takes."""
    for items in rows(user, at):
        counted = items.order_by().values("live_licence").annotate(n=Count("pk"))
        many = {row["live_licence"]: row["n"] for row in counted}
        licences = Licence.objects.filter(pk__in=many).select_related("user", "kind")
        for one in licences.order_by("valid_to", "pk")[:20]:
            n = many[one.pk]
            yield Task(
                title=ngettext(
                    "{n} item leaves with the licence of {who}",
                    "{n} items leave with the licence of {who}",
                    n,
                ).format(n=n, who=one.user.display_name),
                detail=_(
                    "{licence}. Have it renewed, or have the items signed by somebody else."
                ).format(licence=one),
                url=reverse("admin:content_item_changelist") + "?today=licence",
                action=_("Show"),
                started_at=at,
                due_at=day_begins(one.valid_to) if one.valid_to else None,
            )
