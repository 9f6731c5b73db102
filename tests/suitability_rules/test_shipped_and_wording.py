"""Shipped rows have the form of dated rules; every reason has its sentence in both languages."""

from __future__ import annotations

import string
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from brokerage.reference.dated import Confidence
from brokerage.reference.schemas import Schema, Type, schemas
from brokerage.reference.use_cases.load_rules import load_rules
from suitability import content, shipped
from suitability.labels import CATEGORIES, FACTORS, FACTS, KINDS, LABELS, STEPS, TYPES
from suitability.models import Questionnaire
from suitability.rules.conditions import Condition
from suitability.rules.grades import ProfessionalKind
from suitability.rules.reasons import PARAMETERS, Code, because
from suitability.wording import SENTENCES, sentence, sentences
from tests.conftest import MONDAY

FILES = [
    "papers/natural_person",
    "papers/organisation",
    "rules/matrix",
    "rules/permissions",
    "rules/thresholds",
    "rules/warnings",
    "rules/professional",
    "rules/disclosure",
    "rules/recordings",
    "rules/follow_up",
    "rules/simulated",
]
PAPERS = ["natural_person", "organisation"]


@pytest.mark.parametrize("name", FILES)
def test_rows_have_the_form_of_dated_rules(name):
    keys = [(row["key"], row["valid_from"]) for row in shipped.rows(name)]
    assert len(keys) == len(set(keys))
    for row in shipped.rows(name):
        assert {"key", "valid_from", "value", "source", "confidence"} <= row.keys()
        assert row["confidence"] in Confidence.values
        assert type(row["valid_from"]) is date
        assert len(shipped.version_of(row)) <= 100


def test_every_file_below_reference_is_looked_at_here():
    found = {
        str(path.relative_to(shipped.FOLDER).with_suffix(""))
        for path in shipped.FOLDER.glob("*/*.yaml")
    }
    assert found == set(FILES)


@pytest.mark.parametrize("key", PAPERS)
def test_the_papers_pass_the_check_of_the_present_schema(key):
    content.check(shipped.row(f"papers/{key}", key)["value"])


@pytest.mark.parametrize("key", PAPERS)
def test_a_paper_has_no_text_twice_and_every_text_in_both_languages(key):
    value = shipped.row(f"papers/{key}", key)["value"]
    texts = [*value["groups"].values(), *(each["text"] for each in value["questions"])]
    texts += [each["text"] for each in value.get("declarations", ())]
    for each in value["questions"]:
        for code in ("zh-hans", "en"):
            said = [option[code] for option in each["options"]]
            assert len(said) == len(set(said)), each["key"]
        texts += each["options"]
    assert all(each["zh-hans"].strip() and each["en"].strip() for each in texts)
    asked = [each["text"]["en"] for each in value["questions"]]
    assert len(asked) == len(set(asked))


@pytest.mark.django_db
@pytest.mark.parametrize("key", PAPERS)
def test_the_present_loader_loads_the_papers_once_their_keys_are_registered(key, monkeypatch):
    known = (
        {}
        if key in schemas
        else {key: Schema(key=key, label=key, type=Type.TABLE, check=content.check)}
    )
    monkeypatch.setattr(schemas, "_items", {**dict(schemas.items()), **known})
    path = shipped.FOLDER / f"papers/{key}.yaml"
    load_rules(path, at=MONDAY, sandbox=True, model=Questionnaire)
    again = load_rules(path, at=MONDAY, sandbox=True, model=Questionnaire)
    assert (again.added, again.unchanged) == (0, 1)
    stored = Questionnaire.objects.in_force(key, date(2026, 3, 2))
    assert stored.paper == shipped.paper(key)


# --- wording

SAMPLES = {
    "amount": Decimal("1234.5"),
    "needed": Decimal(2000),
    "missing": Decimal("765.5"),
    "date": date(2026, 3, 12),
    "fact": "financial_assets",
    "type": "equity",
    "kind": 5,
    "step": "knowledge_test",
    "factor": "leverage",
    "category": "star",
    "notice": "five",
}


def sample(code):
    return because(code, **{name: SAMPLES.get(name, 12) for name in PARAMETERS.get(code, ())})


@pytest.mark.parametrize("code", Code)
def test_every_reason_has_a_sentence_in_both_languages_with_all_its_parameters(code):
    said = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            template = str(SENTENCES[code])
            said[language] = sentence(sample(code))
        names = {name for _, name, _, _ in string.Formatter().parse(template) if name}
        assert names == PARAMETERS.get(code, frozenset())
        assert "{" not in said[language]
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in said["en"])
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said["zh-hans"])


def test_amounts_dates_months_and_keys_are_put_in_words():
    reasons = (
        because(Code.TOO_LITTLE, **{name: SAMPLES[name] for name in
                                    ("fact", "amount", "needed", "missing")}),
        because(Code.TOO_LITTLE, fact="investing_months", amount=11, needed=12, missing=1),
        because(Code.ASSESSMENT_EXPIRED, date=date(2026, 3, 12)),
        because(Code.HORIZON_TOO_LONG, months=13, limit=12),
        because(Code.ANSWERS_DISAGREE, question="goal", other="loss"),
    )  # fmt: skip
    words = {"goal": "目标？", "loss": "亏损？"}
    with translation.override("en"):
        assert [each.replace("\u00a0", " ") for each in sentences(reasons)] == [
            "financial assets: CNY 1,234.50, at least CNY 2,000.00 is needed; "
            "CNY 765.50 is lacking.",
            "investing experience: 11 months, at least 12 months is needed; 1 month is lacking.",
            "Your risk assessment ended on 12 March 2026.",
            "Your money may be bound for 13 months, longer than the 12 months you chose.",
            "Two answers do not go together. Check them: “goal” and “loss”",
        ]
    with translation.override("zh-hans"):
        assert [each.replace("\u00a0", " ") for each in sentences(reasons, words)] == [
            "金融资产：1,234.50 元，需要 2,000.00 元，还差 765.50 元。",
            "投资经历：11 个月，需要 12 个月，还差 1 个月。",
            "你的风险测评到 2026 年 3 月 12 日 为止，已经过期。",
            "资金最多占用 13 个月，超过你选的 12 个月。",
            "两个答案对不上。请再看一下：“目标？”和“亏损？”",
        ]


def facts_of(condition: Condition) -> set[str]:
    if condition.fact:
        return {condition.fact}
    return {fact for part in condition.parts for fact in facts_of(part)}


def test_every_key_of_the_data_has_words():
    professional, grading = shipped.professional_rules(), shipped.grading_rules()
    conditions = [*professional.by_right.values(), *professional.conversion.values()]
    for rule in shipped.permissions().values():
        conditions += [
            each.condition for each in (*rule.persons, *rule.organisations) if each.condition
        ]
    assert {fact for each in conditions for fact in facts_of(each)} == set(FACTS)
    assert set(professional.steps) == set(STEPS)
    assert set(grading.factors) | {"category"} == set(FACTORS)
    assert set(grading.floors) == set(CATEGORIES)
    assert set(shipped.matching_rules().types) == set(TYPES)
    assert {str(each.value) for each in ProfessionalKind} == set(KINDS)
    assert set(LABELS) <= {name for names in PARAMETERS.values() for name in names}
