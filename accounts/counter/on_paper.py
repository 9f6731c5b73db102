"""The counter for whoever signs by hand: print, scan, and a second person who looks again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.counter.desk import CASE, case_or_404, need_help
from accounts.files import SIGNED_PAGE
from accounts.models import Application, CaseRelease, PaperSigning
from accounts.on_paper.page import spelled
from accounts.on_paper.selectors import paper_of, papers_to_confirm, shown_pages
from accounts.on_paper.states import PaperLook, PaperStatus
from accounts.review.photos import photo_for
from accounts.use_cases.confirm_on_paper import confirm_paper, send_paper_back
from accounts.use_cases.help_at_counter import is_witness
from accounts.use_cases.release_case import UnableToRelease
from accounts.use_cases.sign_on_paper import PAGES_MOST, keep_scan, may_sign_by_hand, print_pack
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from brokerage.users.models import User

PAPER = "admin:accounts_application_case_paper"
PRINT, SCAN, CONFIRM, BACK = "print", "scan", "confirm", "back"


class SeveralFiles(forms.ClearableFileInput):
    """A file field that takes more than one."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """The files that were sent, in the order in which they were chosen."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        sent = data if isinstance(data, list) else [data]
        return [super(SeveralFilesField, self).clean(each, initial) for each in sent or [None]]


class LooksForm(forms.Form):
    """What one of the two looked at; nothing is ticked before."""

    looks = forms.MultipleChoiceField(
        label=gettext_lazy("What you looked at yourself"),
        choices=PaperLook.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Look at all of it, and tick it.")},
    )


class PrintForm(forms.Form):
    """The language in which the customer reads and signs."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language that the customer reads"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
    )


class ScanForm(LooksForm):
    """The signed pages."""

    pages = SeveralFilesField(
        label=gettext_lazy("All signed pages, in order"),
        help_text=gettext_lazy("Pictures of the scanner or camera: JPEG, PNG or WebP."),
        widget=SeveralFiles(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"required": gettext_lazy("Choose the pictures of all pages.")},
    )
    field_order = ("pages", "looks")


class BackForm(forms.Form):
    """What the second person found not to agree."""

    lacks = forms.ChoiceField(label=gettext_lazy("What does not agree"), choices=PaperLook.choices)


def first(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Print, then scan: of whoever opened the case with the customer's code."""
    release = case_or_404(request, ref)
    row, at, helper = release.application, clock.now(), user_of(request)
    paper = paper_of(row)
    done = paper is not None and paper.status == PaperStatus.CONFIRMED
    if not done and not may_sign_by_hand(row):
        return redirect(CASE, release.ref)
    act = request.POST.get("act")
    printing = PrintForm(
        request.POST if act == PRINT else None, initial={"language": _last(paper)}
    )
    scanning = ScanForm(*((request.POST, request.FILES) if act == SCAN else ()))
    if act == PRINT and printing.is_valid():
        language = printing.cleaned_data["language"]
        if _done(
            printing,
            lambda: print_pack(release=release, helper=helper, language=language, at=at),
        ):
            return redirect(PAPER, release.ref)
    if act == SCAN and scanning.is_valid() and _scan(scanning, release, helper, at):
        return redirect(PAPER, release.ref)
    context = {
        "release": release,
        "row": row,
        "paper": paper,
        "name": spelled(row.applicant_name or ""),
        "printing": printing,
        "scanning": scanning,
        "pages_most": PAGES_MOST,
        "may_witness": is_witness(helper, release, at),
        "pictures": _pictures(release, paper),
    }
    return page(request, "accounts/counter/paper.html", context)


