"""JSON that two parsers might read differently is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage.core.api.parsing import MAX_BYTES, MAX_DEPTH, parse
from brokerage.core.api.problems import Problem

SURROGATE = b'"\\ud800"'


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": 1,}',
        b"NaN",
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1, "a": 2}',
        b'{"b": {"a": 1, "a": 1}}',
        b'{"a": "\xff"}',
        b"\xef\xbb\xbf{}",
        b'{"a": "\\u0000"}',
        b'{"a\\u0000": 1}',
        b'{"a": ' + SURROGATE + b"}",
        b"[" * 100_000 if MAX_BYTES > 100_000 else b"[" * 60_000,
        b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2),
        b'{"a":' * (MAX_DEPTH + 2) + b"1" + b"}" * (MAX_DEPTH + 2),
        b"9" * 5000,
        b"{} {}",
    ],
)
def test_bodies_without_one_clear_meaning_are_malformed(raw):
    with pytest.raises(Problem) as refusal:
        parse(raw)
    assert refusal.value.type.code == "malformed-body"


def test_a_large_body_is_too_large():
    with pytest.raises(Problem) as refusal:
        parse(b'"' + b"a" * MAX_BYTES + b'"')
    assert refusal.value.type.code == "body-too-large"


def test_the_allowed_depth_passes():
    parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


def test_characters_beyond_the_basic_plane_pass():
    assert parse('{"名": "𠮷"}'.encode()) == {"名": "𠮷"}
    assert parse(b'"\\ud842\\udfb7"') == "𠮷"


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw):
    try:
        parse(raw)
    except Problem as refusal:
        code = refusal.type.code
    else:
        return
    assert code == "malformed-body"
