"""Read, sign, seal: the agreements of an application from the first page to the signed file."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.evidence.events import PackPresented, PackSealed, PackSigned
from accounts.evidence.states import CheckKind, CheckResult, CheckStatus, PackStatus
from accounts.facts import forget
from accounts.files import AGREEMENT
from accounts.gateways import Person
from accounts.models.application import Application
from accounts.models.checks import OutsideCheck
from accounts.models.signing import Pack, PackDocument
from accounts.papers.kinds import CARD, paper_of, person_of
from accounts.papers.selectors import counting_sighting
from accounts.signing import codes
from accounts.signing.authority import Subject
from accounts.signing.codes import UnableToSign
from accounts.signing.declaration import declare, digest
from accounts.signing.filing import CannotFileYet, Signed, make_signed
from accounts.signing.packs import (
    documents_of,
    keep_new,
    lock_pack,
    lock_signed,
    pack_of,
    section_with,
)
from accounts.signing.page import pack_data
from accounts.signing.texts import fingerprint, texts_at
from accounts.signing.typesetting import cannot_print
from accounts.states import Status, Step
from accounts.use_cases.timing import time_of
from brokerage.core.jobs import enqueuing, left_to_caller
from brokerage.core.locking import lock_row
from brokerage.core.saving import Write, write_of
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

CODE_TEXT = "accounts.code.sign"
ACTOR = Actor.system("accounts.signing")


def present_pack(
    *,
    application: Application,
    language: str,
    actor: Actor,
    at: datetime,
    shown: bool = False,
) -> Pack:
    """The pack that the customer reads: the one there is, or a new one where texts changed.

    Args:
        application: locked here.
        language: zh-hans or en; the customer signs what they read.
        actor: who opens it.
        at: now; decides which versions are in force.
        shown: whether the first text of a new pack is shown at once.

    Returns:
        The pack; `documents_of` tells its texts.
    """
    texts = texts_at(at, language)
    pack = Pack(
        application=application,
        language=language,
        fingerprint=fingerprint(texts),
        presented_at=at,
    )
    first = texts[0] if shown and texts else None
    with transaction.atomic():
        while not keep_new(pack, texts, first):
            lock_row(Application, application.pk)
            before = pack_of(application)
            if before and not _is_replaced(before, pack):
                return before
            if before:
                before.move_to(PackStatus.SUPERSEDED)
                before.save(update_fields=["status"])
        record(
            PackPresented(
                subject=application.ref,
                pack=pack.ref,
                texts=tuple(f"{text.key} {text.version}" for text in texts),
                fingerprint=pack.fingerprint,
                language=language,
            ),
            actor=actor,
            at=at,
        )
        return pack


SUPERSEDE = """
UPDATE accounts_pack SET status = %s WHERE application_id = %s AND status = ANY(%s) RETURNING id
"""


def reopen_agreements(*, application: Application) -> list[Write]:
    """Let a signature count no more: its signer or the tax declaration was corrected.

    The customer signs again.

    Args:
        application: locked, and saved by the caller. The earlier pack and its file stay.

    Returns:
        What the caller writes along with the application.
    """
    if application.status == Status.RETURNED and lock_signed(application):
        steps = {*application.returned_steps, Step.AGREEMENTS.value}
        application.returned_steps = [step.value for step in Step if step.value in steps]
    signed = [PackStatus.SIGNED.value, PackStatus.SEALED.value]
    values = (PackStatus.SUPERSEDED.value, application.pk, signed)
    return [Write(SUPERSEDE, values, partial(_look_anew, application))]


def _look_anew(application: Application, pack: int | None) -> None:
    if pack is not None:
        forget(application)


def open_document(*, document: PackDocument, at: datetime) -> PackDocument:
    """Note when a text was first shown; later openings change nothing."""
    if PackDocument.objects.filter(pk=document.pk, opened_at=None).update(opened_at=at):
        document.opened_at = at
    else:
        document.refresh_from_db(fields=["opened_at", "read_at"])
    return document


# Of two devices the first one's instants stay.
READ_ON = """
UPDATE accounts_packdocument
SET read_at = CASE WHEN id = %(read)s::bigint
        THEN coalesce(read_at, %(at)s::timestamptz) ELSE read_at END,
    opened_at = CASE WHEN id = %(shown)s::bigint
        THEN coalesce(opened_at, %(at)s::timestamptz) ELSE opened_at END
