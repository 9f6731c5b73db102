"""What the page of the desk shows, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.evidence.states import CheckKind, CheckResult, CheckStatus
from accounts.models import Application, OutsideCheck
from accounts.on_paper.selectors import paper_of
from accounts.papers.kinds import ONE_SIDED
from accounts.review.declared import declared_in
from accounts.review.enterprise import Enterprise, enterprise_of
from accounts.review.films import film_of
from accounts.review.looking import Look, Photo
from accounts.review.originals import original_of
from accounts.review.states import RiskClass, Standing
from brokerage.customers.models import Source

TONES = {RiskClass.LOW: "done", RiskClass.MEDIUM: "wait", RiskClass.HIGH: "stop"}
GOOD = frozenset(
    {
        CheckResult.MATCH,
        CheckResult.SAME,
        CheckResult.FOUND,
        CheckResult.NONE,
        CheckResult.OPENED,
        CheckResult.OWN,
        CheckResult.LINKED,
        CheckResult.CLOSED,
        CheckResult.UNLINKED,
    }
)
LABELS = {
    "name": gettext_lazy("Name"),
    "id_number": gettext_lazy("Identity number"),
    "address": gettext_lazy("Address"),
    "id_issuer": gettext_lazy("Issued by"),
    "id_valid_from": gettext_lazy("Valid from"),
    "id_valid_to": gettext_lazy("Valid until"),
}
SIDES = {
    "front": gettext_lazy("Side with the portrait"),
    "back": gettext_lazy("Side with the emblem"),
    "stay_proof": gettext_lazy("Proof of living or working here"),
    "income_proof": gettext_lazy("Proof of own income"),
    "mandate": gettext_lazy("The authority, signed and sealed"),
}
NAMED_BY_REGISTRY = ("name", "id_number")


@dataclass(frozen=True)
class Row:
    """A field as the table of differences shows it."""

    label: Any
    typed: str
    read: str
    registry: str
    source: str
    tone: str
    standing: Any


@dataclass(frozen=True)
class Answer:
    """A question outside and how it was answered."""

    label: str
    tone: str
    said: str


@dataclass(frozen=True)
class Picture:
    """A photo with its address."""

    label: Any
    url: str
    flaws: tuple[str, ...]
    ready: bool


def panel(application: Application, look: Look, *, at: datetime) -> dict[str, Any]:
    """The context of the desk's panel: what differs, answers, pictures, the film, risks, clock."""
    registry = _registry(look.checks)
    rows = [_row(line, registry) for line in look.lines]
    differing = [row for row in rows if row.tone in ("stop", "wait")]
    return {
        "at": at,
        "due_at": application.due_at,
        "since": application.submitted_at,
        "paused": application.on_hold,
        "differing": differing,
        "agreeing": [row for row in rows if row not in differing],
        "answers": [_answer(check) for check in look.checks],
        "pictures": [_picture(application, photo) for photo in look.photos],
        "risks": [risk.label for risk in look.risks],
        "risk": look.risk.label,
        "risk_tone": TONES[look.risk],
        "rule": look.terms.version,
        "original": original_of(look),
        "enterprise": _enterprise(look),
        "paper": paper_of(application) if look.facts.on_paper else None,
        "film": film_of(application),
        "declared": declared_in(application),
        "declared_url": reverse("admin:accounts_application_declared", args=[application.ref]),
    }


def _row(line: Any, registry: str) -> Row:
    tones = {Standing.DIFFERS: "stop", Standing.DOUBTFUL: "wait", Standing.SAME: "done"}
    source = Source(line.source).label if line.source in Source.values else ""
    return Row(
        label=LABELS[line.field],
        typed=line.typed,
        read=line.read,
        registry=registry if line.field in NAMED_BY_REGISTRY else "",
        source=str(source),
        tone=tones.get(line.standing, ""),
        standing=line.standing.label,
    )


def _enterprise(look: Look) -> Enterprise | None:
    told = next((row.facts for row in look.checks if row.kind == CheckKind.REGISTRY), {})
    return enterprise_of(look.told, told)


def _registry(checks: list[OutsideCheck]) -> str:
    found = next((check for check in checks if check.kind == CheckKind.IDENTITY), None)
    return str(found.get_result_display()) if found and found.result else ""


def _answer(check: OutsideCheck) -> Answer:
    label = str(check.get_kind_display())
    if check.status == CheckStatus.ANSWERED:
        tone = "done" if check.result in GOOD else "stop"
        return Answer(label, tone, str(check.get_result_display()))
    if check.status == CheckStatus.UNANSWERED:
        return Answer(label, "wait", _("No answer; asked as long as the rule says"))
    return Answer(label, "info", str(check.get_status_display()))


def _picture(application: Application, photo: Photo) -> Picture:
    url = reverse("admin:accounts_application_photo", args=[application.ref, photo.file])
    is_whole = photo.side == "front" and application.paper in ONE_SIDED
    label = application.get_paper_display() if is_whole else SIDES[photo.side]
    return Picture(label, url, photo.flaws, photo.ready)
