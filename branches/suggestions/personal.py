"""Whether a text tells of a person: numbers and addresses that have no place in a suggestion."""

from __future__ import annotations

import re
import unicodedata

# Numbers may be typed with blanks or dashes; twelve digits and more are an account or a card.
_PATTERNS = (
    re.compile(r"(?<!\d)(?:\+?86)?1[3-9](?:[ \-]?\d){9}(?!\d)"),  # mobile number
    re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}(?:0\d|1[0-2])\d{2}\d{3}[\dXx]"),  # identity number
    re.compile(r"(?<!\d)\d(?:[ \-]?\d){11,18}(?!\d)"),  # card or account
    re.compile(r"[\w.+\-]+@[\w\-]+\.[\w.\-]+"),  # e-mail address
)


def tells_of_a_person(text: str) -> bool:
    """Whether `text` holds a phone, identity, card or account number, or an e-mail address."""
    plain = unicodedata.normalize("NFKC", text)
    return any(pattern.search(plain) for pattern in _PATTERNS)
