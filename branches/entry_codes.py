"""What higher apps tell about entry codes: who an institution is, and where a purpose leads."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import segno

from branches.models import EntryCode
from brokerage.core.registry import Registry

institutions: Registry[Callable[[UUID], str | None]] = Registry("branches.institutions")
"""ref of an institution → its name in the reader's language, None where it is not active."""

institution_holds: Registry[Callable[[UUID], str | None]] = Registry("branches.institution_holds")
"""The same, and the institution is held until the transaction ends: it cannot end meanwhile."""

institution_choices: Registry[Callable[[], list[tuple[UUID, str]]]] = Registry(
    "branches.institution_choices"
)
"""ref and name of every active institution, for whoever opens a service point at one."""

institution_codes: Registry[Callable[[EntryCode, datetime], bool]] = Registry(
    "branches.institution_codes"
)
"""Whether a running code of an institution leads somewhere at an instant, as far as an app knows
what it is bound to."""

destinations: Registry[Callable[[EntryCode], str]] = Registry("branches.destinations")
"""By purpose: a living code → the address where it leads."""


def institution_name(ref: UUID) -> str | None:
    """The name of an active institution; None where nobody answers for it now."""
    return next((name for find in institutions if (name := find(ref))), None)


def hold_institution(ref: UUID) -> str | None:
    """As `institution_name`; no other transaction suspends or ends it before this one ends."""
    return next((name for hold in institution_holds if (name := hold(ref))), None)


def active_institutions() -> list[tuple[UUID, str]]:
    """ref and name of every active institution, in the reader's language."""
    return [one for choices in institution_choices for one in choices()]


def find_living(code: str, at: datetime) -> EntryCode | None:
    """The code as typed or scanned, if it leads somewhere at `at`; two to five queries."""
    rows = EntryCode.objects.living(at).select_related("unit", "person", "broker")
    found = rows.filter(code=code.lower()).first()
    if found is not None and found.institution_ref is not None:
        named = institution_name(found.institution_ref)
        return found if named and all(leads(found, at) for leads in institution_codes) else None
    return found


def destination(code: EntryCode) -> str:
    """Where a living code leads; the home page while no app serves its purpose."""
    return destinations.get(code.purpose)(code) if code.purpose in destinations else "/"


def qr_svg(address: str) -> str:
    """A QR code as SVG markup without fixed size, black on nothing."""
    out = io.BytesIO()
    made = segno.make(address, error="m", micro=False)
    made.save(out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, nl=False)
    return out.getvalue().decode()


def qr_png(address: str, *, scale: int = 12) -> bytes:
    """A QR code as a PNG file, `scale` pixels for each module."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="png", scale=scale, border=4)
    return out.getvalue()