WHERE id IN (%(read)s::bigint, %(shown)s::bigint)
"""


def finish_document(
    *, document: PackDocument, at: datetime, following: PackDocument | None = None
) -> PackDocument:
    """Note that a text was read: by the clock of the server, not of the browser.

    Args:
        document: as it stands now.
        at: now.
        following: the text that is shown next, which counts as opened by the same statement.

    Raises:
        UnableToSign: when it was open for less than its shortest reading time.
    """
    was_shown = following is None or following.opened_at is not None
    if document.read_at and was_shown:
        return document
    least = timedelta(seconds=document.text.least_seconds)
    if document.opened_at is None or at - document.opened_at < least:
        raise UnableToSign(_("Take your time: please read this text to its end."))
    shown = following.pk if following else None
    with connection.cursor() as cursor:
        cursor.execute(READ_ON, {"read": document.pk, "shown": shown, "at": at})
    document.read_at = document.read_at or at
    if following:
        following.opened_at = following.opened_at or at
    return document


def send_signing_code(
    *, application: Application, phone: str, language: str, at: datetime
) -> Pack:
    """Send a code that is valid for exactly the current pack; an earlier one stops counting.

    Args:
        application: whose pack is locked here.
        phone: the customer's number, E.164.
        language: of the message.
        at: now.

    Raises:
        UnableToSign: when a text was not read, the pause is not over, or too many were sent.
    """
    with transaction.atomic():
        row = _locked(application)
        _refuse_unless_read(row)
        codes.send_code(row, phone=phone, language=language, at=at, text_key=CODE_TEXT)
        return row


def sign_pack(
    *,
    application: Application,
    code: str,
    actor: Actor,
    at: datetime,
    signer: Person | None = None,
) -> Pack:
    """The customer signs: the code fits this pack. The sealed file follows in the worker.

    Call it outside a transaction: a wrong code is counted whatever the caller does.

    Args:
        application: whose current pack is locked here.
        code: as typed.
        actor: the customer.
        at: now.
        signer: name and document, where they do not stand in the step about the document. The
            police check must match exactly these.

    Raises:
        CodeWrong: wrong or old; after TRIES_MOST wrong ones another code is needed.
        UnableToSign: when there is nothing to sign any more, or no file could show the name.
    """
    with transaction.atomic():
        row = _locked(application)
        if row.status in (PackStatus.SIGNED, PackStatus.SEALED):
            return row
        signer = signer or _signer(row)
        if refusal := cannot_print(signer.name):
            raise UnableToSign(refusal)
        _refuse_unless_read(row)
        if fits := codes.fits(row, code, at):
            _sign(row, signer, actor, at)
        else:
            codes.count_wrong(row)
    if not fits:
        raise codes.wrong()
    return row


def _sign(row: Pack, signer: Person, actor: Actor, at: datetime) -> None:
    from accounts.evidence.tasks import seal_in_turn  # tasks call use cases

    with left_to_caller() as jobs:
        seal_in_turn.defer(ref=str(row.ref))
    timed = time_of(Step.AGREEMENTS, since=row.presented_at, at=at, typed=1)
    row.move_to(PackStatus.SIGNED)
    row.signer = json.dumps(asdict(signer), ensure_ascii=False)
    row.signed_at, row.code_hash = at, ""
    row.declaration = declare(section_with(row, Step.TAX))
    signed = write_of(row, ["status", "signer", "signed_at", "code_hash", "declaration"])
    record(
        PackSigned(
            subject=row.application.ref,
            pack=row.ref,
            fingerprint=row.fingerprint,
            declaration=digest(row.declaration) if row.declaration else "",
        ),
        actor=actor,
        at=at,
        rows=[signed, enqueuing(jobs), *([write_of(timed)] if timed else [])],
    )


def _signer(pack: Pack) -> Person:
    """Name and document as the customer gave them."""
    section = section_with(pack, Step.IDENTITY)
    return person_of(section.answers if section else {})


def seal_pack(*, pack: Pack, at: datetime) -> Pack:
    """Make the signed file, once the police check has confirmed the signer. Not in a transaction.

    Waits (`problem`) while the identity is not confirmed, the authority does not answer, or the
    font lacks a character of the name; the job comes back, and staff see what it waits for.
    """
    row = Pack.objects.select_related("application__customer").get(pk=pack.pk)
    if row.status != PackStatus.SIGNED:
        return row
    signer = Person(**json.loads(row.signer or "{}"))
    if not _is_confirmed(row, signer):
        return _waits(row, "identity")
    try:
        signed = _file_of(row, signer, at)
    except CannotFileYet as problem:
        return _waits(row, str(problem))
    file = files.store(
        upload=io.BytesIO(signed.pdf),
        purpose=AGREEMENT,
        owner_ref=row.application.ref,
        actor=ACTOR,
        at=at,
    )
    with transaction.atomic():
        fresh = lock_row(Pack, row.pk)
        if fresh.status == PackStatus.SIGNED:
            fresh.move_to(PackStatus.SEALED)
            fresh.file_ref, fresh.file_sha256, fresh.problem = file.ref, file.sha256, ""
            fresh.certificate_serial, fresh.sealed_at = signed.serial, at
            fresh.certificate = signed.certificate
            fresh.save()
            record(
                PackSealed(
                    subject=row.application.ref,
                    pack=row.ref,
                    file=file.ref,
                    file_hash=file.sha256,
                    certificate=signed.serial,
                ),
                actor=ACTOR,
                at=at,
            )
            return fresh
    # another worker was quicker: its file counts, this one goes
    files.dispose(file=file, actor=ACTOR, at=at, reason="made twice")
    return fresh


def _file_of(pack: Pack, signer: Person, at: datetime) -> Signed:
    """The file under the customer's certificate, or the scan of what was signed by hand."""
    from accounts.use_cases.seal_paper import make_sealed_scan  # signing by hand knows this module

    if pack.on_paper:
        return make_sealed_scan(pack, at=at)
    return make_signed(
        lambda serial: pack_data(pack, signer, serial=serial),
        subject=Subject(name=signer.name, reference=str(pack.application.customer.ref)),
        key=pack.ref,
        at=at,
    )


