"""Items that leave, or have left, because the licence of whoever signed them ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from branches.models import Licence
from content.states import ItemStatus

SOON = timedelta(days=7)


def ending(today: date) -> QuerySet[Licence]:
    """Licences that have ended or end within SOON and that no renewal carries beyond it."""
    until = today + SOON
    same = Licence.objects.filter(
        user=OuterRef("user"), kind=OuterRef("kind"), number=OuterRef("number")
    )
    goes_on = same.filter(Q(valid_to=None) | Q(valid_to__gt=until), valid_from__lte=until)
    return Licence.objects.filter(~Exists(goes_on), valid_to__lte=until)


def without_licence(items: QuerySet[Any], today: date) -> QuerySet[Any]:
    """Those of `items` that are shown, or would be, but for a licence of `ending`."""
    rows = items.filter(status=ItemStatus.LIVE, live_expires_on__gt=today)
    return rows.filter(live_licence__in=ending(today))
