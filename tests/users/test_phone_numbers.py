"""Numbers are read as people type them."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from brokerage.users.phones import NotAMobileNumber, national, parse_mobile


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "+8613800138000",
        "8613800138000",
        "0086 13800138000",
        "（+86）13800138000".replace("（", "(").replace("）", ")"),
        "１３８００１３８０００",
        "＋８６ １３８ ００１３ ８０００",
        "\u202d13800138000\u202c",  # pasted from an address book
        "138\u00a00013\u00a08000",
    ],
)
def test_a_mobile_number_is_read_however_it_is_typed(typed: str) -> None:
    assert parse_mobile(typed) == "+8613800138000"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("010 6554 4556", "landline"),
        ("+86 10 6554 4556", "landline"),
        ("021-65544556", "landline"),
        ("+86 21 6554 4556", "landline"),
        ("65544556", "landline"),
        ("+852 9123 4567", "mainland"),
        ("00852 91234567", "mainland"),
        ("+886 912 345 678", "mainland"),
        ("+1 415 555 0100", "mainland"),
        ("1380013800", "Too short"),
        ("138001380001", "Too long"),
        ("12800138000", "begins"),
        ("10800138000", "begins"),
        ("1380013800O", "Digits only"),
        ("١٣٨٠٠١٣٨٠٠٠", "Digits only"),
        ("", "Digits only"),
        ("+86 1380013800", "Too short"),
    ],
)
def test_anything_else_is_refused_with_its_reason(typed: str, says: str) -> None:
    with pytest.raises(NotAMobileNumber) as refused:
        parse_mobile(typed)
    with override("en"):
        assert says in str(refused.value.message)
    assert typed == "" or typed not in str(refused.value)  # exceptions are logged


def test_a_number_is_shown_in_groups() -> None:
    assert national("+8613800138000") == "138 0013 8000"
