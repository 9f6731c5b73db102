"""The page on which a customer answers where their money comes from."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.files import FUNDS_PROOF
from accounts.forms.funds import FundsForm, in_words
from accounts.funds.states import InquiryStatus
from accounts.models import FundsInquiry
from accounts.use_cases.ask_about_funds import UnableToAsk, answer_inquiry
from accounts.views.frame import READ_OR_WRITE, actor_of, mine
from brokerage.core import clock
from brokerage.files import api as files


@login_required
@READ_OR_WRITE
def funds(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The questions while they wait; what was answered afterwards."""
    found = mine(request, ref)
    rows = FundsInquiry.objects.select_related("application__customer")
    inquiry = rows.filter(application=found).order_by("-pk").first()
    if inquiry is None:
        return redirect(found)
    form = None
    if inquiry.status == InquiryStatus.ASKED:
        posted = request.method == "POST"
        form = FundsForm(
            request.POST if posted else None,
            request.FILES if posted else None,
            initial=inquiry.answers,
        )
        if form.is_bound and form.is_valid() and _answered(request, inquiry, form):
            return redirect("accounts:funds", found.ref)
    context = {
        "application": found,
        "inquiry": inquiry,
        "form": form,
        "answers": in_words(inquiry.answers) if inquiry.answered_at else [],
    }
    bad = form is not None and form.is_bound
    return render(request, "accounts/funds.html", context, status=422 if bad else 200)


def _answered(request: HttpRequest, inquiry: FundsInquiry, form: FundsForm) -> bool:
    """Keep the answers with the file that was added; False where something is refused."""
    values, actor, at = dict(form.cleaned_data), actor_of(request), clock.now()
    upload = values.pop("proof")
    try:
        if upload is None:
            answer_inquiry(inquiry=inquiry, values=values, proof=None, actor=actor, at=at)
        else:
            with files.storing(
                upload=upload, purpose=FUNDS_PROOF, owner_ref=inquiry.ref, actor=actor, at=at
            ) as file:
                answer_inquiry(inquiry=inquiry, values=values, proof=file.ref, actor=actor, at=at)
    except files.UnableToStore as refused:
        form.add_error("proof", str(refused.messages[0]))
    except UnableToAsk as refused:
        form.add_error(None, str(refused))
    return not form.errors
