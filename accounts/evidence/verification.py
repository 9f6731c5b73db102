"""Checking the evidence of one application offline: nothing is asked of anybody.

Each part recomputes what was recorded (hashes of texts and files, the signature, who decided) and
compares it with the journal, whose own chain is checked for the application's entries.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from accounts.consents import NEEDED, PURPOSES_OF_OPENING
from accounts.evidence.chain import broken_entries
from accounts.evidence.declarations import files_of_declarations, lacks_of_declarations
from accounts.evidence.events import PackSigned
from accounts.evidence.markets import files_of_markets, lacks_of_markets
from accounts.evidence.paper import files_of_paper, lacks_of_paper
from accounts.evidence.states import (
    CheckKind,
    CheckResult,
    PackStatus,
    WitnessingMode,
    WitnessingStatus,
)
from accounts.models import Application, OutsideCheck, Pack, Pin, PinKind, Witnessing
from accounts.on_paper.events import PackSignedOnPaper
from accounts.on_paper.page import SEAL
from accounts.papers.kinds import CARD
from accounts.papers.selectors import counting_sighting
from accounts.review.replay import replay
from accounts.signing import sealing
from accounts.signing.authority import authority, common_name
from accounts.signing.declaration import answers_of, digest
from accounts.signing.texts import fingerprint, text_hash
from accounts.states import ACCEPTED, Step
from accounts.use_cases.photos import pictures_of
from brokerage.customers.models import Consent
from brokerage.customers.use_cases.load_consent_texts import text_hash as consent_hash
from brokerage.files import api as files
from brokerage.journal.models import Entry
from brokerage.reference.models import Rule

SUBJECT = "accounts.application"
CHUNK = 256 * 1024


@dataclass(frozen=True)
class Finding:
    """Something that is missing or not as it was recorded.

    Attributes:
        part: consents, photos, identity, face, assessment, recording, agreements, markets, taxes,
            passwords, review or journal; of a permission assets, tests, disclosure, signature,
            review or journal.
        problem: one word.
        detail: which object, by public ref.
    """

    part: str
    problem: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.part}: {self.problem} {self.detail}".rstrip()


def verify(application: Application) -> list[Finding]:
    """Everything that does not agree, part by part; empty for complete evidence."""
    return [finding for part in PARTS for finding in part(application)]


def missing_evidence(application: Application) -> list[str]:
    """What an active account would lack: the words of the database's own rule (migration 0006).

    Quick, and looks at rows only; `verify` opens files and checks what they say.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_missing_evidence(%s)", [application.pk])
        return list(cursor.fetchone()[0])


def _consents(application: Application) -> Iterator[Finding]:
    """Each purpose was agreed to before the application was sent, on a text that stayed."""
    sent = application.submitted_at
    held: set[str] = set()
    rows = Consent.objects.filter(customer=application.customer_id).select_related(
        "text", "customer"
    )
    for row in rows:
        if sent and row.given_at <= sent and (row.withdrawn_at is None or row.withdrawn_at > sent):
            held.add(row.purpose)
            if row.purpose in PURPOSES_OF_OPENING and not _agreed(row):
                yield Finding("consents", "not_in_journal", str(row.ref))
        if row.text.sha256 != consent_hash(row.text.title, row.text.body):
            yield Finding("consents", "text_changed", str(row.ref))
    needed = NEEDED if application.without_face else PURPOSES_OF_OPENING
    for purpose in needed:
        if purpose not in held:
            yield Finding("consents", "missing", purpose)


def _agreed(row: Consent) -> bool:
    """Whether the journal has this agreement on this very text."""
    rows = Entry.objects.filter(
        subject_type="customers.customer",
        subject_ref=row.customer.ref,
        kind="customers.consent_given",
        payload__purpose=row.purpose,
        payload__text_sha256=row.text.sha256,
    )
    return rows.exists()