def _is_confirmed(pack: Pack, signer: Person) -> bool:
    """Whether the police check matched exactly the signer, or somebody saw this very original."""
    section = pack.application.sections.filter(step=Step.IDENTITY).first()
    answers = section.answers if section else {}
    if answers and paper_of(answers) != CARD:
        seen = counting_sighting(pack.application, answers) is not None
        return seen and person_of(answers) == signer
    check = (
        OutsideCheck.objects.current()
        .filter(
            application=pack.application_id,
            kind=CheckKind.IDENTITY,
            status=CheckStatus.ANSWERED,
            result=CheckResult.MATCH,
        )
        .first()
    )
    return check is not None and check.asks == asdict(signer)


def _waits(pack: Pack, problem: str) -> Pack:
    Pack.objects.filter(pk=pack.pk, status=PackStatus.SIGNED).update(problem=problem[:60])
    pack.refresh_from_db()
    return pack


def _is_replaced(before: Pack, pack: Pack) -> bool:
    """Whether a current pack gives way to another one: nothing is signed, and texts changed."""
    return before.status == PackStatus.PRESENTED and before.fingerprint != pack.fingerprint


def _locked(application: Application) -> Pack:
    pack = lock_pack(application)
    if pack is None:
        raise UnableToSign(_("Read all texts first."))
    return pack


def _refuse_unless_read(pack: Pack) -> None:
    if pack.status != PackStatus.PRESENTED:
        raise UnableToSign(_("These agreements are signed, or there are newer ones."))
    if not all(document.read_at for document in documents_of(pack)):
        raise UnableToSign(_("Read all texts first."))
