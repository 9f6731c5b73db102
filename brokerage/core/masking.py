"""Personal data as it is shown by default: enough to recognise, too little to use.

The defaults follow the industry's custom (docs/architecture.md, mechanism 5). Every function takes
None or an empty text for "not known" and returns "" for it. A value too short to be
masked as usual is hidden further, never shown whole.
"""

from __future__ import annotations

import re
import unicodedata

STAR = "*"
HIDDEN = STAR * 3

_COMPOUND = """
欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊
赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文
司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正
宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 公户
公玉 公仪 梁丘 公仲 公上 公门 公山 公坚 左丘 公伯 西门 公祖 第五 公乘
贯丘 公皙 南荣 东里 东宫 仲长 子书 子桑 即墨 达奚 褚师 纳兰 歐陽 司馬
諸葛 尉遲 長孫 鮮于 軒轅 東方 獨孤 鍾離
"""
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

# 小区, 社区 and the like end in 区 but are no districts; a street word inside ends the search,
# but may begin a district's name (路南区, 镇海区).
_PLACE = re.compile(
    r"(?P<province>[^\d]{2,7}?(?:省|自治区|特别行政区))?"
    r"(?P<city>[^\d路街道巷弄号镇乡村]{1,10}?(?:市|自治州|地区|盟))?"
    r"(?P<district>[^\d][^\d路街道巷弄号镇乡村幢栋楼室]{0,9}?"
    r"(?:(?<![小社院厂校景库营])区|县|旗|(?<!超)(?<!城)市))?"
)


def name(value: str | None) -> str:
    """The surname only: 张*, 欧阳*; of a Latin name the initials: J* S*."""
    text = _clean(value)
    if not text:
        return ""
    if not HAN.match(text):
        words = [word for word in re.split(r"[\s,]+", text) if word]
        return " ".join(_initial(word) for word in words)
    if len(text) == 1:
        return STAR
    surname = text[:2] if len(text) > 2 and text[:2] in COMPOUND_SURNAMES else text[0]
    return surname + STAR


def identity_number(value: str | None) -> str:
    """The first 3 and last 4 characters; the birth date of a resident ID stays hidden."""
    return _ends(_compact(value), head=3, tail=4, hide=8)


def phone(value: str | None) -> str:
    """138****1234; a mainland number loses its +86, another keeps its country code."""
    text = _compact(value)
    return _ends(text.removeprefix("+86"), head=3, tail=4, hide=4)


def bank_card(value: str | None) -> str:
    """The last 4 digits: **** 1234."""
    text = _compact(value)
    if not text:
        return ""
    return f"{STAR * 4} {text[-4:]}" if len(text) >= 12 else STAR * 4


def account(value: str | None) -> str:
    """The first 2 and last 3 characters of a securities or fund account: A1*****789."""
    return _ends(_compact(value), head=2, tail=3, hide=5)


def address(value: str | None) -> str:
    """Down to the city or district: 浙江省杭州市西湖区***; nothing of what it cannot read."""
    text = _clean(value).replace(" ", "")
    if not text:
        return ""
    found = _PLACE.match(text)
    return (found.group(0) if found else "") + HIDDEN


def email(value: str | None) -> str:
    """The first character and the domain: z***@example.com."""
    text = _clean(value)
    if not text:
        return ""
    local, at, domain = text.rpartition("@")
    if not at:
        return HIDDEN
    return f"{local[0] if len(local) > 1 else ''}{HIDDEN}@{domain}"


def _clean(value: str | None) -> str:
    return unicodedata.normalize("NFKC", value or "").strip()


def _compact(value: str | None) -> str:
    return re.sub(r"[\s\-]+", "", _clean(value))


def _initial(word: str) -> str:
    return word[0] + STAR if len(word) > 1 else STAR


def _ends(text: str, *, head: int, tail: int, hide: int) -> str:
    """`text` with its middle as stars; at least `hide` of them, else a quarter at each end."""
    if len(text) - head - tail < hide:
        head = tail = len(text) // 4
    return text[:head] + STAR * (len(text) - head - tail) + text[len(text) - tail :]