def _photos(application: Application) -> Iterator[Finding]:
    """The pictures of the document are those that were sent, byte by byte."""
    pictures = pictures_of(application)
    if not pictures:
        yield Finding("photos", "missing")
        return
    told = Entry.objects.filter(
        subject_type=SUBJECT, subject_ref=application.ref, kind="accounts.documents_sent"
    ).order_by("version")
    last = told.last()
    sent = dict[str, tuple[str, str]]()
    for line in last.payload["pictures"] if last else ():
        name, ref, sha256 = line.split(" ")
        sent[name] = (ref, sha256)
    for name, file in pictures.items():
        ref, sha256 = sent.get(name, ("", ""))
        if ref != str(file):
            yield Finding("photos", "not_in_journal", str(file))
        else:
            yield from broken_file("photos", file, sha256)


def _face(application: Application) -> Iterator[Finding]:
    """What was not compared, or did not agree, was looked at by people."""
    if application.paper != CARD or application.without_face or not application.submitted_at:
        return
    rows = OutsideCheck.objects.current().filter(application=application, kind=CheckKind.FACE)
    found = rows.first()
    if found is None or found.result != CheckResult.SAME:
        if application.decided_by_id is None:
            yield Finding("face", "missing" if found is None else "not_confirmed")
    elif found.facts.get("result") != found.result:
        yield Finding("face", "answer_changed", str(found.ref))
    elif not _told(application, "accounts.check_answered", check=found.ref, result=found.result):
        yield Finding("face", "not_in_journal", str(found.ref))


def _identity(application: Application) -> Iterator[Finding]:
    if application.paper != CARD:
        yield from _original(application)
        return
    check = OutsideCheck.objects.current().filter(application=application, kind=CheckKind.IDENTITY)
    found = check.first()
    if found is None:
        yield Finding("identity", "missing")
    elif found.result != CheckResult.MATCH:
        yield Finding("identity", "not_confirmed", str(found.ref))
    elif found.facts.get("result") != found.result:
        yield Finding("identity", "answer_changed", str(found.ref))
    elif not _answered(application, found):
        yield Finding("identity", "not_in_journal", str(found.ref))


def _answered(application: Application, check: OutsideCheck) -> bool:
    """Whether the journal has the answer: of this application, or of the one it came from."""
    facts = {"check": check.ref, "result": check.result}
    if _told(application, "accounts.check_answered", **facts):
        return True
    carried = Entry.objects.filter(
        subject_type=SUBJECT,
        subject_ref=application.ref,
        kind="accounts.check_carried_over",
        payload__check=str(check.ref),
        payload__result=check.result,
    ).first()
    if carried is None:
        return False
    return Entry.objects.filter(
        subject_type=SUBJECT,
        kind="accounts.check_answered",
        payload__check=carried.payload["before"],
        payload__result=check.result,
    ).exists()


def _registered(application: Application) -> Iterator[Finding]:
    """What the registry of enterprises answered about an organisation, where it was asked."""
    checks = OutsideCheck.objects.current().filter(application=application)
    found = checks.filter(kind=CheckKind.REGISTRY).exclude(result="").first()
    if found is None:
        return
    if found.result == CheckResult.ENDED:
        yield Finding("identity", "out_of_business", str(found.ref))
    if found.facts.get("result", found.result) != found.result:
        yield Finding("identity", "answer_changed", str(found.ref))
    elif not _told(application, "accounts.check_answered", check=found.ref, result=found.result):
        yield Finding("identity", "not_in_journal", str(found.ref))


def _original(application: Application) -> Iterator[Finding]:
    """Of a paper that no register knows: somebody held this very original."""
    yield from _registered(application)
    seen = counting_sighting(application)
    if seen is None:
        yield Finding("identity", "original_not_seen")
        return
    facts = {"sighting": seen.ref, "paper": seen.paper}
    if not _told(application, "accounts.original_seen", **facts):
        yield Finding("identity", "not_in_journal", str(seen.ref))
    if seen.seen_by_id in (application.recommended_by_id, application.decided_by_id):
        yield Finding("identity", "seen_by_its_reviewer", str(seen.ref))


def _assessment(application: Application) -> Iterator[Finding]:
    paper = application.assessment
    if paper is None or paper.confirmed_at is None:
        yield Finding("assessment", "missing")
    elif application.submitted_at and paper.confirmed_at > application.submitted_at:
        yield Finding("assessment", "later_than_application", str(paper.ref))


