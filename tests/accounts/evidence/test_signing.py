"""From the first page to the signed file: reading, code, certificate, PDF, and its checks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.translation import override

from accounts.evidence.states import CheckKind, PackStatus
from accounts.facts import facts_of
from accounts.gateways import Person, Unavailable
from accounts.models import AgreementText, Application, Pack
from accounts.signing import sealing
from accounts.signing.authority import Subject, authority
from accounts.signing.codes import CodeWrong, UnableToSign
from accounts.signing.declaration import answers_of, digest
from accounts.signing.local_authority import LocalAuthority
from accounts.signing.local_stamps import LocalStamps
from accounts.signing.page import pack_data
from accounts.signing.texts import FOLDER, fingerprint, load_agreements, text_hash, texts_at
from accounts.signing.typesetting import (
    FONT,
    FONT_SHA256,
    RARE_FONT,
    RARE_SHA256,
    MissingGlyphs,
    _known,
    typeset,
    unprintable,
)
from accounts.states import Step
from accounts.use_cases import Answer, save_section
from accounts.use_cases.outside_checks import ask, request_check
from accounts.use_cases.signing import (
    finish_document,
    open_document,
    present_pack,
    seal_pack,
    send_signing_code,
    sign_pack,
)
from brokerage.files import api as files
from brokerage.journal.models import Entry
from tests.accounts.evidence.factories import ACTOR, a_person
from tests.accounts.factories import a_complete_draft, a_draft
from tests.accounts.proofs import unprove_steps
from tests.customers.factories import a_customer
from tests.users.factories import sign_in

UNKNOWN = "\U000313a0"  # of extension H, in neither font
PHONE = "+8613900139000"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are compared in one language, whatever a test before this one left behind."""
    with override("en"):
        yield


def read_all(pack: Pack, at: datetime) -> None:
    for document in pack.documents.all():
        open_document(document=document, at=at - timedelta(minutes=1))
        finish_document(document=document, at=at)


def a_pack(
    at: datetime, language: str = "zh-hans", application: Application | None = None
) -> Pack:
    return present_pack(
        application=application or a_draft(at=at), language=language, actor=ACTOR, at=at
    )


def a_signed_pack(at: datetime, sms: Any, signer: Person | None = None, **values: Any) -> Pack:
    pack = a_pack(at, **values)
    read_all(pack, at)
    send_signing_code(application=pack.application, phone=PHONE, language="zh-hans", at=at)
    code = sms.sent[-1].code
    return sign_pack(
        application=pack.application, code=code, signer=signer or a_person(), actor=ACTOR, at=at
    )


def confirm(pack: Pack, at: datetime, person: Person | None = None) -> None:
    check = request_check(
        application=pack.application,
        kind=CheckKind.IDENTITY,
        question=person or a_person(),
        actor=ACTOR,
        at=at,
    )
    ask(check=check, at=at)


@pytest.mark.django_db
def test_the_shipped_texts_stand_in_both_languages_with_their_hash(at) -> None:
    zh, en = texts_at(at, "zh-hans"), texts_at(at, "en")

    assert [row.key for row in zh] == [row.key for row in en]
    assert len(zh) == 7
    assert all(row.sha256 == text_hash(row.title, row.body) for row in (*zh, *en))
    assert load_agreements(at=at) == 0


@pytest.mark.django_db
def test_which_texts_there_are_is_kept_and_a_newer_one_counts_when_all_know_it(
    at, settings, monkeypatch, tmp_path, django_assert_num_queries
) -> None:
    settings.REFERENCE_KEPT_SECONDS = 20
    monkeypatch.setattr("accounts.signing.texts._kept", {})
    before = texts_at(at, "en")
    shipped = FOLDER / "agreements.yaml"
    changed = tmp_path / "agreements.yaml"
    changed.write_text(shipped.read_text().replace(before[0].title, "Other title", 1))
    assert load_agreements(at=at, path=changed) == 1
    with django_assert_num_queries(0):
        assert texts_at(at + timedelta(seconds=19), "en") == before
    assert texts_at(at + timedelta(seconds=20), "en")[0].title == "Other title"
    monkeypatch.setattr("accounts.signing.texts._kept", {})
    assert texts_at(at + timedelta(seconds=19), "en") == before, "another process"


@pytest.mark.django_db
def test_a_text_never_changes(at) -> None:
    with pytest.raises(Exception, match="Cannot update"):
        AgreementText.objects.filter(key="custody").update(body="other")


