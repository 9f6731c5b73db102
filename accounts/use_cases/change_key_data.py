"""Another name or number on a new document: the police before, the depository after.

The way of the document itself is `renew_document`; two people agree there.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.evidence.states import CheckKind, CheckResult, CheckStatus
from accounts.gateways.base import Person
from accounts.gateways.depository import ChangeQuestion
from accounts.life.events import KeyDataChanged
from accounts.models import DocumentRenewal, OneCodeAccount, OutsideCheck
from accounts.use_cases.outside_checks import check_of, request_check
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


def changed_fields(renewal: DocumentRenewal) -> tuple[str, ...]:
    """Which of name and id_number the new document bears otherwise; empty for neither."""
    customer, given = renewal.application.customer, renewal.answers
    now = {"name": customer.name, "id_number": customer.id_number}
    new = {"name": given.get("new_name"), "id_number": given.get("new_number")}
    return tuple(field for field, value in new.items() if value and value != now[field])


def not_now(renewal: DocumentRenewal) -> str:
    """Why a change of a locked renewal cannot be sent, in words; empty where it can.

    The depository takes one change after the other, of the name or of the number (domain handbook
    3.3): each is told by what stood before it.
    """
    if len(changed_fields(renewal)) > 1:
        return _(
            "Change your name or your number, not both at once. Where both are new, an outlet "
            "helps you."
        )
    told = check_of(renewal.application, CheckKind.KEY_CHANGE)
    if renewal.changes_key_data and told and told.status == CheckStatus.ASKED:
        return _("The depository has not answered about your last change yet. Try again later.")
    return ""


def ask_police(renewal: DocumentRenewal, *, actor: Actor, at: datetime) -> OutsideCheck:
    """Ask the police about the new name and number of a locked renewal."""
    name, number = renewal.wanted
    person = Person(name, renewal.application.customer.id_type or "", number)
    kind = CheckKind.KEY_POLICE
    return request_check(
        application=renewal.application, kind=kind, question=person, actor=actor, at=at
    )


def police_answer(renewal: DocumentRenewal) -> OutsideCheck | None:
    """What the police said of the change, or None where nobody asked."""
    return check_of(renewal.application, CheckKind.KEY_POLICE)


def lacks_police(renewal: DocumentRenewal) -> str:
    """Why nobody can agree to a change yet, in words; empty where the police agree."""
    if not renewal.changes_key_data:
        return ""
    check = police_answer(renewal)
    if check is None or not check.result:
        return _("The police have not answered about the new name and number yet.")
    asked = (check.asks.get("name"), check.asks.get("number"))
    if check.result != CheckResult.MATCH or asked != renewal.wanted:
        return _("The police do not confirm the new name and number. Return it to the customer.")
    return ""


def tell_depository(
    renewal: DocumentRenewal, before: Person, after: Person, *, actor: Actor, at: datetime
) -> None:
    """Record the change, and have the depository learn of it; the one-code account stays."""
    fields = tuple(
        field
        for field, old, new in (
            ("name", before.name, after.name),
            ("id_number", before.number, after.number),
        )
        if old != new
    )
    application = renewal.application
    record(KeyDataChanged(subject=application.ref, fields=fields), actor=actor, at=at)
    account = OneCodeAccount.objects.filter(customer=application.customer_id).first()
    if account is None or not account.number:
        return
    question = ChangeQuestion(before, after, account.number)
    request_check(
        application=application,
        kind=CheckKind.KEY_CHANGE,
        question=question,
        actor=actor,
        at=at,
    )
