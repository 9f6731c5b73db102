"""The whole table of what contradicts a tax declaration, and who is asked by which rule."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from accounts.dated import US_PERSON, us_signs
from accounts.forms.tax import ASKED
from accounts.models import Section
from accounts.rules.sections import lacking
from accounts.rules.tax import SIGN_OF, SIGNS, Contradiction, Told, contradictions, is_abroad
from accounts.selectors import section_of
from accounts.states import Step
from brokerage.core import clock
from brokerage.reference.models import Rule
from tests.accounts.factories import a_draft
from tests.users.factories import sign_in

HERE, ELSEWHERE, BOTH = ({"residence": each} for each in ("china", "abroad", "both"))
NO, YES = {**HERE, "us_person": "no"}, {**HERE, "us_person": "yes"}
HOME = {"phone": "+8613800000101", "address": "浙江省金华市婺城区"}
C = Contradiction


@pytest.mark.parametrize(
    ("answers", "told", "found"),
    [
        (HERE, {}, []),
        (BOTH, {"phone": "+15551234567"}, []),
        (HERE, {"phone": "+447700900123"}, [C.FOREIGN_PHONE]),
        (HERE, {"address": "12 High Street, Leeds"}, [C.FOREIGN_ADDRESS]),
        (HERE, {"foreigner": True}, [C.FOREIGN_PAPER]),
        (ELSEWHERE, {"foreigner": True}, []),
        (ELSEWHERE, {"native": True}, [C.HOME_PAPER]),
        (BOTH, {"native": True}, []),
        (HERE, {"native": True}, []),
        ({**ELSEWHERE, "country_1": "CN"}, {}, [C.HOME_AMONG_ABROAD]),
        ({**BOTH, "country_1": "CN"}, {}, []),
        (NO, {}, []),
        (YES, {}, [C.US_UNNAMED]),
        ({**BOTH, "us_person": "yes", "country_1": "US"}, {}, []),
        ({**BOTH, "us_person": "yes", "country_1": "GB"}, {}, [C.US_UNNAMED]),
        ({**BOTH, "us_person": "no", "country_1": "US"}, {}, [C.US_NAMED]),
        (NO, {"phone": "+15551234567"}, [C.FOREIGN_PHONE, C.US_PHONE]),
        (YES, {"phone": "+15551234567"}, [C.FOREIGN_PHONE, C.US_UNNAMED]),
        (NO, {"foreigner": True, "nationality": "US"}, [C.FOREIGN_PAPER, C.US_PAPER]),
        (NO, {"foreigner": True, "nationality": "GB"}, [C.FOREIGN_PAPER]),
        (NO, {"address": "5 Main Street, Boston, USA"}, [C.FOREIGN_ADDRESS, C.US_ADDRESS]),
        ({**BOTH, "us_person": "no", "address_latin": "1 A St, U.S.A."}, {}, [C.US_ADDRESS]),
        ({**BOTH, "us_person": "no", "birth_place": "美国纽约"}, {}, [C.US_BIRTH]),
        ({**BOTH, "us_person": "no", "birth_place": "Austin, United States"}, {}, [C.US_BIRTH]),
        ({**BOTH, "us_person": "no", "birth_place": "Sussex"}, {}, []),
        ({**BOTH, "us_person": "no", "birth_place": "Musa, Jerusalem"}, {}, []),
        ({**BOTH, "birth_place": "美国纽约"}, {}, []),  # not asked, so nothing contradicts it
    ],
)
def test_what_contradicts_an_answer(
    answers: dict[str, Any], told: dict[str, Any], found: list[Contradiction]
) -> None:
    assert contradictions(answers, Told(**{**HOME, **told}), SIGNS) == found


@pytest.mark.parametrize("sign", sorted(SIGNS))
def test_a_sign_counts_only_where_the_rule_says_so(sign: str) -> None:
    answers = {"us_person": "no", "birth_place": "USA", "country_1": "US", "residence": "both"}
    told = Told(phone="+15551234567", address="New York, USA", nationality="US")
    found = contradictions(answers, told, {sign})
    assert found
    assert {SIGN_OF[each] for each in found} == {sign}
    assert contradictions(answers, told) == []


def test_each_contradiction_has_its_sentence() -> None:
    assert set(ASKED) == set(Contradiction)
    with translation.override("zh-hans"):
        assert all(any(each >= "\u4e00" for each in str(said)) for said in ASKED.values())


def test_a_us_person_pays_tax_abroad() -> None:
    assert is_abroad(YES)
    assert is_abroad(BOTH)
    assert not is_abroad(NO)


def test_the_question_belongs_to_those_who_were_asked() -> None:
    assert lacking(Step.TAX, HERE) == ["declares"]
    assert lacking(Step.TAX, {**HERE, "us_asked": True}) == ["us_person", "declares"]


@pytest.mark.django_db
def test_the_page_asks_keeps_and_wants_an_explanation() -> None:
    draft = a_draft(at=clock.now())
    assert draft.customer.user is not None
    phone = sign_in(Client(headers={"Accept-Language": "en"}), draft.customer.user)
    url = f"/open/{draft.ref}/tax/"
    assert "green card" in phone.get(url).content.decode()
    typed = {"residence": "china", "declares": "on"}

    def answer(**more: str) -> Section:
        before = section_of(draft, Step.TAX)
        phone.post(url, {**typed, **more, "version": str(before.version if before else 0)})
        found = section_of(draft, Step.TAX)
        assert found is not None
        return found

    section = answer()
    assert (section.answers["residence"], section.is_done) == ("china", False), "nothing is lost"
    section = answer(us_person="yes")
    assert (section.answers["asked"], section.is_done) == (["us_unnamed"], False)
    assert "you did not name the United States" in phone.get(url).content.decode()
    assert answer(us_person="yes", explanation="Gave it up last year.").is_done
    section = answer(us_person="no")
    assert section.is_done
    assert "explanation" not in section.answers


@pytest.mark.django_db
def test_without_the_rule_nobody_is_asked() -> None:
    Rule.objects.filter(key=US_PERSON).update(valid_to=clock.today())
    assert us_signs(clock.today()) is None
    draft = a_draft(at=clock.now())
    assert draft.customer.user is not None
    phone = sign_in(Client(headers={"Accept-Language": "en"}), draft.customer.user)
    url = f"/open/{draft.ref}/tax/"
    assert "green card" not in phone.get(url).content.decode()
    typed = {"residence": "china", "declares": "on", "version": "0"}
    assert phone.post(url, typed).status_code == 302
