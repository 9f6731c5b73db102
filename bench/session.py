"""Signs in as the demonstration's customer, over HTTP, as a person would."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

from brokerage.demo.logins import CUSTOMER_PHONE


def customer_cookies(address: str) -> str:
    """The Cookie header of a signed-in customer of the portal at `address`.

    Raises:
        RuntimeError: when the portal does not let the customer in.
    """
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    opener.addheaders = [("Accept-Language", "zh-CN")]

    def page(path: str) -> str:
        with opener.open(address + path) as answer:
            text: str = answer.read().decode()
            return text

    def send(path: str, **fields: str) -> None:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page(path))
        data = {**fields, "csrfmiddlewaretoken": token[1] if token else ""}
        request = urllib.request.Request(
            address + path, urllib.parse.urlencode(data).encode(), {"Referer": address + path}
        )
        opener.open(request).close()

    send("/login/", phone=CUSTOMER_PHONE)
    code = re.search(r"\b(\d{6})\b", re.sub(r"<[^>]+>", " ", page("/sandbox/outbox/")))
    send("/login/code/", code=code[1] if code else "")
    cookies = {cookie.name: cookie.value or "" for cookie in jar}
    if "sessionid" not in cookies:
        raise RuntimeError("The customer could not sign in.")
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def staff_client(user: Any) -> Any:
    """Django's own client with a session of `user` that has passed the second factor.

    Args:
        user: a member of staff; the client asks no network, so that only the server is measured.
    """
    from allauth.account.internal.flows.login import (
        _AUTHENTICATION_METHODS_USER_SESSION_KEY,
        AUTHENTICATION_METHODS_SESSION_KEY,
    )
    from django.test import Client

    from brokerage.core import clock
    from brokerage.users import sessions

    at = clock.now()
    client = Client(headers={"accept-language": "zh-CN"}, SERVER_NAME="127.0.0.1")
    client.force_login(user)
    session = client.session
    sessions.begin(session, at)
    used = [{"method": "password", "at": at.timestamp()}]
    used += [{"method": "mfa", "at": at.timestamp(), "type": "totp"}]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = used
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return client
