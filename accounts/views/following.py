"""The last questions before an account is active, and what it can do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.dated import follow_up_terms
from accounts.states import FollowUpQuestion, Status
from accounts.terms import YesNo
from accounts.use_cases import UnableToFollowUp, answer_follow_up
from accounts.views.frame import READ_OR_WRITE, actor_of, mine
from brokerage.core import clock


class QuestionsForm(forms.Form):
    """Each question with yes and no; nothing is chosen beforehand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in FollowUpQuestion:
            self.fields[question.value] = forms.ChoiceField(
                label=question.label,
                choices=YesNo.choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose an answer.")},
            )


@login_required
@READ_OR_WRITE
def questions(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The customer's own answers; any no stops the activation, and we call."""
    found = mine(request, ref)
    at = clock.now()
    if found.status != Status.VISIT or not follow_up_terms(clock.business_date(at)).own_answers:
        return redirect(found)
    form = QuestionsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_follow_up(
                application=found,
                answers=form.cleaned_data,
                actor=actor_of(request),
                at=at,
            )
        except UnableToFollowUp as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(found)
    return render(request, "accounts/questions.html", {"application": found, "form": form})
