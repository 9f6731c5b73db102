"""What search engines read of an item: schema.org as JSON-LD, a block of data, never run."""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from content.models import Item, Revision
from content.states import Verdict

ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
RATING = {Verdict.VERIFIED: 5, Verdict.UNVERIFIABLE: 3, Verdict.DISPUTED: 2, Verdict.EXTREME: 1}


def json_ld(item: Item, revision: Revision, *, url: str, firm: str, language: str) -> SafeString:
    """The block's text; nothing in it can end the script element.

    Args:
        url: absolute address of the item's page.
        firm: name of the firm.
        language: of the words, as in HTML.
    """
    publisher = {"@type": "Organization", "name": firm}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview" if revision.verdict else "Article",
        "@id": url,
        "url": url,
        "headline": revision.title,
        "inLanguage": language,
        "datePublished": item.released_at.isoformat() if item.released_at else "",
        "dateModified": revision.checked_at.isoformat() if revision.checked_at else "",
        "expires": revision.expires_on.isoformat(),
        "author": publisher,
        "publisher": publisher,
        "articleSection": item.topic.name,
    }
    if revision.verdict:
        data["claimReviewed"] = revision.claim
        data["reviewRating"] = {
            "@type": "Rating",
            "ratingValue": RATING[Verdict(revision.verdict)],
            "bestRating": 5,
            "worstRating": 1,
            "alternateName": revision.get_verdict_display(),
        }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(ESCAPES))  # noqa: S308 - escaped above
