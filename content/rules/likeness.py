"""Whether two texts say the same: exactly, or nearly.

Near ones are found without comparing every pair: the smallest hashes of a text's shingles are
put together in bands, and texts that are alike share a band (MinHash). What shares one is then
compared exactly.
"""

from __future__ import annotations

import hashlib
import unicodedata
import zlib

SHINGLE = 3
"""Characters of a shingle; three of Chinese are about two words."""
BANDS, ROWS = 16, 2
"""Two texts with half of their shingles in common share a band in 99 of 100 cases."""
PRIME = (1 << 61) - 1
_TURNS = [
    (
        int.from_bytes(hashlib.blake2b(b"a%d" % n, digest_size=7).digest(), "big") | 1,
        int.from_bytes(hashlib.blake2b(b"b%d" % n, digest_size=7).digest(), "big"),
    )
    for n in range(BANDS * ROWS)
]


def normal(text: str) -> str:
    """Letters and digits alone, full and half width alike, without case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(each for each in folded if each.isalnum())


def digest(text: str) -> str:
    """The same for texts that differ in spaces, marks, width or case only: 64 hex digits."""
    return hashlib.sha256(normal(text).encode()).hexdigest()


def shingles(text: str) -> frozenset[str]:
    """Every run of SHINGLE characters; a shorter text is one shingle, an empty one has none."""
    letters = normal(text)
    if len(letters) <= SHINGLE:
        return frozenset({letters}) - {""}
    return frozenset(letters[n : n + SHINGLE] for n in range(len(letters) - SHINGLE + 1))


def bands(text: str) -> list[int]:
    """BANDS whole numbers; texts that are alike have at least one in common."""
    hashes = [zlib.crc32(each.encode()) for each in shingles(text)]
    if not hashes:
        return []
    least = [min((a * each + b) % PRIME for each in hashes) for a, b in _TURNS]
    return [_short(f"{n}:{least[n * ROWS : (n + 1) * ROWS]}") for n in range(BANDS)]


def likeness(one: str, other: str) -> int:
    """Shingles that both have in percent of those that either has, rounded down."""
    mine, theirs = shingles(one), shingles(other)
    either = len(mine | theirs)
    return len(mine & theirs) * 100 // either if either else 0


def _short(text: str) -> int:
    """Fits an integer column."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big") >> 1