@pytest.mark.django_db
def test_a_text_counts_as_read_by_the_clock_of_the_server(at) -> None:
    document = a_pack(at).documents.select_related("text").first()
    assert document is not None
    with pytest.raises(UnableToSign, match="read this text"):
        finish_document(document=document, at=at)

    open_document(document=document, at=at)
    with pytest.raises(UnableToSign, match="read this text"):
        finish_document(document=document, at=at + timedelta(seconds=4))
    open_document(document=document, at=at + timedelta(seconds=4))  # again: the first one counts

    assert finish_document(document=document, at=at + timedelta(seconds=5)).seconds == 5


@pytest.mark.django_db
def test_no_code_before_everything_was_read(at, sms) -> None:
    with pytest.raises(UnableToSign, match="Read all texts"):
        send_signing_code(application=a_pack(at).application, phone=PHONE, language="en", at=at)
    assert sms.sent == []


@pytest.mark.django_db
def test_a_code_signs_its_own_pack_once_and_for_five_minutes(at, sms) -> None:
    other_person = a_customer("+8613900139007")
    pack, other = a_pack(at), a_pack(at, application=a_draft(other_person, at=at))
    for one in (pack, other):
        read_all(one, at)
        send_signing_code(application=one.application, phone=PHONE, language="en", at=at)
    code = sms.sent[0].code

    def sign(one: Pack, typed: str, when: datetime = at) -> Pack:
        return sign_pack(
            application=one.application, code=typed, signer=a_person(), actor=ACTOR, at=when
        )

    if sms.sent[1].code != code:
        with pytest.raises(CodeWrong):
            sign(other, code)
    with pytest.raises(CodeWrong):
        sign(pack, code, at + timedelta(minutes=5))

    signed = sign(pack, code, at + timedelta(minutes=4))
    assert (signed.status, signed.code_hash) == (PackStatus.SIGNED, "")
    assert sign(pack, "000000").signed_at == signed.signed_at  # again: nothing happens
    assert Entry.objects.filter(kind="accounts.pack_signed").count() == 1
    assert code not in str(list(Entry.objects.values_list("payload", flat=True)))


@pytest.mark.django_db
def test_five_wrong_codes_need_another_one(at, sms) -> None:
    pack = a_pack(at)
    read_all(pack, at)
    send_signing_code(application=pack.application, phone=PHONE, language="en", at=at)
    code = sms.sent[0].code
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for typed in [wrong] * 5 + [code]:
        with pytest.raises(CodeWrong):
            sign_pack(
                application=pack.application, code=typed, signer=a_person(), actor=ACTOR, at=at
            )
    with pytest.raises(UnableToSign, match="Wait a minute"):
        send_signing_code(application=pack.application, phone=PHONE, language="en", at=at)

    later = at + timedelta(seconds=60)
    send_signing_code(application=pack.application, phone=PHONE, language="en", at=later)
    code = sms.sent[-1].code
    assert sign_pack(
        application=pack.application, code=code, signer=a_person(), actor=ACTOR, at=later
    ).signed_at


@pytest.mark.django_db
def test_another_language_is_another_pack_until_something_is_signed(at, sms) -> None:
    application = a_draft(at=at)
    first = a_pack(at, application=application)
    assert a_pack(at, application=application) == first

    second = a_pack(at, "en", application)
    assert second != first
    first.refresh_from_db()
    assert first.status == PackStatus.SUPERSEDED
    assert second.fingerprint == fingerprint(texts_at(at, "en"))

    signed = a_signed_pack(at, sms, application=application, language="en")
    assert a_pack(at, "zh-hans", application) == signed


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_sealed_file_is_signed_by_the_confirmed_person(at, sms, language) -> None:
    pack = a_signed_pack(at, sms, language=language)
    assert seal_pack(pack=pack, at=at).problem == "identity"
    confirm(pack, at)

    sealed = seal_pack(pack=pack, at=at)

    assert sealed.status == PackStatus.SEALED
    with files.open_stream(files.StoredFile.objects.get(ref=str(sealed.file_ref))) as plain:
        signed = plain.read()
    found = sealing.check(signed, roots=authority().roots())
    assert found.valid, found.problem
    assert (found.signer, found.serial) == ("江映雪", sealed.certificate_serial)
    assert found.stamped_at == at.replace(microsecond=0)
    assert b"PRIVATE" not in sealed.certificate.encode()
    assert Entry.objects.get(kind="accounts.pack_sealed").payload["file_hash"] == (
        sealed.file_sha256
    )
    assert seal_pack(pack=pack, at=at).file_ref == sealed.file_ref


@pytest.mark.django_db(transaction=True)
def test_a_check_of_somebody_else_seals_nothing(at, sms) -> None:
    pack = a_signed_pack(at, sms)
    confirm(pack, at, Person("欧阳雪", "resident_id", a_person().number))

    assert seal_pack(pack=pack, at=at).problem == "identity"


