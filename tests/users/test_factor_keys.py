"""Second factors follow the keys: nobody is locked out when an old key is retired."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)

from brokerage.core.rotation import all_places, outdated, rotate
from brokerage.users.factor_keys import FactorSecrets
from tests.users.factories import make_staff_user

pytestmark = pytest.mark.django_db
PLACE = FactorSecrets()


@pytest.fixture
def staff(settings):
    """Somebody with both kinds of factor under the old key; t2 is the current one."""
    user = make_staff_user()
    RecoveryCodes.activate(user)
    ring = settings.KEYS
    settings.KEYS = replace(ring, current="t2", data={**ring.data, "t2": b"2" * 32})
    return user


def factor(user, kind: str) -> Authenticator:
    return Authenticator.objects.get(user=user, type=kind)


def test_both_kinds_of_factor_move_to_the_new_key_and_still_work(staff, settings):
    codes = RecoveryCodes(factor(staff, "recovery_codes")).get_unused_codes()
    assert outdated(PLACE) == Counter(t1=2)
    assert rotate(PLACE, size=1, pause=0).sealed == 2
    assert PLACE.keys() == Counter(t2=2)
    settings.KEYS = replace(settings.KEYS, data={"t2": b"2" * 32})
    recovery = RecoveryCodes(factor(staff, "recovery_codes"))
    assert recovery.get_unused_codes() == codes
    assert recovery.validate_code(codes[0])
    assert TOTP(factor(staff, "totp")).validate_code(current_code(staff))


def current_code(user) -> str:
    from allauth.mfa.utils import decrypt

    secret = decrypt(factor(user, "totp").data["secret"])
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_a_used_code_stays_used(staff):
    recovery = RecoveryCodes(factor(staff, "recovery_codes"))
    code = recovery.get_unused_codes()[0]
    assert recovery.validate_code(code)
    rotate(PLACE, pause=0)
    assert code not in RecoveryCodes(factor(staff, "recovery_codes")).get_unused_codes()


def test_a_secret_that_does_not_open_is_named_and_left(staff):
    row = factor(staff, "totp")
    row.data["secret"] = "t1:AAAA"
    row.save()
    done = rotate(PLACE, pause=0)
    assert (done.sealed, done.broken) == (1, [str(staff.ref)])
    assert factor(staff, "totp").data["secret"] == "t1:AAAA"


def test_the_command_finds_them():
    assert "mfa.Authenticator.data" in [place.label for place in all_places()]
