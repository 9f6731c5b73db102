"""The signed file of a later market, and what proves the account: checked, exported, shown."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.evidence.archive import write_archive
from accounts.evidence.markets import lacks_of_markets
from accounts.evidence.own_papers import signed_agreements
from accounts.evidence.states import CheckKind
from accounts.evidence.verification import verify
from accounts.later_markets.tasks import seal_markets_again
from accounts.models import Application, MarketAccount, MarketWish, Pack
from accounts.signing import authority, sealing
from accounts.signing.filing import CannotFileYet
from accounts.use_cases import seal_market as seals
from accounts.use_cases.seal_market import seal_market
from brokerage.files.models import StoredFile
from brokerage.files.use_cases.check_file import check
from tests.accounts.evidence.conftest import folder  # noqa: F401 - fixtures
from tests.accounts.factories import ACTOR, AT
from tests.accounts.later_markets.factories import one_market, signed, worked
from tests.accounts.life.test_closing import Sent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("transactions")]


@pytest.fixture
def opened(sent: Sent, folder: Any) -> MarketWish:  # noqa: F811 - the fixture
    """A market that was opened later, with its signed file."""
    wish = signed(sent)
    assert wish.signed_at is not None
    worked(CheckKind.LATER_HELD, wish.signed_at)
    worked(CheckKind.LATER_OPEN, wish.signed_at)
    return seal_market(wish=wish, at=wish.signed_at)


def of_markets(application: Application) -> set[str]:
    found = verify(Application.objects.get(pk=application.pk))
    return {finding.problem for finding in found if finding.part == "markets"}


def test_the_file_is_signed_by_the_customer_and_shown_to_them(opened: MarketWish) -> None:
    assert (opened.status, opened.seal_problem) == ("done", "")
    file = StoredFile.objects.get(ref=str(opened.file_ref))
    from brokerage.files import api as files

    with files.open_stream(file) as plain:
        checked = sealing.check(plain.read(), roots=authority.authority().roots())
    assert checked.valid
    assert checked.serial == opened.certificate_serial
    check(ref=file.ref, at=AT)
    user = opened.application.customer.user
    assert opened.text.title in [paper.title for paper in signed_agreements(user)]
    again = seal_market(wish=opened, at=AT)
    assert again.file_ref == opened.file_ref, "made once"


def test_the_evidence_agrees_and_whatever_was_changed_is_named(opened: MarketWish) -> None:
    application = opened.application
    assert of_markets(application) == set()
    rows = MarketWish.objects.filter(pk=opened.pk)
    changes: list[tuple[dict[str, Any], str]] = [
        ({"text_opened_at": opened.text_read_at}, "not_read"),
        ({"file_sha256": "0" * 64}, "file_changed"),
        ({"certificate_serial": "1"}, "other_signer"),
        ({"market": "SH"}, "market_not_signed_for"),
    ]
    for values, problem in changes:
        before = rows.values(*values).get()
        rows.update(**values)
        assert problem in of_markets(application)
        rows.update(**before)
    MarketAccount.objects.filter(market="SZ").update(status="closed")
    assert of_markets(application) == set(), "a closed one is proved by its closing"


def test_a_wish_without_its_file_is_named_until_the_job_made_it(
    sent: Sent,
    folder: Any,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuses(*args: Any, **values: Any) -> Any:
        raise CannotFileYet("authority")

    with monkeypatch.context() as patch:
        patch.setattr(seals, "make_signed", refuses)
        wish = seal_market(wish=signed(sent), at=AT)
    assert (wish.seal_problem, wish.sealed_at) == ("authority", None)
    assert ("not_sealed", "authority") in list(
        lacks_of_markets(wish.application, lambda kind, **facts: True)
    )
    queued: list[str] = []
    monkeypatch.setattr(
        "accounts.later_markets.tasks.seal_market.defer", lambda ref: queued.append(ref)
    )
    seal_markets_again(0)
    assert queued == [str(wish.ref)]


def test_the_archive_has_text_and_file_and_checks_itself(
    opened: MarketWish, tmp_path: Path
) -> None:
    Pack.objects.update(status="superseded")  # the factory's pack has no file
    path = tmp_path / "evidence.zip"
    at: datetime = AT
    write_archive(opened.application, path, actor=ACTOR, at=at)
    out = tmp_path / "out"
    with zipfile.ZipFile(path) as packed:
        packed.extractall(out)
    facts = json.loads((out / "evidence.json").read_text())
    (told,) = facts["later_markets"]
    assert (told["market"], told["status"]) == ("SZ", "done")
    assert len(list(out.glob("market-SZ-*.pdf"))) == 1
    told["text"]["body"] += "!"
    (out / "evidence.json").write_text(json.dumps(facts))
    ran = subprocess.run(
        [sys.executable, out / "check.py", out], capture_output=True, text=True, check=False
    )
    assert "what was signed for the market SZ was changed" in ran.stdout


def test_an_account_that_nobody_signed_for_is_named() -> None:
    application = one_market()
    MarketAccount.objects.create(
        application=application,
        market="SZ",
        status="open",
        number="0123456789",
        status_since=AT,
    )
    assert "market_not_signed_for" in of_markets(application)