def second(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The second person sees the signed pages, and confirms or sends them back."""
    release = _for_second_or_404(request, ref)
    at, person, row = clock.now(), user_of(request), release.application
    act = request.POST.get("act")
    form = LooksForm(request.POST if act == CONFIRM else None)
    back = BackForm(request.POST if act == BACK else None)
    told = ""
    if act == CONFIRM and form.is_valid():
        looks = form.cleaned_data["looks"]
        if _done(form, lambda: confirm_paper(release=release, second=person, looks=looks, at=at)):
            told = _("Thank you. The customer goes on with the next step.")
    if act == BACK and back.is_valid():
        lacks = PaperLook(back.cleaned_data["lacks"])
        if _done(
            back, lambda: send_paper_back(release=release, second=person, lacks=lacks, at=at)
        ):
            told = _("Your colleague sees what does not agree, and does it again.")
    if told:
        messages.success(request, told)
        assert release.outlet is not None, "an opened release has its outlet"
        return redirect("admin:accounts_application_counter", release.outlet.code)
    paper = paper_of(row)
    context = {
        "release": release,
        "row": row,
        "paper": paper,
        "name": spelled(row.applicant_name or ""),
        "form": form,
        "back": back,
        "may_witness": is_witness(person, release, at),
        "pictures": _pictures(release, paper),
    }
    return page(request, "accounts/counter/paper_second.html", context)


@require_safe
def printed(request: HttpRequest, ref: UUID) -> HttpResponseBase:
    """The file that is printed; the look is journalled first."""
    release = case_or_404(request, ref)
    paper = paper_of(release.application)
    if paper is None or paper.print_ref is None:
        raise Http404
    file = files.StoredFile.objects.get(ref=str(paper.print_ref))
    at = clock.now()
    return files.serve(request, file, at=at, revealed_to=Actor.of(user_of(request)))


@require_safe
def picture(request: HttpRequest, ref: UUID, number: int) -> HttpResponse:
    """A signed page for either of the two, with the reader's name across it."""
    need_help(request)
    user, at = user_of(request), clock.now()
    release = CaseRelease.objects.live(at).helped_by(user).filter(ref=ref).first()
    release = release or _for_second_or_404(request, ref)
    paper = paper_of(release.application)
    if paper is None or not 1 <= number <= len(paper.pages):
        raise Http404
    shown = paper.pages[number - 1]
    return photo_for(release.application, shown, reader=user, at=at, purpose=SIGNED_PAGE)


def _for_second_or_404(request: HttpRequest, ref: UUID) -> CaseRelease:
    need_help(request)
    found = papers_to_confirm(user_of(request), clock.now()).filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def _scan(form: ScanForm, release: CaseRelease, helper: User, at: datetime) -> bool:
    """Store the pages and keep them; what is refused goes again."""
    sent = form.cleaned_data["pages"]
    if len(sent) > PAGES_MOST:
        form.add_error("pages", _("Scan every page, {most} at most.").format(most=PAGES_MOST))
        return False
    looks = form.cleaned_data["looks"]
    stored = _stored(form, release.application, sent, helper, at)
    if form.errors or not _done(
        form,
        lambda: keep_scan(
            release=release,
            helper=helper,
            pages=[file.ref for file in stored],
            looks=looks,
            at=at,
        ),
    ):
        for file in stored:
            files.dispose(file=file, actor=Actor.of(helper), at=at, reason="not kept")
        return False
    return True


def _stored(
    form: ScanForm, row: Application, sent: list[Any], helper: User, at: datetime
) -> list[files.StoredFile]:
    """The pages as encrypted files; a refused one is told beside the field."""
    stored = []
    for number, upload in enumerate(sent, start=1):
        try:
            file = files.store(
                upload=upload,
                purpose=SIGNED_PAGE,
                owner_ref=row.ref,
                actor=Actor.of(helper),
                at=at,
            )
        except files.UnableToStore as refused:
            told = _("Page {number}: {why}").format(number=number, why=refused.messages[0])
            form.add_error("pages", told)
        else:
            stored.append(file)
    return stored


def _done(form: forms.Form, act: Callable[[], PaperSigning]) -> bool:
    """Whether it was done; a refusal is told above the form."""
    try:
        act()
    except UnableToRelease as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _pictures(release: CaseRelease, paper: PaperSigning | None) -> list[dict[str, Any]]:
    """Each scanned page: its number, whether it was checked, and its address."""
    pages = shown_pages(paper.pages) if paper else []
    return [
        {
            "number": number,
            "ready": shown is not None,
            "url": reverse(f"{PAPER}_page", args=[release.ref, number]),
        }
        for number, shown in enumerate(pages, start=1)
    ]


def _last(paper: PaperSigning | None) -> str:
    return paper.pack.language if paper else settings.LANGUAGE_CODE
