"""The signed file of a permission: made by the worker, the customer's to read, and checked."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.evidence.permissions import verify_case
from accounts.gateways import Unavailable
from accounts.models import PermissionApplication, TestAttempt
from accounts.permissions import tasks
from accounts.permissions.paper import paper_data
from accounts.permissions.retention import ended_cases, forget_cases
from accounts.permissions.use_cases.sealing import seal_case, signer_of
from accounts.permissions.use_cases.steps import UnableToGoOn
from accounts.signing import sealing
from accounts.signing.authority import authority
from brokerage.core import clock
from brokerage.files import api as files
from brokerage.files.models import StoredFile
from brokerage.files.use_cases.check_file import check
from brokerage.journal.models import Entry
from brokerage.journal.seals import Sealer
from tests.accounts.evidence.test_verification import inspected
from tests.accounts.permissions.factories import BEGINNER, a_signed_case, a_trader
from tests.accounts.permissions.records import a_permission_case
from tests.journal.factories import seal_turn
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=5)


def a_sealed_case(at: Any, **values: Any) -> PermissionApplication:
    """Signed, and its file made as the worker makes it."""
    case = a_signed_case(a_trader(at=at, **values), at=at)
    return seal_case(case=case, at=at + LATER)


def content(case: PermissionApplication) -> bytes:
    with files.open_stream(StoredFile.objects.get(ref=str(case.file_ref))) as plain:
        return plain.read()


def found(case: PermissionApplication) -> set[str]:
    fresh = PermissionApplication.objects.get(pk=case.pk)
    return {f"{finding.part} {finding.problem}" for finding in verify_case(fresh)}


def test_the_file_bears_the_customers_signature_and_the_case_knows_it(at: Any) -> None:
    case = a_sealed_case(at)
    checked = sealing.check(content(case), roots=authority().roots())
    assert checked.valid, checked.problem
    assert (checked.signer, checked.serial) == ("江映雪", case.certificate_serial)
    told = Entry.objects.get(kind="accounts.permission_sealed")
    assert told.payload["file_hash"] == case.file_sha256
    assert "江映雪" not in str(list(Entry.objects.values_list("payload", flat=True)))
    again = seal_case(case=case, at=at + 2 * LATER)
    assert (again.file_ref, StoredFile.objects.count()) == (case.file_ref, 1), "made once"


def test_it_says_what_was_decided_on(at: Any) -> None:
    case = a_sealed_case(at)
    said = paper_data(case, signer_of(case), serial="1f")
    told = {row["name"]: row["value"] for row in said["parties"]}
    assert told["交易权限"] == "港股通"
    assert "600,000" in str(told)
    assert "100 分" in str(told), "the knowledge test"
    assert said["documents"][0]["title"] == "港股通交易风险揭示书"
    assert case.fingerprint in str(said["signing"])


def test_the_customer_reads_it_and_nobody_else_does(at: Any) -> None:
    case = a_sealed_case(at)
    assert case.file_ref is not None
    url = reverse("files:file", args=[case.file_ref])
    assert case.customer.user is not None
    own = sign_in(Client(headers={"Accept-Language": "en"}), case.customer.user)
    page = case.get_absolute_url()
    assert "is being made" in own.get(page).content.decode(), "not checked yet"
    check(ref=StoredFile.objects.get().ref, at=at)
    assert url in own.get(page).content.decode()
    answer = own.get(url)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]  # it streams
    other = sign_in(Client(), a_trader(at=at, number=BEGINNER).user)
    assert other.get(url).status_code == 404


def test_an_authority_that_does_not_answer_is_asked_again(
    at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = a_signed_case(a_trader(at=at), at=at)

    def down(*args: Any, **values: Any) -> None:
        raise Unavailable("down")

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "prepare", down)
        assert seal_case(case=case, at=at).seal_problem == "authority"
    case.refresh_from_db()
    assert case.file_ref is None
    queued: list[str] = []
    monkeypatch.setattr(tasks.seal_permission, "defer", lambda *, ref: queued.append(ref))
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(minutes=10))
    tasks.seal_permissions_again(0)
    assert queued == [str(case.ref)]
    assert seal_case(case=case, at=at + LATER).seal_problem == ""
    queued.clear()
    tasks.seal_permissions_again(0)
    assert queued == []


def test_a_name_that_the_fonts_lack_is_refused_before_a_code_is_sent(at: Any) -> None:
    customer = a_trader(at=at)
    customer.name = "江𠮷\U000313a0"
    customer.save()
    with override("en"), pytest.raises(UnableToGoOn, match="\U000313a0"):
        a_signed_case(customer, at=at)


def test_a_name_that_the_fonts_lack_waits_and_no_boxes_are_printed(
    at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.permissions.use_cases.agreeing.cannot_print", lambda name: "")
    customer = a_trader(at=at)
    customer.name = "江𠮷\U000313a0"
    customer.save()
    case = seal_case(case=a_signed_case(customer, at=at), at=at + LATER)
    assert case.seal_problem.startswith("glyphs U+")
    assert case.file_ref is None


def test_complete_evidence_agrees_and_what_was_changed_is_named(at: Any) -> None:
    case = a_sealed_case(at)
    assert verify_case(case) == []
    out = StringIO()
    call_command("verify_evidence", str(case.ref), stdout=out)
    assert "1 checked, 0 with findings" in out.getvalue()
    row = PermissionApplication.objects.filter(pk=case.pk)
    for values, problem in (
        ({"fingerprint": "0" * 64}, "signature fingerprint"),
        ({"certificate_serial": "1"}, "signature other_signer"),
        ({"file_sha256": "0" * 64}, "signature file_changed"),
        ({"rule_version": "permission.stock_connect@2020-01-01"}, "signature fingerprint"),
        ({"text_read_at": case.text_opened_at}, "disclosure not_read"),
    ):
        before = row.values(*values).get()
        row.update(**values)
        assert problem in found(case), values
        row.update(**before)
    attempt = TestAttempt.objects.filter(application=case)
    answers = attempt.get().answers
    attempt.update(answers=dict.fromkeys(answers, "x"))
    assert found(case) == {"tests score_changed"}
    attempt.update(answers=answers, drawn=attempt.get().drawn[::-1])
    assert found(case) == {"tests paper_changed"}


def test_what_was_never_signed_is_no_evidence() -> None:
    case = a_permission_case(a_trader())
    assert "signature not_in_journal" in found(case)
    assert "signature not_sealed" in found(case)


def test_the_file_goes_with_the_case(at: Any) -> None:
    case = a_sealed_case(at)
    ended = PermissionApplication.objects.filter(pk=case.pk)
    ended.update(status="refused", refusal="exchange", ended_at=at, asks_at=None, status_since=at)
    case.customer.__class__.objects.filter(pk=case.customer_id).update(closed_at=at)
    due = ended_cases(at + timedelta(days=1))
    assert forget_cases(due) == 1
    assert StoredFile.objects.get().name is None, "the bytes are gone"


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("transactions")
def test_an_archive_is_checked_without_our_system(at: Any, tmp_path: Path) -> None:
    case = a_sealed_case(at)
    seal_turn(Sealer(), at=clock.now())
    path = tmp_path / "evidence.zip"
    call_command("export_evidence", str(case.ref), to=path, stdout=StringIO())
    folder = tmp_path / "out"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    code, said = inspected(folder)
    assert code == 0, said
    assert (folder / "permission.pdf").read_bytes() == content(case)
    facts = json.loads((folder / "evidence.json").read_text())
    assert facts["assets"]["average"] == "600000.00"
    assert facts["verification"] == []
    assert Entry.objects.filter(kind="accounts.permission_evidence_exported").count() == 1

    evidence = folder / "evidence.json"
    evidence.write_text(evidence.read_text().replace("没有涨跌幅限制", "有涨跌幅限制"))
    code, said = inspected(folder)
    assert code == 1
    assert "the disclosure was changed" in said
