"""Money, numbers, dates and durations in the habit of the active language.

Chinese: 12.50 元, 3 月 12 日 14:20. English: CNY 12.50, 12 March, 14:20. Instants are shown in
Asia/Shanghai. A number and its unit are joined by a no-break space.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from brokerage.core import clock

NBSP = "\u00a0"
MINUS = "\u2212"


def is_chinese() -> bool:
    """Whether the active language is Chinese."""
    return (translation.get_language() or "").startswith("zh")


def number(value: Decimal | int | float, places: int | None = None) -> str:
    """A number with thousands separators and a true minus sign.

    Args:
        value: the number.
        places: decimals, rounded half up; as many as it has when None.
    """
    exact = Decimal(str(value))
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    sign = MINUS if exact < 0 else ""
    return sign + f"{abs(exact):,f}"


def money(value: Decimal | int) -> str:
    """An amount in yuan: `12.50 元`, `CNY 12.50`."""
    amount = number(value, 2)
    return f"{amount}{NBSP}元" if is_chinese() else f"CNY{NBSP}{amount}"


def rate(value: Decimal) -> str:
    """A share as per cent with the decimals it has: 0.00025 is `0.025%`."""
    percent = (Decimal(str(value)) * 100).normalize()
    return number(percent + 0 if percent else Decimal(0)) + "%"


def local(value: date | datetime) -> date | datetime:
    """An instant in Asia/Shanghai; a date as it is."""
    return value.astimezone(clock.SHANGHAI) if isinstance(value, datetime) else value


def day(value: date | datetime, *, year: bool | None = None) -> str:
    """A date: `3 月 12 日`, `12 March`.

    Args:
        value: a date, or an instant shown in Shanghai.
        year: whether to show the year; when None, only if it is not the present one.
    """
    shown = local(value)
    with_year = shown.year != clock.today().year if year is None else year
    if is_chinese():
        text = f"{shown.month}{NBSP}月{NBSP}{shown.day}{NBSP}日"
        return f"{shown.year}{NBSP}年{NBSP}{text}" if with_year else text
    return date_format(shown, "j\u00a0F\u00a0Y" if with_year else "j\u00a0F", use_l10n=False)


def time(value: datetime) -> str:
    """The time of day in Shanghai: `14:20`."""
    return f"{local(value):%H:%M}"


def moment(value: datetime) -> str:
    """Date and time: `3 月 12 日 14:20`, `12 March, 14:20`."""
    return _("{day}, {time}").format(day=day(value), time=time(value))


def near(value: datetime, now: datetime) -> str:
    """An instant as somebody at `now` says it: `14:20`, `tomorrow 09:00`, `12 March, 09:00`."""
    distance = (clock.business_date(value) - clock.business_date(now)).days
    if distance == 0:
        return time(value)
    if distance == 1:
        return _("tomorrow {time}").format(time=time(value))
    if distance == -1:
        return _("yesterday {time}").format(time=time(value))
    return moment(value)


def duration(length: timedelta) -> str:
    """A length of time in at most two units, minutes rounded up: `2 hours 5 minutes`."""
    minutes = -(-int(length.total_seconds()) // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = []
    if days:
        parts.append(ngettext("{n} day", "{n} days", days).format(n=days))
    if hours:
        parts.append(ngettext("{n} hour", "{n} hours", hours).format(n=hours))
    if not days and (minutes or not hours):
        parts.append(ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes))
    return " ".join(parts)
