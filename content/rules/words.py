"""Words for searching: Chinese as pairs of characters, everything else as words."""

from __future__ import annotations

import re
import unicodedata

RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]+")
MOST = 12
"""Words of a question that count."""


def language_of(text: str) -> str:
    """What a page declares as the language of a text: `zh-Hans` where it has any Chinese."""
    return "zh-Hans" if re.search(r"[\u4e00-\u9fff]", text) else "en"


def words_of(text: str) -> list[str]:
    """The searchable words of a text, in its order.

    A run of Chinese gives each pair of neighbours, and each character alone so that a single
    one is found too.
    """
    found: list[str] = []
    for run in RUN.findall(_folded(text)):
        if run[0].isascii():
            found.append(run)
        else:
            found += [run[n : n + 2] for n in range(len(run) - 1)]
            found += run
    return found


def asked(text: str) -> list[str]:
    """The words that an answer must have; a run of Chinese asks for its pairs."""
    found: list[str] = []
    for run in RUN.findall(_folded(text)):
        if run[0].isascii() or len(run) == 1:
            found.append(run)
        else:
            found += [run[n : n + 2] for n in range(len(run) - 1)]
    return list(dict.fromkeys(found))[:MOST]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
