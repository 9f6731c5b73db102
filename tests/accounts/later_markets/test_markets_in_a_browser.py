"""Another market on a phone, in both languages: from the button to the open account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import MarketWish
from brokerage.core import clock
from tests.accounts.later_markets.factories import one_market
from tests.accounts.life.test_closing import Sent
from tests.accounts.test_steps_in_the_browser import owner_of
from tests.browser import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_market_is_asked_for_read_and_signed(
    language: str, live_server: Any, visit: Callable[..., Visit], sent: Sent
) -> None:
    application = one_market(at=clock.now())
    jar = {"language": language, "sessionid": owner_of(application).cookies["sessionid"].value}
    visited = visit(f"{live_server.url}/open/{application.ref}/markets/", cookies=jar)
    page = visited.page
    assert visited.axe() == []
    assert not visited.overflows()
    visited.follow(page.locator("button[value=ask]"))
    assert page.locator("main article").get_attribute("lang") == language
    assert visited.axe() == []
    assert not visited.overflows()
    MarketWish.objects.update(text_opened_at=clock.now() - timedelta(seconds=30))
    visited.follow(page.locator("button[value=code]"))
    page.fill("input[name=code]", sent.code)
    assert visited.axe() == []
    visited.follow(page.locator("button[value=sign]"))
    assert MarketWish.objects.get().status == "signed"
    assert page.locator("h1").count() == 1
    assert visited.axe() == []
    assert not visited.overflows()
    assert visited.problems == []
