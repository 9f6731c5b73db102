"""A customer names another bank or card: asked, confirmed with a code, answered by the bank."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.banking.events import (
    BankChangeAsked,
    BankChangeBlocked,
    BankChangeConfirmed,
    BankChanged,
    BankChangeTakenBack,
    ChangeEvent,
)
from accounts.banking.states import CHANGE_OPEN, Blocker, ChangeStatus
from accounts.evidence.states import CheckKind, CheckResult
from accounts.gateways.bank import CardQuestion, LinkQuestion
from accounts.gateways.base import Person
from accounts.life.states import CLOSING_OPEN
from accounts.models import Application, BankChange, Closing, CustodyLink, WatchHit
from accounts.signing import codes
from accounts.states import CashStatus, LinkStatus, Status
from accounts.use_cases.link_bank import ask_for_the_link, finish_link
from accounts.use_cases.outside_checks import request_check
from accounts.use_cases.writing import lock
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import CustodyBank

CODE_TEXT = "accounts.code.bank"
ACTOR = Actor.system("accounts.change_bank")
HAS_ACCOUNTS = (Status.OPENING, Status.VISIT, Status.ACTIVE)
"""From here on there is a link that can be mended; only an active account changes a good one."""


class UnableToChangeBank(codes.UnableToSign):
    """A change of the bank is refused; the message is translated and may be shown."""


def ask_to_change_bank(
    *, application: Application, bank: str, card: str, actor: Actor, at: datetime
) -> BankChange:
    """The open change of an account with this bank and card; what is not confirmed is rewritten.

    Args:
        application: locked here, so that of two that ask at once one change comes.
        bank: code of an offered bank.
        card: number, checked for its form by the caller.
        actor: the customer.
        at: the instant.

    Raises:
        UnableToChangeBank: when there is no link to change, one is just being asked for, or the
            account is being closed.
    """
    with transaction.atomic():
        row = lock(application)
        link = _changeable(row)
        if not CustodyBank.objects.filter(code=bank, is_offered=True).exists():
            raise UnableToChangeBank(_("Choose a bank from the list."))
        found = _open_one(row)
        if found and found.status != ChangeStatus.ASKED:
            raise UnableToChangeBank(_("A change is on its way already. Load the page again."))
        linked = link.status == LinkStatus.LINKED
        values: dict[str, Any] = {"bank": bank, "replaces": link.bank if linked else ""}
        change = found or BankChange(application=row, asked_at=at)
        same = (change.bank, change.card, change.replaces) == (bank, card, values["replaces"])
        if found and same:
            return change
        change.bank, change.replaces = values["bank"], values["replaces"]
        change.card, change.code_hash = card, ""  # an earlier code was for another card
        change.save()
        _tell(change, BankChangeAsked, actor, at)
        return change


def send_bank_code(*, change: BankChange, phone: str, language: str, at: datetime) -> None:
    """Send a code that counts for exactly this bank and card; an earlier one stops counting.

    Args:
        change: locked here.
        phone: the customer's number, E.164.
        language: of the message.
        at: the instant.

    Raises:
        UnableToChangeBank: when there is nothing to confirm.
        codes.UnableToSign: when the pause is not over, or too many were sent.
    """
    with transaction.atomic():
        row = _locked(change)
        _refuse_unless_asked(row)
        codes.send_code(row, phone=phone, language=language, at=at, text_key=CODE_TEXT)


def confirm_bank_change(
    *, change: BankChange, code: str, phone: str, actor: Actor, at: datetime
) -> BankChange:
    """The customer confirms with the code; the bank is asked. Twice changes nothing.

    Call it outside a transaction: a wrong code is counted whatever the caller does.

    Args:
        change: locked here, after its application.
        code: as typed.
        phone: the number that the bank knows, E.164.
        actor: the customer.
        at: the instant.

    Raises:
        codes.CodeWrong: wrong or old; after `codes.TRIES_MOST` wrong ones another is needed.
        UnableToChangeBank: when something came in the way meanwhile, or it was taken back.
    """
    with transaction.atomic():
        row = _locked(change)
        if row.status in (ChangeStatus.RUNNING, ChangeStatus.AT_BANK, ChangeStatus.DONE):
            return row
        _refuse_unless_asked(row)
        link = _changeable(row.application)
        if fits := codes.fits(row, code, at):
            row.move_to(ChangeStatus.RUNNING)
            row.confirmed_at, row.code_hash = at, ""
            row.replaces = link.bank if link.status == LinkStatus.LINKED else ""
            row.save()
            _tell(row, BankChangeConfirmed, actor, at)
            _ask(row, link, phone, actor, at)
        else:
            codes.count_wrong(row)
    if not fits:
        raise codes.wrong()
    return row


def take_back_bank_change(*, change: BankChange, actor: Actor, at: datetime) -> BankChange:
    """Give a change up; the bank that keeps the money stays. Twice changes nothing.

    Raises:
        UnableToChangeBank: while the bank is asked, and once it is done.
    """
    with transaction.atomic():
        row = _locked(change)
        if row.status == ChangeStatus.WITHDRAWN:
            return row
        if not row.can_be_taken_back:
            raise UnableToChangeBank(_("The bank has it already."))
        row.move_to(ChangeStatus.WITHDRAWN)
        row.code_hash, row.ended_at = "", at
        row.save()
        _tell(row, BankChangeTakenBack, actor, at)
        return row


def take_relink(
    *, application: Application, result: str, facts: Mapping[str, Any], at: datetime
) -> None:
    """Keep what the bank answered about a change; a second answer changes nothing.

    Args:
        application: locked here.
        result: of the check; empty where nobody answered.
        facts: of `gateways.bank.LinkAnswer`.
        at: the instant.
    """
    with transaction.atomic():
        row = _running(lock(application), ChangeStatus.RUNNING)
        if row is None:
            return
        if result == CheckResult.LINKED:
            _done(row, at)
        elif result == CheckResult.AT_BANK:
            _to_the_bank(row, at)
        else:
            _block(row, _reasons(result, facts), at)


def take_link_state(*, application: Application, bank: str, result: str, at: datetime) -> None:
    """The bank says that the customer finished there, or did not come in time.

    Args:
        application: locked here.
        bank: code of the bank that was asked.
        result: a CheckResult.
        at: the instant.
    """
    with transaction.atomic():
        locked = lock(application)
        row = _running(locked, ChangeStatus.AT_BANK)
        if row is None or row.bank != bank:
            finish_link(application=locked, bank=bank, result=result, at=at)
        elif result == CheckResult.LINKED:
            _done(row, at)
        else:
            _block(row, [Blocker.UNKNOWN], at)


def _reasons(result: str, facts: Mapping[str, Any]) -> Collection[str]:
    if not result:
        return [Blocker.UNANSWERED]
    if result == CheckResult.BLOCKED:
        said = [each for each in facts.get("blockers", ()) if each in Blocker.values]
        return said or [Blocker.UNKNOWN]
    return [Blocker.CARD]  # refused the question itself


def _done(row: BankChange, at: datetime) -> None:
    link = _link(row.application)
    link.move_to(LinkStatus.LINKED)
    was, link.bank, link.status_since = row.replaces, row.bank, at
    link.save()
    row.move_to(ChangeStatus.DONE)
    row.ended_at = at
    row.save()
    _tell(row, BankChanged, ACTOR, at, was=was)


def _to_the_bank(row: BankChange, at: datetime) -> None:
    """Something is left to do there; where no bank was linked, the link waits for this one."""
    row.move_to(ChangeStatus.AT_BANK)
    row.save()
    link = _link(row.application)
    if link.status != LinkStatus.LINKED:
        link.move_to(LinkStatus.AT_BANK)
        link.bank, link.status_since = row.bank, at
        link.save()
    ask_for_the_link(application=row.application, bank=row.bank, at=at)


def _block(row: BankChange, reasons: Collection[str], at: datetime) -> None:
    row.move_to(ChangeStatus.BLOCKED)
    row.blockers, row.ended_at = sorted(map(str, reasons)), at
    row.save()
    link = _link(row.application)
    if (
        link.status == LinkStatus.AT_BANK and link.bank == row.bank
    ):  # a repair that came to nothing
        link.move_to(LinkStatus.REFUSED)
        link.status_since = at
        link.save()
    _tell(row, BankChangeBlocked, ACTOR, at, blockers=tuple(row.blockers))


def _ask(row: BankChange, link: CustodyLink, phone: str, actor: Actor, at: datetime) -> None:
    customer = row.application.customer
    person = Person.of(customer)
    card = CardQuestion(person, row.bank, row.card or "", phone)
    question = LinkQuestion(card, str(link.cash.ref), row.replaces, str(row.ref))
    request_check(
        application=row.application, kind=CheckKind.RELINK, question=question, actor=actor, at=at
    )


def _changeable(row: Application) -> CustodyLink:
    """The link of a locked application, where it may be changed now."""
    link = CustodyLink.objects.select_related("cash").filter(cash__application=row).first()
    if link is None or row.status not in HAS_ACCOUNTS or link.cash.status == CashStatus.CLOSED:
        raise UnableToChangeBank(_("There is no open account whose bank could be changed."))
    if link.status == LinkStatus.REQUESTED:
        raise UnableToChangeBank(
            _("The bank has not answered yet; we tell you as soon as it has.")
        )
    if link.status == LinkStatus.LINKED and row.status != Status.ACTIVE:
        raise UnableToChangeBank(_("Answer the last questions first; then you can change it."))
    if Closing.objects.filter(application=row, status__in=CLOSING_OPEN).exists():
        raise UnableToChangeBank(_("You are closing this account. Take the closing back first."))
    if WatchHit.objects.filter(customer=row.customer_id).freezing().exists():
        raise UnableToChangeBank(_("Nothing can be changed at the moment; ask our service."))
    return link


def _link(application: Application) -> CustodyLink:
    return CustodyLink.objects.select_for_update().get(cash__application=application)


def _open_one(application: Application) -> BankChange | None:
    return BankChange.objects.filter(application=application, status__in=CHANGE_OPEN).first()


def _running(application: Application, status: ChangeStatus) -> BankChange | None:
    rows = BankChange.objects.select_for_update(of=("self",))
    row = rows.filter(application=application, status=status).first()
    if row is not None:
        row.application = application
    return row


def _locked(change: BankChange) -> BankChange:
    """A change as it stands, locked after its application until the transaction ends."""
    application = lock(change.application)
    row = lock_row(BankChange, change.pk)
    row.application = application
    return row


def _refuse_unless_asked(row: BankChange) -> None:
    if row.status != ChangeStatus.ASKED:
        raise UnableToChangeBank(_("There is nothing to confirm any more. Load the page again."))


def _tell(
    row: BankChange, event: type[ChangeEvent], actor: Actor, at: datetime, **facts: Any
) -> None:
    made = event(subject=row.application.ref, change=row.ref, bank=row.bank, **facts)
    record(made, actor=actor, at=at)
