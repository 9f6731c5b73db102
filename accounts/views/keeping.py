"""What stands in a step that is left without its button: kept, and the step stays open."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse

from accounts.forms import StepForm
from accounts.models import Application
from accounts.selectors import section_of
from accounts.states import SectionStatus, Step
from accounts.use_cases import StepRefused
from accounts.views.frame import actor_of

KEPT = (Step.IDENTITY, Step.PROFILE, Step.TAX, Step.OUTLET, Step.BANK)
"""Steps of answers. What is agreed to or secret is given with a button, or not at all."""
CONFLICT = 409


def is_left(request: HttpRequest, step: str) -> bool:
    """Whether static/accounts/keeps.js sends a page that is being left."""
    return request.method == "POST" and step in KEPT and request.headers.get("X-Keep") == "1"


def keep_left(
    request: HttpRequest, application: Application, form: StepForm, at: datetime
) -> HttpResponse:
    """Keep what is valid; 204 with the version that the page knows from now on.

    The step is not finished by it. One that a reviewer sent back stays as it is until its button
    is pressed, or the reason would be gone.
    """
    section = form.section
    form.is_valid()
    if section is None or section.status != SectionStatus.INSUFFICIENT:
        try:
            form.keep(actor=actor_of(request), at=at, unfinished=True)
        except StepRefused:
            return HttpResponse(status=CONFLICT)
    response = HttpResponse(status=204)
    if kept := section_of(application, form.step):
        response["X-Version"] = str(kept.version)
    return response
