"""Read the risk, hear the opinion, sign: the customer's last steps."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.gateways import Person
from accounts.models import PermissionApplication
from accounts.permissions.dated import review_terms
from accounts.permissions.events import PermissionSigned, RiskRead
from accounts.permissions.hard_stops import age_of
from accounts.permissions.rules import needs_people
from accounts.permissions.selectors import disclosure_of, item_of, still_stands
from accounts.permissions.states import CaseRefusal, CaseStatus, ReviewRoute
from accounts.permissions.use_cases.reporting import begin_report
from accounts.permissions.use_cases.sealing import written
from accounts.permissions.use_cases.steps import (
    UnableToGoOn,
    lock_case,
    may_go_on,
    move,
    refuse,
    tell,
)
from accounts.permissions.wording import label_in
from accounts.signing import codes
from accounts.signing.typesetting import cannot_print
from brokerage.core.clock import business_date
from brokerage.customers.models import Kind as CustomerKind
from brokerage.journal.actors import Actor
from suitability.models import InsistCase, MatchRecord, Outcome
from suitability.selectors.permissions import permissions_on
from suitability.states import InsistStatus
from suitability.use_cases.matching import UnableToMatch, decide_match

CODE_TEXT = "accounts.code.permission"


def open_text(*, case: PermissionApplication, language: str, at: datetime) -> None:
    """The customer opens the disclosure in their language; its shortest time begins."""
    with transaction.atomic():
        row = lock_case(case)
        if row.status != CaseStatus.DISCLOSURE or row.text_opened_at:
            return
        for each in permissions_on(business_date(at), row.key):
            person = row.customer.kind != CustomerKind.ORGANISATION
            wanted = each.rule.persons if person else each.rule.organisations
            row.text = disclosure_of(wanted, at, language) or row.text
        row.text_opened_at = at
        row.save()


def finish_text(*, case: PermissionApplication, actor: Actor, at: datetime) -> None:
    """The disclosure was read; the matching opinion follows at once and is kept.

    Raises:
        UnableToGoOn: before its shortest time, by our clock, or when nothing is to be read.
    """
    with transaction.atomic():
        row = lock_case(case)
        if row.status != CaseStatus.DISCLOSURE or row.text_opened_at is None or row.text is None:
            raise UnableToGoOn(_("There is nothing to read now."))
        least = timedelta(seconds=row.text.least_seconds)
        if at < row.text_opened_at + least:
            raise UnableToGoOn(
                _("That was quick. Read it for at least {seconds} seconds.").format(
                    seconds=row.text.least_seconds
                )
            )
        row.text_read_at = at
        opinion = _opinion(row, actor, at)
        row.opinion_ref = opinion.ref
        tell(
            RiskRead,
            row,
            actor=actor,
            at=at,
            text=f"{row.text.key} {row.text.version}",
            opinion=opinion.ref,
        )
        if opinion.outcome == Outcome.MATCH:
            move(row, CaseStatus.SIGNING, at)
        elif opinion.outcome == Outcome.INSIST:
            move(row, CaseStatus.OPINION, at)
        else:
            refuse(row, CaseRefusal.OPINION, at)


def go_on_after_insisting(*, case: PermissionApplication, at: datetime) -> None:
    """The customer insisted on what does not suit them, and confirmed it again today.

    Raises:
        UnableToGoOn: while that is not done.
    """
    with transaction.atomic():
        row = lock_case(case)
        insisted = InsistCase.objects.filter(
            record__ref=str(row.opinion_ref), status=InsistStatus.CONFIRMED
        ).first()
        if row.status != CaseStatus.OPINION or insisted is None or insisted.confirmed_at is None:
            raise UnableToGoOn(_("First confirm that you insist on it."))
        if business_date(insisted.confirmed_at) != business_date(at):
            raise UnableToGoOn(_("That was confirmed on another day and counts no more."))
        move(row, CaseStatus.SIGNING, at)


def send_code(*, case: PermissionApplication, language: str, at: datetime) -> None:
    """Send the code for exactly this text, evidence and opinion.

    Raises:
        UnableToSign: see `signing.codes.send_code`.
        UnableToGoOn: when nothing is to be signed, or a hard stop is in the way; the application
            stays where it is, and can be signed once that is mended.
    """
    with transaction.atomic():
        row = lock_case(case)
        if row.status != CaseStatus.SIGNING:
            raise UnableToGoOn(_("There is nothing to sign now."))
        if refusal := cannot_print(row.customer.name):
            raise UnableToGoOn(refusal)
        may_go_on(row, at)
        row.fingerprint = fingerprint(row)
        row.save(update_fields=["fingerprint"])
        codes.send_code(
            row,
            phone=row.customer.phone,
            language=language,
            at=at,
            text_key=CODE_TEXT,
            words={"permission": label_in(row.key, business_date(at))[language]},
        )


def sign(*, case: PermissionApplication, code: str, actor: Actor, at: datetime) -> None:
    """Sign with the code; class, assessment and account are looked at once more.

    Call it outside a transaction: a wrong code is counted whatever the caller does.

    Raises:
        CodeWrong: wrong or old.
        UnableToGoOn: when nothing is to be signed, or a hard stop is in the way; the application
            stays where it is, and can be signed once that is mended.
    """
    with transaction.atomic():
        row = lock_case(case)
        if row.status != CaseStatus.SIGNING:
            raise UnableToGoOn(_("There is nothing to sign now."))
        may_go_on(row, at)
        good = row.fingerprint == fingerprint(row) and codes.fits(row, code, at)
        if not good:
            codes.count_wrong(row)
        else:
            _signed(row, actor, at)
    if not good:
        raise codes.wrong()


def fingerprint(case: PermissionApplication) -> str:
    """SHA-256 over what is signed, line by line."""
    return hashlib.sha256("\n".join(signed_parts(case)).encode()).hexdigest()


def signed_parts(case: PermissionApplication) -> list[str]:
    """What is signed: the text, the rule, the evidence, the opinion and the test."""
    assert case.text is not None
    parts = (
        case.text.key,
        case.text.version,
        case.text.sha256,
        case.rule_version,
        case.evidence_ref or "",
        case.first_trade or "",
        case.opinion_ref,
        *((case.test_ref,) if case.test_ref else ()),  # signatures of before have no such line
    )
    return [str(part) for part in parts]


def _signed(row: PermissionApplication, actor: Actor, at: datetime) -> None:
    from accounts.permissions.tasks import seal_permission  # tasks call use cases

    on = business_date(at)
    # the assets are frozen evidence of the first day; class and assessment are those of now
    if not still_stands(row.customer, row.key, on):
        refuse(row, CaseRefusal.CONDITIONS, at)
        return
    terms = review_terms(on)
    row.signed_at, row.code_hash = at, ""
    row.signer = written(Person.of(row.customer))
    row.route_rule = terms.version
    by_hand = needs_people(row.key, age_of(row.customer, on), terms)
    row.route = ReviewRoute.HAND if by_hand else ReviewRoute.RULE
    tell(
        PermissionSigned,
        row,
        actor=actor,
        at=at,
        rule_version=terms.version,
        fingerprint=row.fingerprint,
    )
    if by_hand:
        move(row, CaseStatus.REVIEW, at)
    else:
        begin_report(row, at)
    seal_permission.defer(ref=str(row.ref))


def _opinion(row: PermissionApplication, actor: Actor, at: datetime) -> MatchRecord:
    item = item_of(row.key)
    assert row.text is not None
    try:
        if item is None:
            raise UnableToMatch(_("This permission cannot be applied for here yet."))
        return decide_match(
            customer=row.customer,
            item=item,
            language=row.text.language,
            actor=actor,
            at=at,
            met=frozenset(item.requirements),
        )
    except UnableToMatch as refusal:
        raise UnableToGoOn(str(refusal)) from refusal
