"""What keeps an application from going on, where only staff can do something about it."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.evidence.states import CheckKind, CheckStatus, PackStatus
from accounts.models import Application, MarketAccount, OutsideCheck, Pack
from accounts.papers.selectors import is_identified
from accounts.states import ACCEPTED, WITH_US, MarketStatus, Status

ASKABLE = (
    CheckKind.IDENTITY,
    CheckKind.FACE,
    CheckKind.PHONE,
    CheckKind.REGISTRY,
    CheckKind.HOLDINGS,
    CheckKind.CARD,
    CheckKind.OPENING,
    CheckKind.LINK,
    CheckKind.LATER_HELD,
    CheckKind.LATER_OPEN,
)
"""Questions of an opening and of a later market; those of a closing or a renewal are asked again
on their own pages."""
RUNNING = (*WITH_US, *ACCEPTED)
OPENED = (MarketStatus.OPEN, MarketStatus.CLOSED)
GAVE_UP = ("authority", "glyphs")
"""Why a signed pack waits for people, by the first word of its problem."""


def to_ask_again(application: Application) -> list[OutsideCheck]:
    """Questions that nobody answered, and the opening that was refused altogether."""
    if application.status not in RUNNING:
        return []
    checks = OutsideCheck.objects.current().filter(application=application, kind__in=ASKABLE)
    silent = list(checks.filter(status=CheckStatus.UNANSWERED))
    if nothing_opened(application):
        silent += checks.filter(kind=CheckKind.OPENING, status=CheckStatus.ANSWERED)
    return silent


def nothing_opened(application: Application) -> bool:
    """Whether the depository opened nothing of what was asked, and is not being asked."""
    if application.status != Status.OPENING:
        return False
    checks = OutsideCheck.objects.current().filter(application=application)
    asked = checks.filter(kind=CheckKind.OPENING, status=CheckStatus.ASKED)
    opened = application.market_accounts.filter(status__in=OPENED)
    return not asked.exists() and not opened.exists()


def is_stuck(application: Application) -> bool:
    """Whether it was approved and cannot go on by itself: the decision may be taken back.

    The signed file waits for people, or for a person whom nobody confirmed; or nothing was opened.
    """
    if application.status == Status.APPROVED:
        waits = Pack.objects.filter(application=application, status=PackStatus.SIGNED)
        return waits.exclude(problem="").exists() or not is_identified(application)
    return nothing_opened(application)


def may_withdraw(application: Application) -> bool:
    """Whether the customer may take it back: nothing is opened, and nobody is opening anything.

    Where the depository never answered, it may have opened accounts all the same.
    """
    if application.is_open or application.status == Status.APPROVED:
        return True
    checks = OutsideCheck.objects.current().filter(application=application)
    silent = checks.filter(kind=CheckKind.OPENING, status=CheckStatus.UNANSWERED)
    return nothing_opened(application) and not silent.exists()


def in_trouble(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Those of `rows` that only staff can bring on: unanswered, refused altogether, not sealed."""
    checks = OutsideCheck.objects.current().filter(application=OuterRef("pk"))
    opened: Any = MarketAccount.objects.filter(application=OuterRef("pk"), status__in=OPENED)
    packs = Pack.objects.filter(application=OuterRef("pk"), status=PackStatus.SIGNED)
    first = [Q(problem__startswith=word) for word in GAVE_UP]
    silent = Exists(checks.filter(status=CheckStatus.UNANSWERED, kind__in=ASKABLE))
    asked = Exists(checks.filter(status=CheckStatus.ASKED, kind=CheckKind.OPENING))
    refused = Q(status=Status.OPENING) & ~Q(Exists(opened)) & ~Q(asked)
    unsealed = Q(status=Status.APPROVED) & Q(Exists(packs.filter(first[0] | first[1])))
    return rows.filter(Q(status__in=RUNNING) & (Q(silent) | refused | unsealed))
