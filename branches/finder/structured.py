"""What search engines read of an outlet: schema.org as JSON-LD, a block of data, never run."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from branches.finder.outlets import Line

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def json_ld(
    outlet: Line, *, url: str, firm: str, week: dict[int, list[tuple[int, int]]], on: date
) -> SafeString:
    """The block's text; nothing in it can end the script element.

    Args:
        url: absolute address of the outlet's page.
        firm: name of the firm.
        week: usual opening minutes by ISO weekday.
        on: the day from which the hours hold.
    """
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "FinancialService",
        "@id": url,
        "url": url,
        "name": outlet.name,
        "parentOrganization": {"@type": "Organization", "name": firm},
        "address": {
            "@type": "PostalAddress",
            "streetAddress": outlet.address,
            "addressRegion": outlet.places[0].name if outlet.places else "",
            "addressLocality": outlet.places[-1].name if outlet.places else "",
            "addressCountry": "CN",
        },
        "openingHoursSpecification": [
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": DAYS[weekday - 1],
                "opens": clock_text(opens),
                "closes": clock_text(closes),
                "validFrom": on.isoformat(),
            }
            for weekday, spans in sorted(week.items())
            for opens, closes in spans
        ],
    }
    if outlet.phone:
        data["telephone"] = outlet.phone
    if outlet.point:
        lon, lat = outlet.point
        data["geo"] = {"@type": "GeoCoordinates", "latitude": lat, "longitude": lon}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(ESCAPES))  # noqa: S308 - escaped above


def clock_text(minute: int) -> str:
    """540 as 09:00."""
    return f"{minute // 60:02}:{minute % 60:02}"
