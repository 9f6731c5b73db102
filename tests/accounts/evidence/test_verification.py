"""Complete evidence agrees; whatever is missing or changed is named; an archive proves itself."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.evidence.states import CheckKind
from accounts.evidence.verification import missing_evidence, verify
from accounts.files import IDENTITY_DOCUMENT
from accounts.models import Application, Chapter, OutsideCheck, Pack, Pin, PinKind, Section
from accounts.sending import look
from accounts.states import Status, Step
from accounts.use_cases.outside_checks import ask, request_check
from accounts.use_cases.photos import pictures_of, tell_pictures
from accounts.use_cases.pins import set_pins
from accounts.use_cases.recordings import begin_witnessing, keep_chapter
from accounts.use_cases.signing import seal_pack
from brokerage.core import clock
from brokerage.customers.models import Consent
from brokerage.files import api as files
from brokerage.files.models import StoredFile
from brokerage.files.storage import LocalStorage
from brokerage.journal.models import Entry
from brokerage.journal.seals import Sealer
from tests.accounts.evidence.factories import ACTOR, a_person
from tests.accounts.evidence.test_recordings import a_video
from tests.accounts.evidence.test_signing import a_signed_pack
from tests.accounts.factories import a_draft, an_application
from tests.accounts.proofs import unprove_steps
from tests.files.factories import jpeg
from tests.journal.factories import seal_turn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("transactions")]


@pytest.fixture
def proved(at: datetime, sms: Any) -> Application:
    """An approved application with everything that proves it."""
    application = an_application(Status.APPROVED, at=at)
    unprove_steps(application)
    section = Section.objects.get(application=application, step=Step.IDENTITY)
    pictures = {side: str(a_picture(application, at).ref) for side in ("front", "back")}
    section.values = json.dumps(section.answers | pictures)
    section.save()
    with transaction.atomic():
        found = pictures_of(application)
        hashes = look(application, found.values()).hashes
        tell_pictures(application=application, pictures=found, hashes=hashes, actor=ACTOR, at=at)
    check = request_check(
        application=application,
        kind=CheckKind.IDENTITY,
        question=a_person(),
        actor=ACTOR,
        at=at,
    )
    ask(check=check, at=at)
    made = begin_witnessing(application=application, language="zh-hans", at=at)
    later = at + timedelta(seconds=9)
    for chapter in made.chapters.all():
        file = a_video(application, at, more=chapter.ref.bytes)
        keep_chapter(chapter=chapter, file_ref=file.ref, actor=ACTOR, at=later)
    pack = a_signed_pack(later, sms, application=application)
    seal_pack(pack=pack, at=later)
    set_pins(
        customer=application.customer,
        pins={PinKind.TRADING: "283746", PinKind.FUND: "591027"},
        birth_date=date(1990, 3, 7),
        document="",
        phones=(),
        actor=ACTOR,
        at=later,
    )
    return application


def a_picture(application: Application, at: datetime) -> files.StoredFile:
    """A photograph of a document, as the page stores it."""
    return files.store(
        upload=io.BytesIO(jpeg((600, 400))),
        purpose=IDENTITY_DOCUMENT,
        owner_ref=application.ref,
        actor=ACTOR,
        at=at,
    )


def found(application: Application) -> set[str]:
    return {f"{finding.part} {finding.problem}" for finding in verify(application)}


def test_complete_evidence_agrees_and_nothing_is_missing(proved) -> None:
    assert verify(proved) == []
    assert missing_evidence(proved) == []
    out = StringIO()
    call_command("verify_evidence", str(proved.ref), stdout=out)
    assert "1 checked, 0 with findings" in out.getvalue()


def test_a_tax_declaration_that_is_not_the_signed_one_is_named(proved) -> None:
    pack = Pack.objects.get()
    kept = pack.declaration
    assert kept
    pack.declaration = kept.replace("china", "abroad")
    pack.save()
    assert "agreements declaration_changed" in found(proved)
    pack.declaration = None
    pack.save()
    assert "agreements declaration_changed" in found(proved)
    pack.declaration = kept
    pack.save()
    section = Section.objects.get(application=proved, step=Step.TAX)
    section.values = json.dumps(section.answers | {"residence": "abroad"})
    section.save()
    assert "agreements declaration_not_the_present_one" in found(proved)


def test_each_missing_part_is_named(at) -> None:
    draft = a_draft(at=at)

    assert found(draft) == {
        "consents missing",
        "photos missing",
        "identity missing",
        "assessment missing",
        "recording missing",
        "agreements missing",
        "passwords missing",
        "review not_approved",
    }
    assert sorted(missing_evidence(draft)) == [
        "agreements",
        "assessment",
        "consents",
        "identity",
        "passwords",
        "recording",
        "review",
    ]
    with pytest.raises(CommandError, match="missing or was changed"):
        call_command("verify_evidence", str(draft.ref), stdout=StringIO())


def test_changed_rows_are_found(proved, at) -> None:
    pack = Pack.objects.get()
    of_face = OutsideCheck.objects.filter(kind=CheckKind.FACE)
    answered = {"status": "answered", "ended_at": at, "next_attempt_at": None}
    of_identity = OutsideCheck.objects.filter(kind=CheckKind.IDENTITY)
    changes: list[tuple[Any, dict[str, Any], str]] = [
        (of_identity, {"result": "mismatch"}, "identity not_confirmed"),
        (Consent.objects.filter(purpose="face"), {"withdrawn_at": at}, "consents missing"),
        (Application.objects.all(), {"without_face": True}, "recording other_mode"),
        (of_face, answered | {"result": "same"}, "face answer_changed"),
        (Chapter.objects.filter(position=1), {"file_sha256": "0" * 64}, "recording file_changed"),
        (Pack.objects.all(), {"fingerprint": "0" * 64}, "agreements fingerprint"),
        (Pack.objects.all(), {"certificate_serial": "1"}, "agreements other_signer"),
        (pack.documents.filter(position=1), {"read_at": None}, "agreements not_read"),
    ]
    for rows, values, problem in changes:
        with transaction.atomic():
            rows.update(**values)
            assert problem in found(Application.objects.get(pk=proved.pk))
            transaction.set_rollback(True)
    section = Section.objects.get(application=proved, step=Step.IDENTITY)
    section.values = json.dumps(section.answers | {"front": str(a_picture(proved, at).ref)})
    with transaction.atomic():
        section.save()
        assert found(proved) == {"photos not_in_journal"}, "another picture than the one sent"
        transaction.set_rollback(True)
    Pin.objects.filter(kind="fund").delete()
    assert found(proved) == {"passwords missing"}


def test_a_changed_byte_of_a_file_is_found(proved, folder: LocalStorage) -> None:
    name = StoredFile.objects.get(ref=str(Pack.objects.get().file_ref)).name
    assert name is not None
    with folder.open(name) as raw:
        content = bytearray(raw.read())
    content[len(content) // 2] ^= 1
    folder.delete(name)
    with folder.writing(name) as out:
        out.write(bytes(content))

    assert found(proved) == {"agreements file_damaged"}


def test_a_journal_entry_that_nobody_wrote_is_missed(proved) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM journal_delivery")
        cursor.execute("DELETE FROM journal_entry WHERE kind = 'accounts.pack_signed'")
        cursor.execute("SET session_replication_role = DEFAULT")

    assert {"agreements not_in_journal", "journal gap"} <= found(proved)


def test_no_account_becomes_active_without_its_evidence(proved, at) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE trial (application_id bigint, status text)")
        cursor.execute(
            "CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE ON trial "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'active') "
            "EXECUTE FUNCTION accounts_needs_evidence()"
        )
        cursor.execute("INSERT INTO trial VALUES (%s, 'active')", [proved.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        Pin.objects.all().delete()
        with pytest.raises(IntegrityError, match="passwords"), transaction.atomic():
            cursor.execute("INSERT INTO trial VALUES (%s, 'active')", [proved.pk])
        transaction.set_rollback(True)


def unpacked(application: Application, folder: Path) -> Path:
    path = folder / "evidence.zip"
    call_command("export_evidence", str(application.ref), to=path, stdout=StringIO())
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder / "out")
    return folder / "out"


def inspected(folder: Path) -> tuple[int, str]:
    """What the archive's own program says, without our packages on its path."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "check.py"), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_an_archive_is_checked_without_our_system(proved, tmp_path) -> None:
    seal_turn(Sealer(), at=clock.now())
    folder = unpacked(proved, tmp_path)

    code, said = inspected(folder)
    assert code == 0, said
    assert "Everything in this archive agrees" in said
    entries = json.loads((folder / "journal.json").read_text())["entries"]
    assert len(entries) == Entry.objects.filter(subject_ref=proved.ref).count() - 1
    assert (folder / "agreements.pdf").read_bytes().startswith(b"%PDF")
    assert Entry.objects.filter(kind="accounts.evidence_exported").count() == 1

    journal = folder / "journal.json"
    good = journal.read_text()
    journal.write_text(good.replace("accounts.pack_signed", "accounts.pack_sealed"))
    code, said = inspected(folder)
    assert code == 1
    assert "journal.json was changed" in said
    assert "journal entry" in said

    journal.write_text(good)
    pdf = bytearray((folder / "agreements.pdf").read_bytes())
    pdf[100] ^= 1
    (folder / "agreements.pdf").write_bytes(bytes(pdf))
    code, said = inspected(folder)
    assert code == 1
    assert "agreements.pdf was changed" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda facts: facts["consents"][0].update(body="x"), "the text agreed to"),
        (
            lambda facts: facts.update(
                consents=[each for each in facts["consents"] if each["purpose"] != "face"]
            ),
            "no agreement to face",
        ),
        (lambda facts: facts.update(proposed_by=facts["decided_by"]), "one person alone"),
        (lambda facts: facts["photos"].update(back=facts["photos"]["front"]), "not the one"),
    ],
)
def test_an_archive_tells_consents_pictures_and_people_by_itself(
    proved, tmp_path, change, said
) -> None:
    seal_turn(Sealer(), at=clock.now())
    folder = unpacked(proved, tmp_path)
    assert {path.name for path in (folder / "photos").iterdir()} == {"front.jpg", "back.jpg"}
    assert inspected(folder)[0] == 0
    facts = json.loads((folder / "evidence.json").read_text())
    change(facts)
    (folder / "evidence.json").write_text(json.dumps(facts, ensure_ascii=False))
    code, told = inspected(folder)
    assert (code, said in told) == (1, True), told


def test_an_archive_overwrites_nothing(proved, tmp_path) -> None:
    path = tmp_path / "evidence.zip"
    path.write_text("mine")

    with pytest.raises(CommandError, match="nothing was written"):
        call_command("export_evidence", str(proved.ref), to=path, stdout=StringIO())
    assert path.read_text() == "mine"
