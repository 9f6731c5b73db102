"""Pure rules: likeness, screening, words, mentions, differences."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.rules import likeness
from content.rules.differences import differences
from content.rules.mentions import codes_in, names_word
from content.rules.screening import LONGEST, BadPhrase, Screen, pattern, screen, worst
from content.rules.shortening import shortened
from content.rules.words import asked, words_of

POST = (
    "央行今天开展逆回购操作，操作利率和上次持平，资金面整体平稳，隔夜利率小幅回落，市场情绪稳定。"
)
texts = st.text(alphabet="央行开展逆回购操作利率持平abcXYZ 123，。\n", max_size=120)


def a_screen(*phrases: str, risk: int = 3, code: str = "extreme") -> Screen:
    return Screen(
        code=code, version=f"content.screening/{code}@2026-01-01", risk=risk, phrases=phrases
    )


# --- likeness -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("other", "least", "most"),
    [
        (POST, 100, 100),
        (POST.replace("，", " , ").upper(), 100, 100),
        (POST + "转发给朋友。", 80, 99),
        (POST.replace("小幅回落", "明显回落"), 60, 99),
        ("三只货币基金的管理费率下调，自公告次日起执行，投资者无需操作。", 0, 10),
        ("", 0, 0),
    ],
)
def test_texts_are_as_alike_as_what_they_share(other: str, least: int, most: int) -> None:
    assert least <= likeness.likeness(POST, other) <= most


def test_near_copies_share_a_band_and_others_do_not() -> None:
    mine = set(likeness.bands(POST))
    assert mine & set(likeness.bands(POST.replace("小幅回落", "明显回落") + "转！"))
    assert not mine & set(likeness.bands("三只货币基金的管理费率下调，自公告次日起执行。"))


@given(texts, texts)
def test_likeness_is_the_same_both_ways_and_whole_only_for_the_same_shingles(
    a: str, b: str
) -> None:
    found = likeness.likeness(a, b)
    assert found == likeness.likeness(b, a)
    assert 0 <= found <= 100
    if likeness.digest(a) == likeness.digest(b) and likeness.normal(a):
        assert found == 100


@given(texts)
def test_bands_are_the_same_in_every_run(text: str) -> None:
    found = likeness.bands(text)
    assert found == likeness.bands(text)
    assert len(found) == (likeness.BANDS if likeness.normal(text) else 0)


# --- screening ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("phrase", "text", "passage"),
    [
        ("稳赚不赔", "这只票稳赚不赔啊", "稳赚不赔"),
        ("稳赚不赔", "这只票稳.赚.不*赔啊", "稳.赚.不*赔"),
        ("目标价#", "目标价１２.５元", "目标价１２.５"),
        ("目标价#", "目标价 88 元", "目标价 88 "),
        ("看到#元", "看到：约 120 元", "看到：约 120 元"),
        ("保证*收益", "我们保证给你 8% 的收益", "保证给你 8% 的收益"),
        ("guaranteed return", "A GUARANTEED  return for you", "GUARANTEED  return"),
    ],
)
def test_a_phrase_marks_the_passage(phrase: str, text: str, passage: str) -> None:
    hit = screen(text, [a_screen(phrase)])[0]
    assert text[hit.start : hit.end] == passage
    assert hit.version.endswith("@2026-01-01")


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("保证*收益", "保证" + "很" * 40 + "收益"),
        ("all in", "small insects"),
        ("目标价#", "目标价未定"),
        ("目标价#", "目标价\n88"),
        ("保证*收益", "保证\n收益"),
    ],
)
def test_what_only_resembles_a_phrase_is_not_marked(phrase: str, text: str) -> None:
    assert screen(text, [a_screen(phrase)]) == ()


def test_marks_of_one_rule_never_overlap_and_the_worst_counts() -> None:
    rules = [a_screen("内部消息", "消息未公开", risk=5, code="tip"), a_screen("必涨", risk=2)]
    hits = screen("内部消息未公开，必涨必涨", rules)
    assert [hit.code for hit in hits] == ["tip", "extreme", "extreme"]
    assert worst(hits) == 5
    assert worst([]) == 0


@pytest.mark.parametrize("phrase", ["", "a", "*", "##", "涨" * (LONGEST + 1)])
def test_a_phrase_that_marks_everything_is_refused(phrase: str) -> None:
    with pytest.raises(BadPhrase):
        pattern(phrase)


@settings(max_examples=40)
@given(st.text(alphabet="保证收益*# 0123456789.,，a", min_size=2, max_size=LONGEST))
def test_no_phrase_makes_a_hostile_text_slow(phrase: str) -> None:
    text = ("保证收" * 300 + "0,0,0.0" * 300 + " " * 300)[:4000]
    start = time.perf_counter()
    try:
        list(pattern(phrase).finditer(text))
    except BadPhrase:
        return
    assert time.perf_counter() - start < 2


# --- words, codes ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("逆回购", ["逆回", "回购"]),
        ("债", ["债"]),
        ("ETF 基金 510300", ["etf", "基金", "510300"]),
        ("ＥＴＦ", ["etf"]),
        ("'; drop table --", ["drop", "table"]),
        ("  ", []),
    ],
)
def test_a_question_becomes_words(text: str, expected: list[str]) -> None:
    assert asked(text) == expected


@given(texts)
def test_every_word_that_is_asked_for_stands_in_the_text_it_was_taken_from(text: str) -> None:
    assert set(asked(text)) <= set(words_of(text))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("关注600000与sz000001", [("600000", ""), ("000001", "SZ")]),
        ("600000.SH 和 600000", [("600000", "SH"), ("600000", "")]),
        ("000001.sz；SH000001", [("000001", "SZ"), ("000001", "SH")]),
        ("成交 123456 元，123456%", [("123456", "")]),
        ("电话13800000101，净利 600000万元", []),
        ("0.600000，号码X600000", []),
        ("430001.NQ", [("430001", "NQ")]),
    ],
)
def test_codes_are_six_digits_that_stand_alone(text: str, codes: list[tuple[str, str]]) -> None:
    assert codes_in(text) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("00700.HK 和 600000.SH", [("00700", "HK"), ("600000", "SH")]),
        ("腾讯（700.hk）回购", [("00700", "HK")]),
        ("HK00700、HK.09988，HK:00005", [("00700", "HK"), ("09988", "HK"), ("00005", "HK")]),
        ("Tencent (700 HK) and 5 HK Equity", [("00700", "HK"), ("00005", "HK")]),
        ("700 HK今天大涨", [("00700", "HK")]),
        ("700 HK dollars, 700 HKD, HK$700, $700 HK, 700 HK$", []),
        ("in 2026 HK stocks rose by 1,700 HK points", []),
        ("代码 00700，港股 700，HK 00700", []),
        ("123456.HK 10.700.HK", [("123456", "")]),
    ],
)
def test_codes_of_hong_kong_count_with_their_market_only(
    text: str, codes: list[tuple[str, str]]
) -> None:
    assert codes_in(text) == codes


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("SPECIMEN BANK fell", True),
        ("(Specimen Bank)", True),
        ("Specimen Banking", False),
        ("MySpecimen Bank", False),
    ],
)
def test_an_english_name_stands_as_words_of_its_own(text: str, stands: bool) -> None:
    assert names_word(text, "Specimen Bank") is stands


# --- differences ----------------------------------------------------------------------------
def test_a_changed_figure_is_all_that_differs() -> None:
    pieces = differences("费率从 0.25% 降到 0.15%。不变。", "费率从 0.25% 降到 0.18%。不变。")
    assert [(p.kind, p.text) for p in pieces if p.kind != "same"] == [
        ("gone", "0.15%"),
        ("new", "0.18%"),
    ]


@given(texts, texts)
def test_pieces_put_together_give_both_texts(old: str, new: str) -> None:
    pieces: list[Any] = differences(old, new)
    assert "".join(p.text for p in pieces if p.kind != "new") == old
    assert "".join(p.text for p in pieces if p.kind != "gone") == new


# --- shortening -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("数字有误。", 5, "数字有误。"),
        ("数字有误。以公告为准。", 9, "数字有误。…"),
        ("数字有误以公告为准", 6, "数字有误以…"),
        ("Up 3.25 per cent. It was less.", 25, "Up 3.25 per cent.…"),
        ("No. It was quite another figure", 24, "No. It was quite…"),
    ],
)
def test_a_long_text_ends_with_a_sentence_or_a_word(text: str, most: int, short: str) -> None:
    assert shortened(text, most) == short


@given(texts, st.integers(2, 120))
def test_what_is_shortened_has_the_length_and_is_the_beginning(text: str, most: int) -> None:
    short = shortened(text, most)
    assert len(short) <= most
    assert short == text or text.startswith(short.removesuffix("…"))
