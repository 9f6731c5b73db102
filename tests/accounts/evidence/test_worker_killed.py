"""The worker of questions and seals dies by SIGKILL in the middle; the next one loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.evidence.states import CheckKind, CheckStatus, PackStatus
from accounts.models import CustodyLink, MarketAccount, OutsideCheck, Pack
from accounts.signing import filing, sealing
from accounts.states import Status
from accounts.use_cases import begin_opening, outside_checks
from accounts.use_cases.outside_checks import ask
from accounts.use_cases.signing import seal_pack
from brokerage.files import api as files
from brokerage.journal.delivery import deliver_pending
from brokerage.journal.models import Entry
from tests.accounts.evidence.test_signing import a_signed_pack, confirm
from tests.accounts.factories import AT, an_application
from tests.accounts.proofs import prove
from tests.files.factories import pdf
from tests.killing import killed_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("transactions")]
MINUTE = timedelta(minutes=1)


def killed_in(module: Any, name: str, work: Callable[[], object], *, after: bool) -> None:
    """As `killed_at`, with a file that is not typeset: those threads do not outlive a fork."""

    def untyped() -> None:
        vars(filing)["typeset"] = lambda data: b""
        vars(sealing)["seal"] = lambda *given, **values: pdf()
        work()

    killed_at(module, name, untyped, after=after)


@pytest.mark.parametrize("kind", [CheckKind.OPENING, CheckKind.LINK])
def test_between_the_answer_and_its_keeping(kind: CheckKind) -> None:
    application = an_application(Status.APPROVED)
    prove(application, at=AT)
    begin_opening(application=application, at=AT)
    check = OutsideCheck.objects.current().get(kind=kind)
    at = check.next_attempt_at
    assert at is not None
    killed_in(outside_checks, "take_answer", lambda: ask(check=check, at=at), after=False)
    check.refresh_from_db()
    assert (check.status, check.attempts) == (CheckStatus.ASKED, 1), "it was asked, and waits"
    assert check.next_attempt_at == at + outside_checks.ATTEMPT
    for _twice in range(2):
        ask(check=check, at=at + MINUTE)
        while deliver_pending(at=at + MINUTE):
            pass
    check.refresh_from_db()
    assert (check.status, check.attempts) == (CheckStatus.ANSWERED, 2)
    told = Entry.objects.filter(kind="accounts.check_answered", payload__check=str(check.ref))
    assert told.count() == 1
    if kind == CheckKind.LINK:
        assert CustodyLink.objects.get().status == "linked"
    else:
        assert set(MarketAccount.objects.values_list("status", flat=True)) == {"open"}


@pytest.mark.parametrize(
    ("module", "name", "after", "left"),
    [(sealing, "prepare", False, 0), (files, "store", True, 1)],
    ids=["before the file", "between the file and its row"],
)
def test_during_sealing(
    at: datetime, sms: Any, module: Any, name: str, after: bool, left: int
) -> None:
    pack = a_signed_pack(at, sms)
    confirm(pack, at)
    killed_in(module, name, lambda: seal_pack(pack=pack, at=at), after=after)
    pack.refresh_from_db()
    assert (pack.status, pack.file_ref) == (PackStatus.SIGNED, None)
    rows = files.StoredFile.objects.filter(purpose="accounts.agreement")
    assert rows.count() == left
    for _twice in range(2):
        seal_pack(pack=pack, at=at + MINUTE)
    pack.refresh_from_db()
    assert pack.status == PackStatus.SEALED
    assert rows.count() == left + 1, "what the dead one stored goes with its application"
    assert rows.get(ref=str(pack.file_ref)).sha256 == pack.file_sha256
    assert Entry.objects.filter(kind="accounts.pack_sealed").count() == 1
    assert Pack.objects.count() == 1
