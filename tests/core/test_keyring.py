"""The key file: made once, read strictly, changed without losing a key."""

from __future__ import annotations

import base64
import json
import stat

import pytest

from brokerage.core.keyring import (
    BadKeyFile,
    KeyRing,
    add_key,
    make_key_file,
    read_key_file,
    use_key,
)

A, B = b"a" * 32, b"b" * 32


@pytest.fixture
def path(tmp_path):
    make_key_file(tmp_path / "keys.json")
    return tmp_path / "keys.json"


def test_a_fresh_file_is_private_and_has_one_key(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(read_key_file(path).data) == ["k1"]


def test_an_existing_file_is_never_replaced(path):
    before = path.read_bytes()
    make_key_file(path)
    assert path.read_bytes() == before
    assert [found.name for found in path.parent.iterdir()] == ["keys.json"]


def test_a_key_is_added_first_and_used_later(path):
    assert add_key(path) == "k2"
    assert read_key_file(path).current == "k1"
    use_key(path, "k2")
    ring = read_key_file(path)
    assert (ring.current, set(ring.data)) == ("k2", {"k1", "k2"})
    assert add_key(path, sm4=True) == "k3"
    assert len(read_key_file(path).data["k3"]) == 16
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["keys.json"]


def test_a_key_that_does_not_exist_is_not_used(path):
    before = path.read_bytes()
    with pytest.raises(BadKeyFile):
        use_key(path, "k9")
    assert path.read_bytes() == before
    assert [found.name for found in path.parent.iterdir()] == ["keys.json"]


@pytest.mark.parametrize(
    ("current", "data", "lookup"),
    [
        ("k2", {"k1": A}, B),
        ("k1", {"k1": b"short"}, B),
        ("k1", {"k1": A}, b"short"),
        ("k1", {"k1": A}, b"s" * 16),
        ("k1", {"k1": A}, A),
        ("k1", {"k1": A, "k2": A}, B),
        ("k:1", {"k:1": A}, B),
        ("", {"": A}, B),
        ("k1", {}, B),
    ],
)
def test_a_ring_that_could_lose_data_is_refused(current, data, lookup):
    with pytest.raises(BadKeyFile):
        KeyRing(secret_key="s", current=current, data=data, lookup=lookup)


def test_no_key_shows_in_a_repr_or_a_refusal(path):
    ring = read_key_file(path)
    assert repr(ring) == "KeyRing(current='k1')"
    content = json.loads(path.read_text())
    content["lookup"] = base64.b64encode(b"secret-but-short").decode()
    path.write_text(json.dumps(content))
    with pytest.raises(BadKeyFile) as caught:
        read_key_file(path)
    assert content["lookup"] not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"data": 1}', "\ud83d".encode("utf-8", "ignore").decode()]
)
def test_a_malformed_file_is_refused_in_one_sentence(path, text):
    path.write_text(text)
    with pytest.raises(BadKeyFile, match="cannot be read"):
        read_key_file(path)


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(BadKeyFile, match="make run"):
        read_key_file(tmp_path / "none.json")
