"""Hostile HTML and feeds: nothing of them runs, is fetched, or stops the reader."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from content.cleaning import clean_html, plain, to_html
from content.feeds import BadFeed, entries

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jAvAsCrIpT&#58;alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<math><mtext></mtext><mglyph><style><img src onerror=alert(1)></style></mglyph></math>",
    "<p style='background:url(https://evil.example/x)' onclick=alert(1)>x</p>",
    "<form action=https://evil.example><input name=password></form>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<!--><script>alert(1)</script>-->",
    "<base href='https://evil.example/'><link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<p>\u202eevil\u202c \x00 \u200b</p>",
]


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_html_is_harmless(html: str) -> None:
    for found in (clean_html(html), to_html(html)):
        low = found.lower()
        tags = "".join(part.partition(">")[0] for part in low.split("<")[1:])
        assert not any(bad in tags for bad in ("script", "onerror", "onload", "onclick", "style"))
        assert not any(bad in tags for bad in ("javascript:", "data:", "img", "iframe", "svg"))
        assert not any(bad in tags for bad in ("form", "base", "link rel", "meta"))
        assert not any(mark in found for mark in "\u202e\x00\u200b")


def test_links_to_the_web_stay_without_our_name() -> None:
    assert clean_html('<a href="https://a.example/" onclick="x">a</a>') == (
        '<a href="https://a.example/" rel="noopener noreferrer nofollow">a</a>'
    )


def test_plain_text_keeps_its_lines_and_reads_entities() -> None:
    assert plain("<p>一 &amp; 二</p><ul><li>三</li><li>四</li></ul><script>五</script>") == (
        "一 & 二\n三\n四"
    )


def test_the_notation_of_the_desk_becomes_a_page() -> None:
    text = "## 结论\n\n第一段\n第二行\n\n- 甲\n- <b>乙</b>\n\n> 原话"
    assert to_html(text).replace("\n", "") == (
        "<h2>结论</h2><p>第一段<br>第二行</p><ul><li>甲</li><li>&lt;b&gt;乙&lt;/b&gt;</li></ul>"
        "<blockquote><p>原话</p></blockquote>"
    )


# --- feeds ----------------------------------------------------------------------------------
RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>
<item><title>甲</title><link>https://a.example/1</link>
<pubDate>Mon, 02 Mar 2026 01:00:00 GMT</pubDate>
<description>&lt;p&gt;乙&lt;/p&gt;</description></item>
<item><title>未来</title><link>javascript:alert(1)</link>
<pubDate>Mon, 02 Mar 2099 01:00:00 GMT</pubDate><description>丙</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>甲</title>
<link rel="self" href="https://a.example/self"/><link href="https://a.example/1"/>
<updated>2026-03-02T09:00:00+08:00</updated><author><name>作者</name></author>
<content type="html">&lt;p&gt;乙&lt;/p&gt;</content></entry></feed>"""


def test_rss_is_read_and_a_date_ahead_is_not_believed() -> None:
    first, second = entries(RSS.encode(), at=AT)
    assert (first.title, first.body, first.url) == ("甲", "<p>乙</p>", "https://a.example/1")
    assert first.published_at == datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert (second.url, second.published_at) == ("", None)


def test_atom_is_read() -> None:
    (found,) = entries(ATOM.encode(), at=AT)
    assert (found.title, found.author, found.url) == ("甲", "作者", "https://a.example/1")
    assert found.published_at == datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize("encoding", ["GB2312", "gbk", "GB18030", "Big5"])
def test_a_feed_in_a_chinese_encoding_is_read(encoding: str) -> None:
    document = RSS.replace("未来", "將來" if encoding == "Big5" else "未来")
    first, _second = entries(document.replace("UTF-8", encoding).encode(encoding.lower()), at=AT)
    assert (first.title, first.body) == ("甲", "<p>乙</p>")


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"not xml",
        b"<html></html>",
        RSS.encode()[:200],
        RSS.replace("UTF-8", "no-such-code").encode(),
        RSS.replace("UTF-8", "GBK").encode("gbk").replace("甲".encode("gbk"), b"\xff\xff"),
        b'<?xml version="1.0" encoding="gbk"?><!DOCTYPE r [<!ENTITY a "a">]><rss>&a;</rss>',
        b'<?xml version="1.0" encoding="UTF-8"?><rss><channel>\xff\xfe</channel></rss>',
        b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss>&b;</rss>',
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>',
        b'<!DOCTYPE r SYSTEM "http://10.0.0.1/x.dtd"><rss/>',
    ],
)
def test_a_document_that_is_no_feed_or_a_bomb_is_refused(document: bytes) -> None:
    with pytest.raises(BadFeed):
        list(entries(document, at=AT))
