"""The form of stored files against everything that can happen to bytes on a disk."""

from __future__ import annotations

import io
import random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage.files.frames import (
    FRAME,
    MAGIC,
    SEALED_FRAME,
    FileDamaged,
    FrameReader,
    FrameWriter,
)

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
REF, OTHER_REF = UUID(int=1), UUID(int=2)
HEAD = len(MAGIC)


def sealed(plain: bytes, *, key: bytes = KEY, ref: UUID = REF, pieces: int = 1 << 20) -> bytes:
    out = io.BytesIO()
    writer = FrameWriter(out, key=key, ref=ref)
    for start in range(0, len(plain), pieces):
        writer.write(plain[start : start + pieces])
    writer.close()
    return out.getvalue()


def reader(data: bytes, *, key: bytes = KEY, ref: UUID = REF) -> io.BufferedReader:
    return io.BufferedReader(FrameReader(io.BytesIO(data), key=key, ref=ref), FRAME)


def opened(data: bytes, **binding: object) -> bytes:
    return reader(data, **binding).read()  # type: ignore[arg-type]


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


THREE = noise(2 * FRAME + 100)


@pytest.mark.parametrize(
    "size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, 2 * FRAME + 1, 5 * FRAME - 1]
)
@pytest.mark.parametrize("pieces", [1000, FRAME, 3 * FRAME])
def test_what_was_written_is_read(size, pieces):
    plain = noise(size)
    data = sealed(plain, pieces=pieces)
    assert opened(data) == plain
    assert len(data) == HEAD + size + 16 * max(1, -(-size // FRAME))
    assert plain[:32] not in data or not plain


def test_an_sm4_key_works_as_well():
    data = sealed(THREE, key=b"4" * 16)
    assert opened(data, key=b"4" * 16) == THREE
    with pytest.raises(FileDamaged):
        opened(data[:-1] + bytes([data[-1] ^ 1]), key=b"4" * 16)


def test_one_flipped_byte_anywhere_is_noticed():
    data = sealed(noise(FRAME + 50))
    places = [
        *range(HEAD, HEAD + 200),
        *range(FRAME - 20, SEALED_FRAME + 20),
        *range(len(data) - 90, len(data)),
    ]
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(FileDamaged):
            opened(bytes(changed))


@given(st.integers(0, len(sealed(THREE)) - 1), st.integers(1, 255))
@settings(derandomize=True, max_examples=300, deadline=None)
def test_any_changed_byte_is_noticed(place, change):
    changed = bytearray(sealed(THREE))
    changed[place] ^= change
    with pytest.raises(FileDamaged):
        opened(bytes(changed))


@given(st.integers(0, len(sealed(THREE)) - 1))
@settings(derandomize=True, max_examples=300, deadline=None)
def test_every_cut_is_noticed(length):
    with pytest.raises(FileDamaged):
        opened(sealed(THREE)[:length])


@pytest.mark.parametrize("frames", [1, 2])
def test_a_cut_at_a_frames_boundary_is_noticed(frames):
    with pytest.raises(FileDamaged):
        opened(sealed(THREE)[: HEAD + frames * SEALED_FRAME])


def test_a_continued_file_is_noticed():
    data = sealed(THREE)
    tail = data[HEAD : HEAD + SEALED_FRAME]
    for more in (b"\0", bytes(16), bytes(500), tail, data):
        with pytest.raises(FileDamaged):
            opened(data + more)
    exact = sealed(noise(2 * FRAME))
    with pytest.raises(FileDamaged):
        opened(exact + exact[HEAD : HEAD + SEALED_FRAME])


def test_swapped_repeated_and_missing_frames_are_noticed():
    data = sealed(noise(4 * FRAME))
    head, frames = (
        data[:HEAD],
        [data[HEAD + n * SEALED_FRAME : HEAD + (n + 1) * SEALED_FRAME] for n in range(4)],
    )
    for order in (
        [1, 0, 2, 3],
        [0, 2, 1, 3],
        [0, 1, 3, 2],
        [0, 0, 2, 3],
        [0, 2, 3],
        [1, 2, 3],
        [3],
        [0, 1, 2, 3, 3],
    ):
        with pytest.raises(FileDamaged):
            opened(head + b"".join(frames[n] for n in order))


def test_a_frame_of_another_file_is_noticed():
    mine = sealed(THREE)
    for other in (sealed(THREE, key=OTHER_KEY), sealed(THREE, ref=OTHER_REF)):
        mixed = mine[: HEAD + SEALED_FRAME] + other[HEAD + SEALED_FRAME :]
        with pytest.raises(FileDamaged):
            opened(mixed)


def test_a_whole_file_under_another_row_does_not_open():
    data = sealed(THREE)
    with pytest.raises(FileDamaged):
        opened(data, ref=OTHER_REF)
    with pytest.raises(FileDamaged):
        opened(data, key=OTHER_KEY)


def test_a_cut_empty_file_is_noticed_too():
    data = sealed(b"")
    assert opened(data) == b""
    with pytest.raises(FileDamaged):
        opened(data[:-1] + bytes([data[-1] ^ 1]))


@given(st.integers(0, len(THREE) + 10), st.integers(0, 3 * FRAME))
@settings(derandomize=True, max_examples=100, deadline=None)
def test_any_part_is_read_alone(start, length):
    with reader(sealed(THREE)) as found:
        found.seek(start)
        assert found.read(length) == THREE[start : start + length]


def test_a_part_behind_a_damaged_frame_is_still_read():
    data = bytearray(sealed(THREE))
    data[HEAD + 5] ^= 1
    with reader(bytes(data)) as found:
        found.seek(2 * FRAME)
        assert found.read() == THREE[2 * FRAME :]


def test_the_header_is_part_of_what_is_checked():
    data = sealed(b"x")
    assert data.startswith(MAGIC)
    with pytest.raises(FileDamaged):
        opened(b"BFF2" + data[HEAD:])
