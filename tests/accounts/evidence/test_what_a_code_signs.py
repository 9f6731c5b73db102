"""The SMS of a code says what it signs, in the customer's language."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.permissions.use_cases import agreeing
from accounts.use_cases import change_bank, close_account, open_later_market, pins, signing
from accounts.use_cases import wake_account as waking
from brokerage.core import clock
from brokerage.messaging.models import SandboxOutbox
from tests.accounts.permissions.factories import AT, a_case, pass_test, read_risk

SAID = {
    signing.CODE_TEXT: ("开户协议", "agreements"),
    agreeing.CODE_TEXT: ("沪深港通", "Stock Connect"),
    open_later_market.CODE_TEXT: ("深市 A 股", "Shenzhen A shares"),
    change_bank.CODE_TEXT: ("变更存管银行", "change your bank"),
    close_account.CODE_TEXT: ("销户", "close your account"),
    pins.CODE_TEXT: ("重设密码", "new trading or fund password"),
    waking.CODE_TEXT: ("激活账户", "wake your account"),
}
NAMED = {
    agreeing.CODE_TEXT: {"permission": ("沪深港通", "Stock Connect")},
    open_later_market.CODE_TEXT: {"market": ("深市 A 股", "Shenzhen A shares")},
}


@pytest.mark.django_db
@pytest.mark.parametrize("text_key", SAID)
def test_each_act_has_words_of_its_own(text_key: str) -> None:
    from brokerage.messaging.texts import current, words

    text = current(text_key, clock.now())
    for index, language in enumerate(("zh-hans", "en")):
        named = {name: both[index] for name, both in NAMED.get(text_key, {}).items()}
        found = words(text, channel="sms", language=language, values={"code": "493827", **named})
        assert found is not None
        assert SAID[text_key][index] in found.body
        assert "493827" in found.body


@pytest.mark.django_db(transaction=True)
def test_a_permission_is_named_in_the_sms_that_signs_it() -> None:
    case = a_case(at=AT)
    pass_test(case, at=AT)
    read_risk(case, at=AT)
    agreeing.send_code(case=case, language="en", at=AT + timedelta(minutes=2))
    body = str(SandboxOutbox.objects.latest("pk").body)
    assert "Stock Connect" in body
    assert "agreements" not in body
