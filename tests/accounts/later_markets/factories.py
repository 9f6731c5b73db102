"""An active account that lacks a market, and its wish for it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from accounts.evidence.states import CheckKind
from accounts.models import Application, MarketAccount, MarketWish, OutsideCheck, Section
from accounts.states import Status, Step
from accounts.use_cases.open_later_market import (
    ask_for_market,
    send_market_code,
    sign_for_market,
)
from accounts.use_cases.outside_checks import ask
from brokerage.journal.delivery import deliver_pending
from tests.accounts.factories import ACTOR, AT, an_application
from tests.accounts.life.test_closing import PHONE, Sent

READ = timedelta(seconds=30)


def one_market(*, at: datetime = AT) -> Application:
    """An active account whose customer chose Shanghai alone."""
    application = an_application(Status.ACTIVE, at=at)
    MarketAccount.objects.filter(application=application, market="SZ").delete()
    section = Section.objects.get(application=application, step=Step.OUTLET)
    section.values = json.dumps(section.answers | {"markets": ["SH"]})
    section.save()
    return application


def asked(application: Application | None = None, *, at: datetime = AT) -> MarketWish:
    """The wish for Shenzhen, whose text was just opened."""
    row = application or one_market(at=at)
    return ask_for_market(application=row, market="SZ", language="en", actor=ACTOR, at=at)


def signed(sent: Sent, application: Application | None = None, *, at: datetime = AT) -> MarketWish:
    """A wish that was read and signed."""
    wish = asked(application, at=at)
    send_market_code(wish=wish, phone=PHONE, language="en", at=at + READ)
    return sign_for_market(wish=wish, code=sent.code, actor=ACTOR, at=at + READ)


def worked(kind: CheckKind, at: Any) -> OutsideCheck:
    """The worker asks the sandbox, and the deliveries of its answer are made."""
    check = ask(check=OutsideCheck.objects.current().get(kind=kind), at=at)
    deliver(at)
    return check


def deliver(at: Any) -> None:
    """Whoever wants to hear of something hears it now."""
    while deliver_pending(at=at):
        pass
