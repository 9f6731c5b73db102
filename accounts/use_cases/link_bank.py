"""What the bank says of an account's link, until it is linked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.banking.events import BankLinked, LinkEvent, LinkFinished, LinkRefused, LinkToFinish
from accounts.evidence.states import CheckKind, CheckResult, CheckStatus
from accounts.gateways.bank import LinkStateQuestion
from accounts.gateways.base import Person
from accounts.models import Application, CustodyLink, OutsideCheck
from accounts.states import LinkStatus
from accounts.use_cases.end_prepared import ask_to_unlink
from accounts.use_cases.outside_checks import request_check
from accounts.use_cases.writing import lock
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

ACTOR = Actor.system("accounts.link_bank")
LINKED = {
    CheckResult.LINKED.value: LinkStatus.LINKED,
    CheckResult.AT_BANK.value: LinkStatus.AT_BANK,
}
TOLD: dict[str, type[LinkEvent]] = {
    LinkStatus.LINKED: BankLinked,
    LinkStatus.AT_BANK: LinkToFinish,
    LinkStatus.REFUSED: LinkRefused,
}
AGAIN = timedelta(minutes=2)
"""A customer who says that it is finished has the bank asked again this often at most."""


def take_link(*, application: Application, result: str, at: datetime) -> None:
    """Keep what the bank answered about the link; a second answer changes nothing.

    What the customer has to finish at the bank is asked about from now on.

    Args:
        application: whose account.
        result: a CheckResult.
        at: the instant.
    """
    with transaction.atomic():
        row = lock(application)
        links = CustodyLink.objects.select_for_update().filter(cash__application=row)
        link = links.filter(status__in=[LinkStatus.REQUESTED, LinkStatus.CLOSED]).first()
        if link is None:
            return
        if link.status == LinkStatus.CLOSED:
            if result in LINKED:  # the application ended before the bank answered
                ask_to_unlink(application=row, link=link, actor=ACTOR, at=at)
            return
        link.move_to(LINKED.get(result, LinkStatus.REFUSED))
        link.status_since = at
        link.save()
        record(TOLD[link.status](subject=row.ref, bank=link.bank), actor=ACTOR, at=at)
        if link.status == LinkStatus.AT_BANK:
            ask_for_the_link(application=row, bank=link.bank, at=at)


def ask_for_the_link(*, application: Application, bank: str, at: datetime) -> OutsideCheck:
    """Ask the bank whether the customer finished there, and go on asking.

    Args:
        application: locked by the caller.
        bank: code of the bank.
        at: the instant; a number of the question that nobody asked before.
    """
    customer = application.customer
    link = CustodyLink.objects.get(cash__application=application)
    person = Person.of(customer)
    question = LinkStateQuestion(
        person, bank, str(link.cash.ref), f"{link.ref}/{at.timestamp():.0f}"
    )
    return request_check(
        application=application, kind=CheckKind.LINK_STATE, question=question, actor=ACTOR, at=at
    )


def ask_now(*, application: Application, at: datetime) -> None:
    """The customer says that it is finished at the bank: ask at once, every two minutes at most.

    Args:
        application: locked here.
        at: the instant.
    """
    from accounts.evidence.tasks import ask_outside  # tasks call use cases

    with transaction.atomic():
        row = lock(application)
        check = (
            OutsideCheck.objects.current()
            .select_for_update()
            .filter(application=row, kind=CheckKind.LINK_STATE)
            .first()
        )
        if check is None or check.status == CheckStatus.ANSWERED:
            return
        if check.status == CheckStatus.UNANSWERED:
            ask_for_the_link(application=row, bank=check.asks["bank"], at=at)
        elif check.next_attempt_at is not None and check.next_attempt_at > at + AGAIN:
            check.next_attempt_at = at
            check.save(update_fields=["next_attempt_at"])
            ask_outside.defer(ref=str(check.ref))


def go_on_asking(*, application: Application, bank: str, at: datetime) -> None:
    """Ask anew where a bank gave no news for as long as the rule of patience says.

    Args:
        application: with something to finish at the bank; locked here.
        bank: code of the bank.
        at: the instant.
    """
    with transaction.atomic():
        row = lock(application)
        checks = OutsideCheck.objects.current().filter(application=row, kind=CheckKind.LINK_STATE)
        if not checks.exclude(status=CheckStatus.UNANSWERED).exists():
            ask_for_the_link(application=row, bank=bank, at=at)


def finish_link(*, application: Application, bank: str, result: str, at: datetime) -> None:
    """What was open at the bank is linked, or its time is over; the link of another bank stays.

    Args:
        application: locked by the caller.
        bank: code of the bank that answered.
        result: a CheckResult.
        at: the instant.
    """
    links = CustodyLink.objects.select_for_update().filter(cash__application=application)
    link = links.filter(status=LinkStatus.AT_BANK, bank=bank).first()
    if link is None:
        return
    done = result == CheckResult.LINKED
    link.move_to(LinkStatus.LINKED if done else LinkStatus.REFUSED)
    link.status_since = at
    link.save()
    told = LinkFinished if done else LinkRefused
    record(told(subject=application.ref, bank=bank), actor=ACTOR, at=at)
