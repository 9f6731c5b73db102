"""One event as an iCalendar file (RFC 5545). Pure: texts in, text out.

The file carries what a calendar needs and nothing else: no customer, no phone number of theirs,
no reason beyond the words of the purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

LONGEST_LINE = 75  # octets, without the line break


@dataclass(frozen=True, kw_only=True)
class CalendarEvent:
    """What the calendar shows.

    Attributes:
        uid: names the visit for ever; a moved visit keeps it.
        sequence: how often the visit was moved, so that a newer file replaces an older one.
        made_at: when this file is made (aware).
        start, end: aware instants.
        title, place, note: texts in the language of the reader.
        url: absolute address of the visit's page.
        position: latitude and longitude, or None.
        cancelled: whether the file takes the event away again.
    """

    uid: UUID
    sequence: int
    made_at: datetime
    start: datetime
    end: datetime
    title: str
    place: str
    note: str
    url: str
    domain: str
    position: tuple[str, str] | None = None
    cancelled: bool = False


def calendar_file(event: CalendarEvent) -> bytes:
    """The file, UTF-8, lines folded at 75 octets and ended by CRLF."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{event.domain}//visits//EN",
        "CALSCALE:GREGORIAN",
        f"METHOD:{'CANCEL' if event.cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{event.uid}@{event.domain}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_instant(event.made_at)}",
        f"DTSTART:{_instant(event.start)}",
        f"DTEND:{_instant(event.end)}",
        f"SUMMARY:{_text(event.title)}",
        f"LOCATION:{_text(event.place)}",
        f"DESCRIPTION:{_text(event.note)}",
        f"URL:{event.url}",
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}",
    ]
    if event.position:
        lines.append(f"GEO:{event.position[0]};{event.position[1]}")
    if not event.cancelled:
        lines += [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_text(event.title)}",
            "TRIGGER:-PT1H",
            "END:VALARM",
        ]
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return b"".join(_folded(line) for line in lines)


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    for sign in ("\\", ";", ","):
        value = value.replace(sign, f"\\{sign}")
    return value.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """The line in pieces of at most 75 octets, never inside a character."""
    pieces, piece, room = [], b"", LONGEST_LINE
    for sign in line:
        octets = sign.encode()
        if len(piece) + len(octets) > room:
            pieces.append(piece)
            piece, room = b"", LONGEST_LINE - 1  # the continuation begins with a space
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
