"""What all pages with an SMS code share: the code in the session, and the words for limits."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from math import ceil
from typing import Any

from allauth.account.utils import get_next_redirect_url
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from brokerage.core import clock
from brokerage.core.middleware import client_address
from brokerage.users import devices, limits
from brokerage.users.models import PhoneCode, Purpose, User
from brokerage.users.use_cases.send_code import CodeRefused, send_code
from brokerage.users.use_cases.use_code import Why, WrongCode

JUST_SENT = "code_just_sent"


def send(
    request: HttpRequest, *, phone: str, purpose: Purpose, user: User | None = None
) -> PhoneCode:
    """Send a code and bind it to this session; raises CodeRefused."""
    code = send_code(
        phone=phone,
        purpose=purpose,
        at=clock.now(),
        address=_address(request),
        cookie_hash=devices.cookie_hash(request),
        language=get_language() or "zh-hans",
        user=user,
    )
    kept = request.session.get(_key(purpose), {})
    back = get_next_redirect_url(request) or kept.get("next", "")
    request.session[_key(purpose)] = {"ref": str(code.ref), "next": back}
    setattr(request, JUST_SENT, code)
    return code


def pending(request: HttpRequest, purpose: Purpose) -> PhoneCode | None:
    """The code that this session waits for."""
    ref = ref_of(request, purpose)
    sent: PhoneCode | None = getattr(request, JUST_SENT, None)  # the page comes in its answer
    if sent and str(sent.ref) == ref:
        return sent
    return PhoneCode.objects.filter(ref=ref, purpose=purpose).first() if ref else None


def ref_of(request: HttpRequest, purpose: Purpose) -> str:
    """The ref of the code that this session waits for; empty where it waits for none."""
    return str(request.session.get(_key(purpose), {}).get("ref", ""))


def back(request: HttpRequest, purpose: Purpose) -> str:
    """Where the session wanted to go when it asked for the code; empty for nowhere special."""
    return str(request.session.get(_key(purpose), {}).get("next", ""))


def forget(request: HttpRequest, purpose: Purpose) -> None:
    """Unbind the session from its code."""
    request.session.pop(_key(purpose), None)


def page(code: PhoneCode, at: datetime) -> dict[str, Any]:
    """What a code page shows of `code`."""
    resend_at = code.made_at + limits.PAUSE
    return {
        "code": code,
        "valid_until": code.expires_at,
        "resend_at": resend_at,
        "resend_seconds": max(0, int((resend_at - at).total_seconds())),
    }


def refusal_text(refused: CodeRefused, at: datetime) -> str:
    """A sentence that says when the next code may be asked for."""
    local = timezone.localtime(refused.again_at)
    if refused.limit is limits.Limit.PAUSE:
        return _("A code was just sent. Another one can be sent from {time} on.").format(
            time=local.strftime("%H:%M:%S")
        )
    same_day = local.date() == timezone.localtime(at).date()
    when = local.strftime("%H:%M") if same_day else date_format(local, "DATETIME_FORMAT")
    if refused.limit is limits.Limit.NUMBER:
        return _(
            "Enough codes were sent to this number for now. The next one can be sent from {time} "
            "on. A device on which you have signed in before may get one earlier; the hotline "
            "and every outlet can help at once."
        ).format(time=when)
    return _("Many codes are being sent right now. Try again from {time} on.").format(time=when)


def come_back(response: HttpResponse, refused: CodeRefused) -> HttpResponse:
    """Mark a page that refuses a code as 429, with the seconds until the next chance."""
    wait = (refused.again_at - clock.now()).total_seconds()
    response.status_code = 429
    response["Retry-After"] = str(max(1, ceil(wait)))
    return response


def wrong_text(error: WrongCode) -> str:
    """A sentence that says what to do about a refused code."""
    if error.why is Why.OVER:
        return _("This code can no longer be used. Have a new one sent.")
    return ngettext(
        "That is not the code. Check the newest SMS; {left} try left.",
        "That is not the code. Check the newest SMS; {left} tries left.",
        error.tries_left,
    ).format(left=error.tries_left)


def _address(request: HttpRequest) -> str:
    """IPv6 users hold a whole /64 and may write it in many ways, so they are counted by it."""
    try:
        address = ipaddress.ip_address(client_address(request))
    except ValueError:
        return "unknown"  # all of them share one count
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def _key(purpose: Purpose) -> str:
    return f"code:{purpose.value}"