def _recording(application: Application) -> Iterator[Finding]:
    made = Witnessing.objects.current().filter(application=application).first()
    if made is None or made.status != WitnessingStatus.COMPLETE:
        yield Finding("recording", "missing" if made is None else "incomplete")
        return
    if made.mode not in application.modes_that_count:
        yield Finding("recording", "other_mode", str(made.ref))
    if made.mode == WitnessingMode.PRESENT:
        yield from _in_person(application, made)
    for chapter in made.chapters.all():
        if chapter.file_ref is None:
            yield Finding("recording", "incomplete", str(chapter.ref))
            continue
        yield from broken_file("recording", chapter.file_ref, chapter.file_sha256)
        facts = {"file": chapter.file_ref, "file_hash": chapter.file_sha256}
        if not _told(application, "accounts.chapter_kept", **facts):
            yield Finding("recording", "not_in_journal", str(chapter.ref))


def _in_person(application: Application, made: Witnessing) -> Iterator[Finding]:
    """Two different people said so, and neither of them reviewed it."""
    told = Entry.objects.filter(
        subject_type=SUBJECT,
        subject_ref=application.ref,
        kind="accounts.person_confirmed",
        payload__witnessing=str(made.ref),
    )
    people = {made.witness, made.second_witness}
    if not {each.ref for each in people if each} <= set(told.values_list("actor_ref", flat=True)):
        yield Finding("recording", "not_in_journal", str(made.ref))
    deciders = {application.recommended_by_id, application.decided_by_id}
    if deciders & {made.witness_id, made.second_witness_id}:
        yield Finding("recording", "confirmed_by_its_reviewer", str(made.ref))


def _agreements(application: Application) -> Iterator[Finding]:
    pack = Pack.objects.current().filter(application=application).first()
    if pack is None or pack.status != PackStatus.SEALED or pack.file_ref is None:
        yield Finding("agreements", "missing" if pack is None else pack.status)
        return
    documents = list(pack.documents.select_related("text"))
    for document in documents:
        text = document.text
        if text.sha256 != text_hash(text.title, text.body):
            yield Finding("agreements", "text_changed", str(text))
        if document.read_at is None or document.seconds < text.least_seconds:
            yield Finding("agreements", "not_read", str(text))
    if fingerprint(document.text for document in documents) != pack.fingerprint:
        yield Finding("agreements", "fingerprint", str(pack.ref))
    yield from broken_file("agreements", pack.file_ref, pack.file_sha256)
    yield from _signature(pack)
    signed = {"pack": pack.ref, "fingerprint": pack.fingerprint}
    sealed = {"pack": pack.ref, "file_hash": pack.file_sha256}
    for kind, facts in ((_signing_of(pack), signed), ("accounts.pack_sealed", sealed)):
        if not _told(application, kind, **facts):
            yield Finding("agreements", "not_in_journal", kind)
    yield from _declaration(application, pack)
    if pack.on_paper:
        yield from _on_paper(application, pack)


def _signing_of(pack: Pack) -> str:
    """The kind of the journal's entry that made the pack a signed one."""
    return PackSignedOnPaper.kind if pack.on_paper else PackSigned.kind


def _on_paper(application: Application, pack: Pack) -> Iterator[Finding]:
    """Two different people confirmed exactly these pages, and neither of them reviewed it."""
    for problem, detail in lacks_of_paper(application, pack):
        yield Finding("agreements", problem, detail)
    for _name, ref, sha256 in files_of_paper(pack):
        yield from broken_file("agreements", ref, sha256)


def _declaration(application: Application, pack: Pack) -> Iterator[Finding]:
    """The tax declaration is the one that was signed, and the one that still counts.

    Packs that were signed before it was part of them have none, in the journal neither.
    """
    told = Entry.objects.filter(
        subject_type=SUBJECT,
        subject_ref=application.ref,
        kind=_signing_of(pack),
        payload__pack=str(pack.ref),
    ).first()
    signed = told.payload.get("declaration", "") if told else ""
    if signed != (digest(pack.declaration) if pack.declaration else ""):
        yield Finding("agreements", "declaration_changed", str(pack.ref))
        return
    if not signed:
        return
    declared = answers_of(pack.declaration)
    section = application.sections.filter(step=Step.TAX).first()
    if section is None or section.answers != declared:
        yield Finding("agreements", "declaration_not_the_present_one", str(pack.ref))
    try:
        Rule.objects.of_version(str(declared.get("form_version")))
    except (Rule.DoesNotExist, ValueError):
        yield Finding("agreements", "declaration_form_unknown", str(pack.ref))


