"""The evidence of a signature by hand: complete, tampered with, and outside our system."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.evidence.states import CheckKind
from accounts.evidence.verification import missing_evidence, verify
from accounts.models import Application, OutsideCheck, Pack, PaperSigning
from accounts.use_cases import submit_application
from accounts.use_cases.outside_checks import ask
from accounts.use_cases.signing import seal_pack
from brokerage.core import clock
from brokerage.core.roles import sync_roles
from brokerage.files.models import StoredFile
from brokerage.files.storage import LocalStorage
from brokerage.journal.models import Entry
from brokerage.journal.seals import Sealer
from tests.accounts.evidence.factories import ACTOR
from tests.accounts.evidence.test_verification import inspected, unpacked
from tests.accounts.on_paper.factories import LATER, a_confirmed, a_rare_draft, a_witnessed_case
from tests.journal.factories import seal_turn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("transactions")]


@pytest.fixture
def sealed(at: Any) -> Application:
    """Sent, with agreements that were signed by hand and sealed."""
    sync_roles()
    case = a_witnessed_case(a_rare_draft(at), at)
    a_confirmed(case, at)
    draft = Application.objects.get(pk=case.application.pk)
    later = at + 2 * LATER
    sent = submit_application(application=draft, actor=ACTOR, at=later)
    check = OutsideCheck.objects.current().get(kind=CheckKind.IDENTITY)
    ask(check=check, at=later)
    pack = seal_pack(pack=Pack.objects.get(), at=later)
    assert (pack.status, pack.problem) == ("sealed", "")
    return sent


def found(application: Application) -> set[str]:
    return {
        f"{each.part} {each.problem}"
        for each in verify(application)
        if each.part in ("agreements", "journal")
    }


def the_entry(kind: str, **payload: Any) -> None:
    """Change what the journal says, as somebody with the owner's rights could."""
    entry = Entry.objects.get(kind=kind)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE journal_entry SET payload = payload || %s WHERE id = %s",
            [json.dumps(payload), entry.pk],
        )
        cursor.execute("SET session_replication_role = DEFAULT")


def test_complete_evidence_agrees(sealed: Application) -> None:
    assert found(sealed) == set()
    assert "agreements" not in missing_evidence(sealed)


def test_without_the_confirmation_nothing_counts(sealed: Application) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE accounts_papersigning SET status = 'scanned', second_id = NULL, "
            "confirmed_at = NULL"
        )
        cursor.execute("SET session_replication_role = DEFAULT")
    assert "agreements paper_not_confirmed" in found(sealed)
    assert "agreements" in missing_evidence(sealed)


def test_another_page_print_or_person_is_named(sealed: Application) -> None:
    paper = PaperSigning.objects.get()
    page = StoredFile.objects.get(ref=str(paper.pages[0])).shown()
    assert page is not None
    StoredFile.objects.filter(pk=page.pk).update(sha256="0" * 64)
    assert found(sealed) == set(), "the bytes are hashed anew, not the row believed"
    the_entry("accounts.pack_signed_on_paper", print_hash="0" * 64)
    assert "agreements print_changed" in found(sealed)
    the_entry("accounts.paper_scanned", paper="0" * 8)
    assert "agreements paper_not_in_journal" in found(sealed)


def test_a_page_whose_bytes_were_changed_is_named(
    sealed: Application, folder: LocalStorage
) -> None:
    paper = PaperSigning.objects.get()
    page = StoredFile.objects.get(ref=str(paper.pages[0])).shown()
    assert page is not None
    (path,) = Path(folder.root).rglob(str(page.name))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(bytes(content))
    assert "agreements file_damaged" in found(sealed)


def test_the_file_is_the_firms_not_somebodys(sealed: Application) -> None:
    Pack.objects.update(on_paper=False)
    problems = found(sealed)
    assert "agreements other_signer" in problems
    assert "agreements not_in_journal" in problems


def test_the_archive_proves_it_without_our_system(sealed: Application, tmp_path: Path) -> None:
    seal_turn(Sealer(), at=clock.now() + timedelta(hours=1))
    out = unpacked(sealed, tmp_path)
    facts = json.loads((out / "evidence.json").read_text())
    assert facts["agreements"]["signed_with"] == "hand"
    names = {path.name for path in (out / "paper").iterdir()}
    assert names == {"print.pdf", "page-01.jpg", "page-02.jpg"}
    said = inspected(out)[1]
    assert "signed page" not in said
    assert "second person" not in said
    one, other = out / "paper" / "page-01.jpg", out / "paper" / "page-02.jpg"
    one.write_bytes(other.read_bytes())
    (out / "paper" / "print.pdf").write_bytes(b"%PDF another")
    person = facts["agreements"]["paper"]["first_person"]
    facts["agreements"]["paper"]["second_person"] = person
    (out / "evidence.json").write_text(json.dumps(facts, ensure_ascii=False))
    code, said = inspected(out)
    assert code == 1
    assert "signed page 1 is not the one" in said
    assert "what was printed is not" in said
    assert "no second person" in said
