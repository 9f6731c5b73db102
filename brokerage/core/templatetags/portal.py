"""Tags and filters of the portal's components: `{% load portal %}`.

Each component's context is documented where it is drawn, in templates/components/.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from brokerage.core.display import charts, formats, promise

register = template.Library()

STATUS_ICONS = {"done": "check", "wait": "alert", "stop": "x", "info": "clock", "": "dash"}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of static/portal/icons.svg; silent for screen readers unless it has a label."""
    return _drawn_icon(static("portal/icons.svg"), name, str(label))


@lru_cache(maxsize=1024)  # a page has dozens, of a few kinds
def _drawn_icon(sheet: str, name: str, label: str) -> SafeString:
    silent = SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="i" {}><use href="{}#i-{}"/></svg>',
        format_html('role="img" aria-label="{}"', label) if label else silent,
        sheet,
        name,
    )


@register.simple_tag
def chip(kind: str, text: str, icon_name: str = "") -> SafeString:
    """A status: `kind` is done, wait, stop, info or empty; always an icon and words."""
    return format_html(
        '<span class="chip{}">{}{}</span>',
        f" chip-{kind}" if kind else "",
        icon(icon_name or STATUS_ICONS.get(kind, "dash")),
        text,
    )


@register.filter
def words(text: str) -> list[str]:
    """A text split at spaces, for short lists in templates."""
    return text.split()


SEGMENT = {
    "ok": '<span class="ok"></span>',
    "now": '<span class="now"></span>',
    "": "<span></span>",
}


@register.simple_tag
def segments(done: int, total: int) -> SafeString:
    """The segments of a progress bar: done, the one at hand, and the rest."""
    states = ["ok" if n < done else "now" if n == done else "" for n in range(total)]
    return SafeString("".join(SEGMENT[state] for state in states))


@register.inclusion_tag("components/clock.html")
def clock(
    due_at: datetime,
    now: datetime,
    size: str = "",
    started_at: datetime | None = None,
    kept_at: datetime | None = None,
    paused: str = "",
    new_due_at: datetime | None = None,
) -> dict[str, Any]:
    """The promise clock; `size` is empty, sm or lg (whose headline is a sentence)."""
    face = promise.face(
        due_at,
        now,
        started_at=started_at,
        kept_at=kept_at,
        paused=paused,
        new_due_at=new_due_at,
        full=size == "lg",
    )
    return {"face": face, "size": size}


@register.simple_tag
def figure_rows(points: Sequence[charts.Point]) -> SafeString:
    """The rows of a chart's table; a long history would take the template language long."""
    row = '<tr><th scope="row">{}</th><td class="num">{}</td></tr>'
    return format_html_join("", row, ((point.label, point.text) for point in points))


@register.inclusion_tag("components/chart.html")
def line_chart(points: Sequence[charts.Point], title: str, note: str = "") -> dict[str, Any]:
    """A line of figures over time, its highest and lowest at the axis, all in a table below it."""
    line = charts.line([point.value for point in points])
    shown = {"kind": "line", "points": points, "title": title, "note": note, "line": line}
    return shown | _axis(points)


def _axis(points: Sequence[charts.Point]) -> dict[str, str]:
    """How the highest and the lowest figure read; one alone where all are the same."""
    if not points:
        return {}
    low, high = (pick(points, key=lambda point: point.value) for pick in (min, max))
    return {"high": high.text, "low": low.text if low.value < high.value else ""}


@register.inclusion_tag("components/chart.html")
def versus_chart(
    points: Sequence[charts.Point], others: Sequence[charts.Point], title: str, other_title: str
) -> dict[str, Any]:
    """A line of figures over time and a second, dashed one on the same scale.

    Both have the same labels; without `others` it is a plain line.
    """
    mine, theirs = [point.value for point in points], [point.value for point in others]
    return {
        "kind": "line",
        "points": points,
        "title": title,
        "line": charts.line(mine, beside=theirs),
        "other": charts.line(theirs, beside=mine) if theirs else None,
        "other_title": other_title,
        "pairs": list(zip(points, others, strict=True)) if theirs else [],
        **_axis([*points, *others]),
    }


@register.inclusion_tag("components/chart.html")
def bar_chart(
    points: Sequence[charts.Point], title: str, note: str = "", heading: str = ""
) -> dict[str, Any]:
    """Bars, with the figures in a table below them; `heading` says what is no point in time."""
    bars, zero = charts.bars([point.value for point in points])
    return {
        "kind": "bar",
        "points": points,
        "title": title,
        "note": note,
        "bars": bars,
        "zero": zero,
        "heading": heading,
    }


@register.inclusion_tag("components/chart_ring.html")
def ring_chart(points: Sequence[charts.Point], title: str, middle: str = "") -> dict[str, Any]:
    """The parts of a whole as a ring with its key; `middle` stands in it, such as the sum."""
    return {"slices": charts.ring(points), "title": title, "middle": middle}


@register.inclusion_tag("components/chart_fall.html")
def fall_chart(points: Sequence[charts.Point], title: str) -> dict[str, Any]:
    """How far a value lay below its highest so far (drawdown), with the deepest fall in words.

    The values of `points` are levels, such as net values; the chart works out the falls.
    """
    shares = charts.falls([point.value for point in points])
    shape = charts.fall(shares)
    rows = [
        (point.label, formats.rate(share.quantize(Decimal("0.0001"))))
        for point, share in zip(points, shares, strict=True)
    ]
    return {
        "title": title,
        "shape": shape,
        "rows": rows,
        "deepest": rows[shape.deepest : shape.deepest + 1],
    }


@register.simple_tag
def big_money(value: Decimal) -> SafeString:
    """An amount as the figure of a card, its currency smaller."""
    amount = formats.number(value, 2)
    if formats.is_chinese():
        return format_html('<p class="money">{} <small>元</small></p>', amount)
    return format_html('<p class="money"><small>CNY</small> {}</p>', amount)


@register.filter
def money(value: Decimal | int | None) -> str:
    """12.50 元, CNY 12.50; empty for nothing."""
    return "" if value is None else formats.money(value)


@register.filter
def number(value: Decimal | int | None, places: int | None = None) -> str:
    """1,234.5; empty for nothing."""
    return "" if value is None else formats.number(value, places)


@register.filter
def rate(value: Decimal | None) -> str:
    """0.00025 as 0.025%; empty for nothing."""
    return "" if value is None else formats.rate(value)


@register.filter
def change(value: Decimal | None) -> SafeString | str:
    """A price's change as per cent with arrow and sign: 0.0126 as ▲ +1.26%."""
    if value is None:
        return ""
    percent = formats.number(Decimal(str(value)) * 100, 2)
    if value == 0:
        return f"— {percent}%"
    arrow, sign, tone = ("▲", "+", "up") if value > 0 else ("▼", "", "down")
    return format_html(
        '<span class="{} strong nowrap"><span aria-hidden="true">{}</span> {}{}%</span>',
        tone,
        arrow,
        sign,
        percent,
    )


@register.filter
def day(value: date | None) -> str:
    """3 月 12 日, 12 March; with the year when it is not this one."""
    return "" if value is None else formats.day(value)


@register.filter
def full_day(value: date | None) -> str:
    """2026 年 3 月 12 日, 12 March 2026."""
    return "" if value is None else formats.day(value, year=True)


@register.filter
def time_of_day(value: datetime | None) -> str:
    """14:20 in Shanghai."""
    return "" if value is None else formats.time(value)


@register.filter
def moment(value: datetime | None) -> str:
    """3 月 12 日 14:20, 12 March, 14:20."""
    return "" if value is None else formats.moment(value)