def _signature(pack: Pack) -> Iterator[Finding]:
    try:
        with files.open_stream(files.StoredFile.objects.get(ref=str(pack.file_ref))) as plain:
            found = sealing.check(plain.read(), roots=authority().roots())
    except (files.FileDamaged, files.StoredFile.DoesNotExist, ValueError):
        return  # the file's own check has said so
    if not found.valid:
        yield Finding("agreements", f"signature_{found.problem}", str(pack.ref))
    signer = json.loads(pack.signer or "{}")
    name = SEAL if pack.on_paper else common_name(signer.get("name", ""))
    if (found.signer, found.serial) != (name, pack.certificate_serial):
        yield Finding("agreements", "other_signer", str(pack.ref))


def _markets(application: Application) -> Iterator[Finding]:
    """Markets that were opened later: each signed for, with its file."""

    def told(kind: str, **facts: object) -> bool:
        return _told(application, kind, **facts)

    for problem, detail in lacks_of_markets(application, told):
        yield Finding("markets", problem, detail)
    for _name, ref, sha256 in files_of_markets(application):
        yield from broken_file("markets", ref, sha256)


def _taxes(application: Application) -> Iterator[Finding]:
    """Tax declarations after the opening: each as it was signed, with its file."""

    def told(kind: str, **facts: object) -> bool:
        return _told(application, kind, **facts)

    for problem, detail in lacks_of_declarations(application, told):
        yield Finding("taxes", problem, detail)
    for _name, ref, sha256 in files_of_declarations(application):
        yield from broken_file("taxes", ref, sha256)


def _passwords(application: Application) -> Iterator[Finding]:
    if Pin.objects.filter(customer=application.customer_id).count() < len(PinKind):
        yield Finding("passwords", "missing")


def _review(application: Application) -> Iterator[Finding]:
    if application.status not in ACCEPTED:
        yield Finding("review", "not_approved")
        return
    if application.route_rule and application.recommended_by_id is None:
        yield from (Finding("review", word, detail) for word, detail in replay(application))
        return
    one, other = application.recommended_by_id, application.decided_by_id
    if one is None or other is None or one == other:
        yield Finding("review", "one_pair_of_eyes")
    told = Entry.objects.filter(subject_type=SUBJECT, subject_ref=application.ref)
    people = {
        kind: set(told.filter(kind=kind).values_list("actor_ref", flat=True))
        for kind in ("accounts.verdict_proposed", "accounts.application_approved")
    }
    approved = people["accounts.application_approved"]
    if not approved or not people["accounts.verdict_proposed"] - approved:
        yield Finding("review", "not_in_journal")


def _journal(application: Application) -> Iterator[Finding]:
    for problem, detail in broken_entries(SUBJECT, application.ref):
        yield Finding("journal", problem, detail)


PARTS: tuple[Callable[[Application], Iterator[Finding]], ...] = (
    _consents,
    _photos,
    _identity,
    _face,
    _assessment,
    _recording,
    _agreements,
    _markets,
    _taxes,
    _passwords,
    _review,
    _journal,
)


def broken_file(part: str, ref: UUID, sha256: str) -> Iterator[Finding]:
    """Decrypt and hash a file without holding it in memory."""
    file = files.StoredFile.objects.filter(ref=str(ref)).first()
    if file is None:
        yield Finding(part, "file_missing", str(ref))
        return
    total = hashlib.sha256()
    try:
        with files.open_stream(file) as plain:
            while chunk := plain.read(CHUNK):
                total.update(chunk)
    except (files.FileDamaged, ValueError):
        yield Finding(part, "file_damaged", str(ref))
        return
    if total.hexdigest() != sha256:
        yield Finding(part, "file_changed", str(ref))


def _told(application: Application, kind: str, **facts: object) -> bool:
    """Whether the journal has an entry of this kind with these facts."""
    wanted = {f"payload__{name}": str(value) for name, value in facts.items()}
    rows = Entry.objects.filter(subject_type=SUBJECT, subject_ref=application.ref, kind=kind)
    return rows.filter(**wanted).exists()