@pytest.mark.django_db(transaction=True)
def test_an_authority_that_is_down_only_delays(at, sms, monkeypatch) -> None:
    pack = a_signed_pack(at, sms)
    confirm(pack, at)

    def down(*args: Any, **kwargs: Any) -> None:
        raise Unavailable("down")

    with monkeypatch.context() as patch:
        patch.setattr(LocalAuthority, "issue", down)
        assert seal_pack(pack=pack, at=at).problem == "authority"

    assert seal_pack(pack=pack, at=at).status == PackStatus.SEALED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sign", ["𠮷", "㛃", "䶮", "峣"])
def test_a_rare_name_is_printed_with_the_second_font(at, sms, sign: str) -> None:
    rare = Person(f"李{sign}", "resident_id", a_person().number)
    pack = a_signed_pack(at, sms, signer=rare)
    confirm(pack, at, rare)

    sealed = seal_pack(pack=pack, at=at)
    assert (sealed.status, sealed.problem) == (PackStatus.SEALED, "")
    with files.open_stream(files.StoredFile.objects.get(ref=str(sealed.file_ref))) as plain:
        pdf = plain.read()
    assert b"NotoSansCJKsc" in pdf
    assert sealing.check(pdf, roots=authority().roots()).valid


@pytest.mark.django_db
def test_a_name_that_both_fonts_lack_is_refused_before_it_is_signed(at, sms) -> None:
    with pytest.raises(UnableToSign, match=UNKNOWN):
        a_signed_pack(at, sms, signer=Person(f"李{UNKNOWN}", "resident_id", "1"))
    assert Pack.objects.get().status == PackStatus.PRESENTED


@pytest.mark.django_db(transaction=True)
def test_what_is_lacking_all_the_same_waits_rather_than_being_printed_as_a_box(
    at, sms, monkeypatch: pytest.MonkeyPatch
) -> None:
    rare = Person(f"李{UNKNOWN}", "resident_id", a_person().number)
    monkeypatch.setattr("accounts.use_cases.signing.cannot_print", lambda name: "")
    pack = a_signed_pack(at, sms, signer=rare)
    confirm(pack, at, rare)

    assert seal_pack(pack=pack, at=at).problem == "glyphs U+313A0"


def test_common_characters_need_no_look_into_the_fonts() -> None:
    common = "".join(
        bytes((row, cell)).decode("gb2312", "ignore")
        for row in range(0xB0, 0xF8)
        for cell in range(0xA1, 0xFF)
    )
    assert len(common) == 6763
    assert not set(common) - _known(FONT, FONT_SHA256) - _known(RARE_FONT, RARE_SHA256)
    assert unprintable("阿依古丽·买买提 O'Neill") == []
    assert unprintable(f"江{UNKNOWN}𠮷{UNKNOWN}") == [UNKNOWN]


@pytest.mark.django_db
def test_the_page_says_so_before_anything_is_read(at, sms) -> None:
    draft = a_complete_draft()
    section = draft.sections.get(step=Step.IDENTITY)
    section.values = json.dumps(section.answers | {"name": f"江{UNKNOWN}"})
    section.save()
    draft.set_applicant_name(f"江{UNKNOWN}")
    draft.save()
    unprove_steps(draft)
    user = draft.customer.user
    assert user is not None
    phone = sign_in(Client(headers={"Accept-Language": "en"}), user)
    url = f"/open/{draft.ref}/agreements/"
    for page in (phone.get(url), phone.post(url, {"act": "begin"})):
        assert UNKNOWN in page.content.decode()
        assert "/visits/new/" in page.content.decode()
    assert not Pack.objects.filter(application=draft).exists()


@pytest.mark.django_db(transaction=True)
def test_the_tax_declaration_is_signed_and_printed_as_it_was_given(at, sms) -> None:
    draft = a_complete_draft()
    unprove_steps(draft)
    pack = a_signed_pack(at, sms, application=draft)
    section = draft.sections.get(step=Step.TAX)
    assert answers_of(pack.declaration) == section.answers
    told = Entry.objects.get(kind="accounts.pack_signed").payload["declaration"]
    assert told == digest(pack.declaration or "")
    data = pack_data(pack, a_person(), serial="1")["declaration"]
    assert told in data["fingerprint"]
    said = {row["name"]: row["value"] for row in data["rows"]}
    assert said["表格版本"] == "accounts.tax_form@2020-01-01"
    assert "中国内地" in said["你是哪里的税收居民？"]
    assert typeset(pack_data(pack, a_person(), serial="1"))


