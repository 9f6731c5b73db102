"""Questions about originals that were looked at."""

from __future__ import annotations

from typing import Any

from accounts.evidence.states import CheckKind, CheckResult, CheckStatus
from accounts.models import Application, OutsideCheck, Section, Sighting
from accounts.papers.kinds import CARD
from accounts.states import Step


def counting_sighting(
    application: Application, answers: dict[str, Any] | None = None
) -> Sighting | None:
    """The newest look at the original, where it was at this very paper; else None.

    Args:
        application: whose paper.
        answers: of its identity section, where they are known already.
    """
    rows = Sighting.objects.filter(application=application).select_related("seen_by", "outlet")
    last = rows.order_by("-pk").first()
    if last is None:
        return None
    if answers is None:
        section = Section.objects.filter(application=application, step=Step.IDENTITY).first()
        answers = section.answers if section else {}
    return last if last.is_about(answers) else None


def is_out_of_business(application: Application) -> bool:
    """Whether the registry of enterprises says that an organisation is not in business."""
    checks = OutsideCheck.objects.current().filter(application=application)
    ended = {"kind": CheckKind.REGISTRY, "result": CheckResult.ENDED}
    return application.is_organisation and checks.filter(**ended).exists()


def is_identified(application: Application) -> bool:
    """Whether the police registry agreed, or of another paper somebody held the original.

    Without it no file can be sealed and no account opened: an approval would lead nowhere.
    """
    if application.paper != CARD:
        return counting_sighting(application) is not None
    checks = OutsideCheck.objects.current().filter(application=application)
    return checks.filter(
        kind=CheckKind.IDENTITY, status=CheckStatus.ANSWERED, result=CheckResult.MATCH
    ).exists()
