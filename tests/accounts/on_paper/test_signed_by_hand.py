"""Print, hand, scan, a second pair of eyes, the firm's seal; and each refusal on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.evidence.states import CheckKind, PackStatus
from accounts.facts import facts_of
from accounts.models import Application, CaseRelease, Pack, PaperSigning, Routing
from accounts.on_paper.page import print_data, spelled
from accounts.on_paper.selectors import papers_to_confirm
from accounts.on_paper.states import PaperLook, PaperStatus
from accounts.review.risks import RiskFacts, class_of, risks_of
from accounts.review.states import Risk, RiskClass, Route
from accounts.signing import sealing
from accounts.signing.authority import authority
from accounts.states import Step
from accounts.use_cases import UnableToReview, claim_review, submit_application, take_next
from accounts.use_cases.confirm_on_paper import confirm_paper, send_paper_back
from accounts.use_cases.outside_checks import ask, request_check
from accounts.use_cases.release_case import UnableToRelease
from accounts.use_cases.sign_on_paper import keep_scan, print_pack
from accounts.use_cases.signing import reopen_agreements, seal_pack
from brokerage.core import clock
from brokerage.core.roles import Role, sync_roles
from brokerage.files import api as files
from brokerage.files.models import StoredFile
from brokerage.journal.models import Entry
from tests.accounts.counter.factories import an_open_case
from tests.accounts.counter.test_pages import on_phone
from tests.accounts.factories import ACTOR
from tests.accounts.on_paper.factories import (
    LATER,
    LOOKS,
    NAME,
    RARE,
    a_colleague,
    a_confirmed,
    a_print,
    a_rare_draft,
    a_scan,
    a_witnessed_case,
    address,
    check_all,
    desk_of,
    rename,
    some_pages,
)
from tests.branches.factories import give_licence, make_staff, make_unit
from tests.files.factories import jpeg
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _roles(db: None) -> Any:
    sync_roles()
    with override("en"):
        yield


@pytest.fixture
def case() -> CaseRelease:
    return a_witnessed_case(a_rare_draft())


def fresh(case: CaseRelease) -> Application:
    return Application.objects.get(pk=case.application.pk)


def test_the_whole_way_on_the_pages(case: CaseRelease) -> None:
    first = desk_of(case.helper)
    steps = first.get(reverse("admin:accounts_application_case", args=[case.ref]))
    assert address(case) in steps.content.decode()
    shown = first.get(address(case)).content.decode()
    assert "U+30000" in shown
    assert NAME not in shown
    assert "scan" not in shown.lower().split("<h2")[1]
    answer = first.post(address(case), {"act": "print", "language": "en"})
    assert answer.status_code == 302
    paper = PaperSigning.objects.get()
    assert "being made" in first.get(address(case)).content.decode()
    from accounts.use_cases.seal_paper import make_print

    make_print(paper=paper, at=clock.now())
    check_all(case.application)
    file: Any = first.get(address(case, "print"))
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    back = clock.now() - LATER
    Pack.objects.get().documents.update(opened_at=back)

    pages = [SimpleUploadedFile(f"{n}.jpg", jpeg((300, 420))) for n in range(2)]
    sent = {"act": "scan", "looks": LOOKS, "pages": pages}
    assert first.post(address(case), sent).status_code == 302
    check_all(case.application)
    assert "second colleague" in first.get(address(case)).content.decode()

    colleague = a_colleague(case)
    second = desk_of(colleague)
    assert case.outlet is not None
    counter = reverse("admin:accounts_application_counter", args=[case.outlet.code])
    assert address(case, "second") in second.get(counter).content.decode()
    looked = second.get(address(case, "second")).content.decode()
    assert address(case, "page", 2) in looked
    picture = second.get(address(case, "page", 1))
    assert picture["Content-Type"] == "image/jpeg"
    assert second.get(address(case, "page", 3)).status_code == 404
    done = second.post(address(case, "second"), {"act": "confirm", "looks": LOOKS})
    assert done.status_code == 302
    assert address(case, "second") not in second.get(counter).content.decode()

    paper.refresh_from_db()
    assert (paper.status, paper.helper, paper.second) == ("confirmed", case.helper, colleague)
    pack = Pack.objects.get()
    assert (pack.status, pack.on_paper) == ("signed", True)
    assert Step.AGREEMENTS in facts_of(fresh(case)).done
    assert "confirmed by two people" in first.get(address(case)).content.decode()
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {
        "accounts.pack_printed",
        "accounts.paper_scanned",
        "accounts.pack_signed_on_paper",
    } <= kinds


@pytest.mark.django_db(transaction=True)
def test_the_seal_of_the_firm_covers_cover_and_pages(at: Any) -> None:
    case = a_witnessed_case(a_rare_draft(at), at)
    paper = a_confirmed(case, at)
    pack = Pack.objects.get()
    assert seal_pack(pack=pack, at=at).problem == "identity"
    from accounts.use_cases.sign_on_paper import _signer

    check = request_check(
        application=case.application,
        kind=CheckKind.IDENTITY,
        question=_signer(fresh(case)),
        actor=ACTOR,
        at=at,
    )
    ask(check=check, at=at)
    sealed = seal_pack(pack=pack, at=at + LATER)
    assert (sealed.status, sealed.problem) == (PackStatus.SEALED, "")
    with files.open_stream(StoredFile.objects.get(ref=str(sealed.file_ref))) as plain:
        pdf = plain.read()
    found = sealing.check(pdf, roots=authority().roots())
    assert found.valid
    assert (found.signer, found.serial) == ("演示证券", sealed.certificate_serial)
    for ref in paper.pages:
        shown = StoredFile.objects.get(ref=str(ref)).shown()
        assert shown is not None
        with files.open_stream(shown) as page:
            assert page.read() in pdf, "not encoded anew"


def test_what_is_printed_has_a_blank_for_the_name(case: CaseRelease) -> None:
    paper = a_print(case, clock.now())
    assert paper.print_sha256
    data = print_data(paper)
    values = [row["value"] for row in data["parties"]]
    assert spelled(NAME) == "江[U+30000]雪" == values[0]
    assert "手写" in data["hand"][0] or "hand" in data["hand"][0]
    rows = {row["value"] for row in data["signing"]["rows"] + data["signing"]["hashes"]}
    hashes = {f"SHA-256 {each.text.sha256}" for each in paper.pack.documents.all()}
    assert hashes <= rows
    assert f"SHA-256 {paper.pack.fingerprint}" in rows
    assert data["declaration"]["rows"]


def test_only_whom_no_font_shows_signs_by_hand() -> None:
    case = a_witnessed_case(a_rare_draft(name="江映雪"))
    with pytest.raises(UnableToRelease, match="can be printed"):
        a_print(case, clock.now())
    assert desk_of(case.helper).get(address(case)).status_code == 302
    assert not Pack.objects.exists()


def test_document_and_declaration_come_first(case: CaseRelease) -> None:
    case.application.sections.filter(step=Step.TAX).delete()
    with pytest.raises(UnableToRelease, match="come first"):
        a_print(case, clock.now())


def test_nobody_without_the_witness_licence_prints_or_confirms() -> None:
    case = an_open_case(a_rare_draft(), at=clock.now())
    with pytest.raises(UnableToRelease, match="witness"):
        a_print(case, clock.now())
    assert "witness of this outlet" in desk_of(case.helper).get(address(case)).content.decode()
    assert case.helper is not None
    give_licence(case.helper, "witness")
    at = clock.now()
    a_scan(case, at)
    untrained = make_staff(Role.OPENING_OFFICER, case.outlet)
    with pytest.raises(UnableToRelease, match="witness"):
        confirm_paper(release=case, second=untrained, looks=LOOKS, at=at + LATER)


def test_nothing_is_scanned_before_it_could_be_read(case: CaseRelease) -> None:
    at = clock.now()
    a_print(case, at)
    pages = [page.ref for page in some_pages(case.application, at)]
    given: dict[str, Any] = {"release": case, "helper": case.helper, "looks": LOOKS}
    with pytest.raises(UnableToRelease, match="so soon"):
        keep_scan(pages=pages, at=at + timedelta(seconds=5), **given)
    with pytest.raises(UnableToRelease, match="every page"):
        keep_scan(pages=[], at=at + LATER, **given)
    with pytest.raises(UnableToRelease, match="looked at all"):
        keep_scan(pages=pages, at=at + LATER, **{**given, "looks": LOOKS[:2]})
    assert PaperSigning.objects.get().status == PaperStatus.PRINTED


def test_a_scan_needs_a_print(case: CaseRelease) -> None:
    at = clock.now()
    assert case.helper is not None
    paper = print_pack(release=case, helper=case.helper, language="en", at=at)
    assert paper.print_ref is None
    with pytest.raises(UnableToRelease, match="Print"):
        keep_scan(
            release=case,
            helper=case.helper,
            pages=[paper.ref],
            looks=LOOKS,
            at=at + LATER,
        )


def test_what_was_corrected_since_is_printed_again(case: CaseRelease) -> None:
    at = clock.now()
    a_scan(case, at)
    rename(case.application, f"汪{RARE}雪")
    with pytest.raises(UnableToRelease, match="Print it again"):
        confirm_paper(release=case, second=a_colleague(case), looks=LOOKS, at=at + LATER)
    again = a_print(case, at + LATER)
    statuses = dict(PaperSigning.objects.values_list("pk", "status"))
    assert sorted(statuses.values()) == ["dropped", "printed"]
    assert statuses[again.pk] == "printed"


def test_the_first_person_is_not_the_second_one(case: CaseRelease) -> None:
    at = clock.now()
    paper = a_scan(case, at)
    assert case.helper is not None
    with pytest.raises(UnableToRelease, match="second person"):
        confirm_paper(release=case, second=case.helper, looks=LOOKS, at=at + LATER)
    assert desk_of(case.helper).get(address(case, "second")).status_code == 404
    with pytest.raises(IntegrityError, match="another_person"), transaction.atomic():
        PaperSigning.objects.filter(pk=paper.pk).update(
            status="confirmed", second=case.helper, confirmed_at=at
        )
    with pytest.raises(IntegrityError, match="another_person"), transaction.atomic():
        PaperSigning.objects.filter(pk=paper.pk).update(status="confirmed", confirmed_at=at)


def test_a_stranger_finds_nothing(case: CaseRelease) -> None:
    at = clock.now()
    a_scan(case, at)
    elsewhere = make_staff(Role.OPENING_OFFICER, make_unit())
    give_licence(elsewhere, "witness")
    assert not papers_to_confirm(elsewhere, at).exists()
    stranger = desk_of(elsewhere)
    for which, more in (("", ()), ("second", ()), ("print", ()), ("page", (1,))):
        assert stranger.get(address(case, which, *more)).status_code == 404
    phone = on_phone(case.application.customer)
    assert phone.get(address(case)).status_code in (302, 404)
    teller = desk_of(make_staff(Role.REVIEWER, case.outlet))
    assert teller.get(address(case)).status_code == 403
    with pytest.raises(UnableToRelease, match="witness"):
        confirm_paper(release=case, second=elsewhere, looks=LOOKS, at=at + LATER)


def test_a_page_that_was_not_checked_is_not_confirmed(case: CaseRelease) -> None:
    at = clock.now()
    a_print(case, at)
    assert case.helper is not None
    page = files.store(
        upload=SimpleUploadedFile("a.jpg", jpeg()),
        purpose="accounts.signed_page",
        owner_ref=case.application.ref,
        actor=ACTOR,
        at=at,
    )
    keep_scan(release=case, helper=case.helper, pages=[page.ref], looks=LOOKS, at=at + LATER)
    with pytest.raises(UnableToRelease, match="not checked"):
        confirm_paper(release=case, second=a_colleague(case), looks=LOOKS, at=at + LATER)


def test_no_other_file_is_taken_for_a_page(case: CaseRelease) -> None:
    at = clock.now()
    a_print(case, at - LATER)
    sent = {
        "act": "scan",
        "looks": LOOKS,
        "pages": [SimpleUploadedFile("a.jpg", b"%PDF-1.7 no picture")],
    }
    shown = desk_of(case.helper).post(address(case), sent)
    assert shown.status_code == 200
    assert "Page 1" in shown.content.decode()
    assert PaperSigning.objects.get().status == PaperStatus.PRINTED


def test_the_second_person_sends_it_back(case: CaseRelease) -> None:
    at = clock.now()
    a_scan(case, at)
    colleague = a_colleague(case)
    desk_of(colleague).post(address(case, "second"), {"act": "back", "lacks": "name"})
    paper = PaperSigning.objects.get()
    assert (paper.status, paper.lacks) == ("printed", "name")
    assert "did not confirm" in desk_of(case.helper).get(address(case)).content.decode()
    assert Entry.objects.filter(kind="accounts.paper_sent_back").exists()
    with pytest.raises(UnableToRelease, match="Nothing signed by hand"):
        send_paper_back(release=case, second=colleague, lacks=PaperLook.NAME, at=at + LATER)


def test_what_two_people_confirmed_stays(case: CaseRelease) -> None:
    paper = a_confirmed(case, clock.now())
    changes: list[dict[str, Any]] = [{"pages": []}, {"status": "scanned"}, {"second": case.helper}]
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            PaperSigning.objects.filter(pk=paper.pk).update(**change)
    with transaction.atomic():
        for write in reopen_agreements(application=fresh(case)):
            write.alone()
    assert Pack.objects.get().status == PackStatus.SUPERSEDED
    assert Step.AGREEMENTS not in facts_of(fresh(case)).done
    again = a_print(case, clock.now())
    assert again.pack != paper.pack


def test_a_customer_who_ends_the_release_ends_this_too(case: CaseRelease) -> None:
    at = clock.now()
    a_scan(case, at)
    CaseRelease.objects.filter(pk=case.pk).update(until=at + timedelta(seconds=1))
    with pytest.raises(UnableToRelease, match="has ended"):
        confirm_paper(release=case, second=a_colleague(case), looks=LOOKS, at=at + LATER)
    assert Pack.objects.get().status == PackStatus.PRESENTED


def test_two_people_review_it_and_neither_of_the_two_who_looked() -> None:
    assert risks_of(RiskFacts(checks={}, on_paper=True))[-1] in Risk
    assert class_of([Risk.ON_PAPER], high=[]) == RiskClass.HIGH
    case = a_witnessed_case(a_rare_draft())
    paper = a_confirmed(case, clock.now())
    sent = submit_application(application=fresh(case), actor=ACTOR, at=clock.now())
    for person in (paper.helper, paper.second):
        assert person is not None
        assert take_next(officer=person, at=clock.now()) is None
        with pytest.raises(UnableToReview, match="helped"):
            claim_review(application=sent, officer=person, at=clock.now())
        with pytest.raises(IntegrityError, match="does not review"), transaction.atomic():
            Application.objects.filter(pk=sent.pk).update(claimed_by=person)
    from accounts.evidence.states import CheckStatus
    from accounts.models import OutsideCheck
    from accounts.use_cases import route_review

    OutsideCheck.objects.filter(status=CheckStatus.ASKED).update(
        status=CheckStatus.UNANSWERED, next_attempt_at=None, ended_at=clock.now()
    )
    route_review(application=sent, at=clock.now(), draw=999)
    routing = Routing.objects.get()
    assert Risk.ON_PAPER in routing.risks
    assert routing.route == Route.TWO
    reviewer = desk_of(make_staff(Role.REVIEWER, sent.outlet))
    shown = reviewer.get(f"/admin/accounts/application/{sent.ref}/change/")
    assert "Signed by hand on paper" in shown.content.decode()
    assert paper.helper.display_name in shown.content.decode()


@pytest.mark.parametrize(("language", "said"), [("en", "sign by hand"), ("zh-hans", "手写")])
def test_the_customer_reads_what_happens(case: CaseRelease, language: str, said: str) -> None:
    user = case.application.customer.user
    assert user is not None
    phone = sign_in(Client(headers={"Accept-Language": language}), user)
    url = reverse("accounts:agreements", args=[case.application.ref])
    shown = phone.get(url).content.decode()
    assert said in shown
    assert reverse("accounts:release", args=[case.application.ref]) in shown
    a_confirmed(case, clock.now())
    timeline = phone.get(url).content.decode()
    assert ("by hand" if language == "en" else "手写") in timeline
