"""The signed file of a later tax declaration, and what proves it: checked, exported, shown."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from accounts.evidence.archive import write_archive
from accounts.evidence.own_papers import signed_agreements
from accounts.evidence.verification import verify
from accounts.models import Application, Pack, TaxDeclaration
from accounts.signing.filing import CannotFileYet
from accounts.tax_changes.tasks import seal_declarations_again
from accounts.use_cases import seal_declaration as seals
from accounts.use_cases.seal_declaration import seal_declaration
from brokerage.files.use_cases.check_file import check
from tests.accounts.evidence.conftest import folder  # noqa: F401
from tests.accounts.factories import ACTOR, AT
from tests.accounts.life.test_closing import Sent
from tests.accounts.tax_changes.factories import filled_in, signed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("transactions")]


@pytest.fixture
def counting(sent: Sent, folder: Any) -> TaxDeclaration:  # noqa: F811
    """A declaration that counts, with its signed file."""
    return seal_declaration(declaration=signed(sent, filled_in()), at=AT)


def of_taxes(application: Application) -> set[str]:
    found = verify(Application.objects.get(pk=application.pk))
    return {finding.problem for finding in found if finding.part == "taxes"}


def test_the_evidence_agrees_and_whatever_was_changed_is_named(counting: TaxDeclaration) -> None:
    application = counting.application
    assert of_taxes(application) == set()
    rows = TaxDeclaration.objects.filter(pk=counting.pk)
    changes: list[tuple[dict[str, Any], str]] = [
        ({"file_sha256": "0" * 64}, "file_changed"),
        ({"certificate_serial": "1"}, "other_signer"),
        ({"status": "replaced", "counts_to": AT + timedelta(days=1)}, "declaration_period"),
    ]
    for values, problem in changes:
        before = rows.values(*values).get()
        rows.update(**values)
        assert problem in of_taxes(application)
        rows.update(**before)
    assert of_taxes(application) == set()
    other = json.loads(counting.declaration or "")
    other["answers"]["residence"] = "china"
    counting.declaration = json.dumps(other)
    counting.save()
    assert "declaration_changed" in of_taxes(application)


def test_the_customer_finds_the_file_and_the_archive_checks_itself(
    counting: TaxDeclaration, tmp_path: Path
) -> None:
    check(ref=UUID(str(counting.file_ref)), at=AT)
    titles = [paper.title for paper in signed_agreements(counting.application.customer.user)]
    assert len(titles) == 1
    Pack.objects.update(status="superseded")  # the factory's pack has no file
    path, out = tmp_path / "evidence.zip", tmp_path / "out"
    write_archive(counting.application, path, actor=ACTOR, at=AT)
    with zipfile.ZipFile(path) as packed:
        packed.extractall(out)
    assert len(list(out.glob("tax-declaration-*.pdf"))) == 1
    assert "tax declaration" not in checked(out)
    facts = json.loads((out / "evidence.json").read_text())
    facts["tax_declarations"][0]["declaration"] += " "
    (out / "evidence.json").write_text(json.dumps(facts))
    assert "is not the one signed" in checked(out)


def checked(out: Path) -> str:
    ran = subprocess.run(
        [sys.executable, out / "check.py", out], capture_output=True, text=True, check=False
    )
    return ran.stdout


def test_without_its_file_it_is_named_until_the_job_made_it(
    sent: Sent,
    folder: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuses(*args: Any, **values: Any) -> Any:
        raise CannotFileYet("authority")

    with monkeypatch.context() as patch:
        patch.setattr(seals, "make_signed", refuses)
        row = seal_declaration(declaration=signed(sent, filled_in()), at=AT)
    assert (row.seal_problem, row.sealed_at) == ("authority", None)
    assert "not_sealed" in of_taxes(row.application)
    queued: list[str] = []
    monkeypatch.setattr(
        "accounts.tax_changes.tasks.seal_declaration.defer", lambda ref: queued.append(ref)
    )
    seal_declarations_again(0)
    assert queued == [str(row.ref)]