@pytest.mark.django_db
def test_a_corrected_declaration_is_signed_again(at, sms) -> None:
    draft = a_complete_draft()
    unprove_steps(draft)
    a_signed_pack(at, sms, application=draft)
    section = draft.sections.get(step=Step.TAX)
    values = {"residence": "both", "country_1": "GB", "tin_1": "123"}
    save_section(
        application=draft,
        answer=Answer(step=Step.TAX, values=values, version=section.version),
        actor=ACTOR,
        at=at,
    )
    assert Pack.objects.get().status == PackStatus.SUPERSEDED
    assert Step.AGREEMENTS not in facts_of(draft).done


@pytest.mark.django_db
def test_the_page_asks_for_the_declaration_first(at) -> None:
    draft = a_complete_draft()
    draft.sections.filter(step=Step.TAX).delete()
    unprove_steps(draft)
    user = draft.customer.user
    assert user is not None
    phone = sign_in(Client(), user)
    answer = phone.get(f"/open/{draft.ref}/agreements/")
    assert answer.headers["Location"].endswith(f"/open/{draft.ref}/tax/")


def signed_file(authority_: LocalAuthority, at: datetime, text: str = "江映雪") -> bytes:
    ready = sealing.prepare(authority_, subject=Subject("江映雪", "ref"), key=UUID(int=9), at=at)
    return sealing.seal(typeset(content(text)), ready, authority_, at=at)


def content(text: str) -> dict[str, Any]:
    return {
        "title": "协议",
        "firm": "演示",
        "lang": "zh",
        "number": "1",
        "parties": [{"name": "甲方", "value": text}],
        "documents": [],
        "signing": {"title": "签署", "rows": [], "readings": []},
    }


def test_one_changed_byte_breaks_the_signature(at, tmp_path) -> None:
    local = LocalAuthority(tmp_path / "own")
    signed = signed_file(local, at)
    assert sealing.check(signed, roots=local.roots()).valid

    for place in (200, len(signed) // 3, len(signed) // 2):
        changed = bytearray(signed)
        changed[place] ^= 1
        assert not sealing.check(bytes(changed), roots=local.roots()).valid


def test_a_file_takes_one_time_stamp_and_has_room_for_long_names(
    at, tmp_path, monkeypatch
) -> None:
    """A real authority may charge for each stamp; trying one out for its size takes another."""
    local, asked = LocalAuthority(tmp_path), []
    stamp = LocalStamps.request_tsa_response

    def count(self: LocalStamps, request: Any) -> Any:
        asked.append(request)
        return stamp(self, request)

    monkeypatch.setattr(LocalStamps, "request_tsa_response", count)
    name = Subject("映" * 64, str(UUID(int=7)))
    ready = sealing.prepare(local, subject=name, key=UUID(int=9), at=at)
    signed = sealing.seal(typeset(content("江映雪")), ready, local, at=at)

    found = sealing.check(signed, roots=local.roots())
    assert (found.valid, found.signer) == (True, "映" * 21)
    assert len(asked) == 1


def test_files_are_typeset_in_any_thread_of_the_worker() -> None:
    with ThreadPoolExecutor(2) as threads:
        made = list(threads.map(lambda name: typeset(content(name)), ["江映雪", "陆知远"]))

    assert all(pdf.startswith(b"%PDF") for pdf in made)


def test_a_root_that_nobody_trusts_and_a_file_with_more_at_its_end_are_not_valid(
    at, tmp_path
) -> None:
    local, other = LocalAuthority(tmp_path / "own"), LocalAuthority(tmp_path / "other")
    signed = signed_file(local, at)

    assert sealing.check(signed, roots=other.roots()).problem == "untrusted"
    assert not sealing.check(b"%PDF-1.7 nothing", roots=local.roots()).valid
    assert not sealing.check(b"", roots=local.roots()).valid


def test_the_authority_keeps_its_keys_sealed_and_issues_one_certificate_a_key(
    at, tmp_path
) -> None:
    folder = tmp_path / "own"
    first, again = LocalAuthority(folder), LocalAuthority(folder)

    assert first.roots() == again.roots()
    assert b"PRIVATE KEY" not in (folder / "root.pem").read_bytes()
    assert (folder / "root.pem").stat().st_mode & 0o077 == 0


def test_text_of_a_person_is_never_run_as_code() -> None:
    made = typeset(content('#read("/etc/passwd") #panic() *x* $x$ ]'))

    assert made.startswith(b"%PDF")
    with pytest.raises(MissingGlyphs):
        typeset(content(UNKNOWN))
