"""Every phrase list that is shipped marks what it is for, and leaves what only resembles it."""

from __future__ import annotations

from datetime import date

import pytest

from content.dated import screens_on
from content.rules.screening import screen

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)

MARKED = {
    "insider_tip": [
        "我有内幕消息",
        "知情人士透露，明天有利好",
        "重组已定，等公告",
        "an insider tip for you",
    ],
    "return_promise": [
        "这只票稳赚不赔",
        "保证给你 8% 的收益",
        "月收益 3%",
        "下周必涨",
        "guaranteed profit",
    ],
    "price_call": ["目标价 88 元", "看到 120 元", "明天买入", "赶紧上车", "target price 12"],
    "extreme": ["大盘必崩", "又在割韭菜", "全是骗子", "this is a total scam"],
    "forged_notice": ["紧急通知：某公司停牌", "红头文件，有截图", "官方已证实", "a leaked notice"],
    "unverifiable": ["据说亏了 30 亿", "网传重组", "圈内人说要涨", "word has it"],
    "paid_promotion": ["扫码进群", "老师带单", "加微信领取", "this sponsored post"],
}
LEFT = {
    "insider_tip": ["公司已公告重组预案", "依法打击内幕交易", "insider trading is forbidden"],
    "return_promise": ["未必涨", "不承诺保本保息", "不保证最低收益", "no guaranteed return"],
    "price_call": ["目标价未定", "明天不买入", "看到公告再说", "small insects"],
    "extreme": ["市场回落", "骗子已被查处", "scamper"],
    "forged_notice": ["公司发布停牌公告", "证监会发布通知", "notice of the exchange"],
    "unverifiable": ["营业收入 30 亿元", "公告称重组终止", "a source of income"],
    "paid_promotion": ["下载官方应用", "请通过正规渠道咨询", "joint groups"],
}


def marks(text: str) -> set[str]:
    return {hit.code for hit in screen(text, screens_on(DAY, "community"))}


def pairs(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(code, text) for code, texts in table.items() for text in texts]


@pytest.mark.parametrize(("code", "text"), pairs(MARKED))
def test_a_shipped_list_marks(code: str, text: str) -> None:
    assert code in marks(text)


@pytest.mark.parametrize(("code", "text"), pairs(LEFT))
def test_a_shipped_list_leaves(code: str, text: str) -> None:
    assert code not in marks(text)


def test_every_shipped_list_is_tried() -> None:
    assert {one.code for one in screens_on(DAY, "community")} == set(MARKED) == set(LEFT)
