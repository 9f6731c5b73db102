"""The card "Accounts and questions" of an application, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.evidence.states import CheckStatus, PackStatus
from accounts.models import (
    Application,
    CashAccount,
    OneCodeAccount,
    OutsideCheck,
    Pack,
)
from accounts.review.page import GOOD
from accounts.standing.selectors import GAVE_UP, RUNNING
from accounts.states import CashStatus, LinkStatus, MarketStatus, OneCodeStatus
from accounts.terms import Market

TONES = {
    MarketStatus.REFUSED: "stop",
    MarketStatus.OPEN: "done",
    LinkStatus.LINKED: "done",
    LinkStatus.AT_BANK: "wait",
    LinkStatus.REQUESTED: "info",
    CashStatus.ACTIVE: "done",
    OneCodeStatus.NORMAL: "done",
}
REFUSED_WITH = {
    "too_many": gettext_lazy("has three accounts of this kind already"),
    "identity": gettext_lazy("is known there by another name or number"),
    "refused": gettext_lazy("no reason given"),
}
"""Codes of the depository in words; others stand as they are."""


@dataclass(frozen=True)
class Line:
    """One account or question.

    Attributes:
        label: what it is.
        tone: of its chip.
        said: where it stands.
        note: more about it: a code, how often and when it is asked.
    """

    label: str
    tone: str
    said: str
    note: str = ""


def standing(application: Application, at: datetime) -> dict[str, Any] | None:
    """The context of accounts/review/standing.html; None before it was sent. Six queries."""
    if application.status not in RUNNING:
        return None
    checks = OutsideCheck.objects.current().filter(application=application)
    return {
        "at": at,
        "accounts": list(_accounts(application)),
        "questions": [_question(check) for check in checks.order_by("created_at", "pk")],
        "pack": _pack(application),
    }


def _accounts(application: Application) -> Iterator[Line]:
    cash = CashAccount.objects.filter(application=application).select_related("link").first()
    if cash is None:
        return
    one_code = OneCodeAccount.objects.filter(customer=application.customer_id).first()
    if one_code:
        yield _line(_("One-code account"), one_code, one_code.masked_number)
    names = dict(Market.choices)
    for account in application.market_accounts.order_by("market"):
        note = account.masked_number
        if account.refusal:
            note = str(REFUSED_WITH.get(account.refusal, account.refusal))
        yield _line(str(names.get(account.market, account.market)), account, note)
    yield _line(_("Cash account"), cash)
    yield _line(_("Link to the custody bank"), cash.link, cash.link.bank)


def _line(label: str, row: Any, note: str = "") -> Line:
    return Line(label, TONES.get(row.status, ""), str(row.get_status_display()), note)


def _question(check: OutsideCheck) -> Line:
    label = str(check.get_kind_display())
    tries = _("asked {number} times").format(number=check.attempts)
    if check.status == CheckStatus.ANSWERED:
        tone = "done" if check.result in GOOD else "stop"
        return Line(label, tone, str(check.get_result_display()), check.refusal)
    tone = "stop" if check.status == CheckStatus.UNANSWERED else "info"
    note = " · ".join(part for part in (tries, check.last_problem) if part)
    return Line(label, tone, str(check.get_status_display()), note)


def _pack(application: Application) -> Line | None:
    pack = Pack.objects.current().filter(application=application).first()
    if pack is None:
        return None
    tone = "done" if pack.status == PackStatus.SEALED else "info"
    word, _space, rest = pack.problem.partition(" ")
    if word in GAVE_UP:
        tone = "stop"
    return Line(_("Signed file"), tone, str(pack.get_status_display()), _why(word, rest))


def _why(word: str, rest: str) -> str:
    """What the signed file waits for, in words."""
    told = {
        "": "",
        "identity": _("waits for the police check"),
        "authority": _("the certificate authority does not answer; it is tried again by itself"),
        "glyphs": _("our font lacks these characters of the name: {signs}").format(signs=rest),
    }
    return told.get(word, word)
