"""An active customer declares a changed tax residence: filled in, signed with a code."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.dated import us_signs
from accounts.gateways import Person
from accounts.models import Application, TaxDeclaration
from accounts.rules.sections import lacking
from accounts.rules.tax import contradictions
from accounts.signing import codes
from accounts.signing.typesetting import cannot_print
from accounts.states import Status, Step
from accounts.tax_changes.dated import change_terms
from accounts.tax_changes.events import DeclarationEvent, TaxDeclarationCounts, TaxDeclared
from accounts.tax_changes.selectors import tax_answers
from accounts.tax_changes.states import DECLARATION_OPEN, DeclarationStatus
from accounts.use_cases.look_again import told_elsewhere
from accounts.use_cases.writing import lock
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

CODE_TEXT = "accounts.code.tax"
ANEW = ("asked", "declares", "explanation", "form_version")
"""What a new declaration does not take over from the one before: it is said again."""


class UnableToDeclare(codes.UnableToSign):
    """A declaration is refused; the message is translated and may be shown."""


def begin_declaration(*, application: Application, at: datetime) -> TaxDeclaration:
    """The open declaration of an account: the one there is, or one with what is declared now.

    Args:
        application: locked here, so that two devices begin one.
        at: the instant.

    Raises:
        UnableToDeclare: when the account is not active.
    """
    with transaction.atomic():
        row = lock(application)
        _refuse_unless_active(row)
        rows = TaxDeclaration.objects.filter(application=row, status__in=DECLARATION_OPEN)
        if found := rows.first():
            return found
        known = {name: said for name, said in tax_answers(row).items() if name not in ANEW}
        values = json.dumps(known, ensure_ascii=False)
        return TaxDeclaration.objects.create(application=row, values=values, begun_at=at)


def save_declaration(
    *,
    declaration: TaxDeclaration,
    values: Mapping[str, Any],
    changed_on: date | None,
    version: int,
) -> TaxDeclaration:
    """Keep what was filled in; a code that was sent for earlier words counts no more.

    Args:
        declaration: locked here.
        values: answers by the names of the tax step.
        changed_on: since when it is so.
        version: as the page showed it.

    Raises:
        UnableToDeclare: when it is signed, or another device wrote meanwhile.
    """
    with transaction.atomic():
        row = locked(declaration)
        _refuse_unless_draft(row)
        if row.version != version:
            raise UnableToDeclare(
                _("Somebody changed this on another device meanwhile. Nothing was overwritten.")
            )
        row.values = json.dumps({**row.answers, **values}, ensure_ascii=False)
        row.changed_on, row.declaration, row.code_hash = changed_on, None, ""
        row.version += 1
        row.save()
        return row


def drop_declaration(*, declaration: TaxDeclaration) -> None:
    """The customer gives up what they never signed; nothing of it is kept."""
    with transaction.atomic():
        row = locked(declaration)
        _refuse_unless_draft(row)
        row.delete()


def send_tax_code(*, declaration: TaxDeclaration, language: str, at: datetime) -> None:
    """Send a code that counts for exactly the words that are kept now.

    Args:
        declaration: locked here.
        language: of the message.
        at: the instant.

    Raises:
        UnableToDeclare: when something is missing, nothing differs from what counts now, or
            something meanwhile does not fit together.
        codes.UnableToSign: when the pause is not over, or too many were sent.
    """
    with transaction.atomic():
        row = locked(declaration)
        _refuse_unless_draft(row)
        _refuse_unless_active(row.application)
        _refuse_unless_whole(row, at)
        if row.declaration is None:
            row.declaration = _copy(row)
            row.save(update_fields=["declaration"])
        phone = row.application.customer.phone
        codes.send_code(row, phone=phone, language=language, at=at, text_key=CODE_TEXT)


def sign_declaration(
    *, declaration: TaxDeclaration, code: str, actor: Actor, at: datetime
) -> TaxDeclaration:
    """The customer signs with the code. It counts at once, unless something had to be explained.

    Twice changes nothing. Call it outside a transaction: a wrong code is counted whatever the
    caller does.

    Args:
        declaration: locked here, after its application.
        code: as typed.
        actor: the customer.
        at: the instant.

    Raises:
        codes.CodeWrong: wrong or old.
        UnableToDeclare: when something came in the way meanwhile.
    """
    from accounts.tax_changes.tasks import seal_declaration  # tasks call use cases

    with transaction.atomic():
        row = locked(declaration)
        if row.signed_at is not None:
            return row
        _refuse_unless_active(row.application)
        if fits := row.declaration is not None and codes.fits(row, code, at):
            _sign(row, actor, at)
            seal_declaration.defer(ref=str(row.ref))
        else:
            codes.count_wrong(row)
    if not fits:
        raise codes.wrong()
    return row


def put_in_force(row: TaxDeclaration, actor: Actor, at: datetime) -> None:
    """It counts from now on, and the one before ends; both rows are locked, and saved here."""
    rows = TaxDeclaration.objects.select_for_update().counting()
    before = rows.filter(application=row.application).first()
    if before is not None:
        before.move_to(DeclarationStatus.REPLACED)
        before.counts_to = at
        before.save(update_fields=["status", "counts_to"])
    row.move_to(DeclarationStatus.COUNTS)
    row.counts_from = at
    row.save()
    tell(row, TaxDeclarationCounts, actor, at, replaces=before.ref if before else None)


def tell(
    row: TaxDeclaration,
    event: type[DeclarationEvent],
    actor: Actor,
    at: datetime,
    *,
    rule_version: str = "",
    **facts: Any,
) -> None:
    """Record what happened to a declaration."""
    made = event(subject=row.application.ref, declared=row.ref, **facts)
    record(made, actor=actor, at=at, rule_version=rule_version)


def locked(declaration: TaxDeclaration) -> TaxDeclaration:
    """A declaration as it stands, locked after its application until the transaction ends."""
    application = lock(declaration.application)
    row = lock_row(TaxDeclaration, declaration.pk)
    row.application = application
    return row


def _sign(row: TaxDeclaration, actor: Actor, at: datetime) -> None:
    assert row.changed_on is not None, "a code is sent for what is whole"
    terms = change_terms(business_date(at))
    row.signed_at, row.code_hash = at, ""
    row.signer = json.dumps(asdict(Person.of(row.application.customer)), ensure_ascii=False)
    row.explained = bool(row.answers.get("asked"))
    row.late, row.rule_version = terms.is_late(row.changed_on, business_date(at)), terms.version
    facts = {"fingerprint": row.fingerprint, "explained": row.explained, "late": row.late}
    tell(row, TaxDeclared, actor, at, rule_version=terms.version, **facts)
    if row.explained:
        row.move_to(DeclarationStatus.SIGNED)
        row.save()
    else:
        put_in_force(row, actor, at)


def _copy(row: TaxDeclaration) -> str:
    """What is signed: the answers, since when, of which account; see `signing.declaration`."""
    assert row.changed_on is not None, "it is whole"
    copy = {
        "salt": secrets.token_hex(16),
        "application": str(row.application.ref),
        "changed_on": row.changed_on.isoformat(),
        "answers": row.answers,
    }
    return json.dumps(copy, ensure_ascii=False, sort_keys=True)


def _refuse_unless_whole(row: TaxDeclaration, at: datetime) -> None:
    answers, on = row.answers, business_date(at)
    if row.changed_on is None or lacking(Step.TAX, answers):
        raise UnableToDeclare(_("Fill in everything first."))
    if not _differs(answers, tax_answers(row.application)):
        raise UnableToDeclare(
            _("You have declared exactly this already; there is nothing to sign.")
        )
    found = contradictions(answers, told_elsewhere(row.application), us_signs(on) or ())
    if {str(each) for each in found} - set(answers.get("asked") or []):
        raise UnableToDeclare(_("Something does not fit together any more. Save the form again."))
    if refusal := cannot_print(row.application.customer.name):
        raise UnableToDeclare(refusal)


def _differs(now: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    told = [
        {name: said for name, said in each.items() if said and name not in ANEW}
        for each in (now, before)
    ]
    return told[0] != told[1]


def _refuse_unless_active(row: Application) -> None:
    if row.status != Status.ACTIVE or row.customer.closed_at is not None:
        raise UnableToDeclare(_("First your account has to be active."))


def _refuse_unless_draft(row: TaxDeclaration) -> None:
    if row.status != DeclarationStatus.DRAFT:
        raise UnableToDeclare(_("There is nothing to sign any more. Load the page again."))
