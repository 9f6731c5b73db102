"""Pages that write one part of a draft: a question, a statement, the terms; and the comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from brokerage.backoffice.people import user_of
from brokerage.core import clock
from suitability.models import PaperDraft
from suitability.paper_checks import WHOLE, problems_of
from suitability.paper_forms import (
    OptionSet,
    QuestionHeadForm,
    StatementForm,
    TermsForm,
    options_of,
)
from suitability.papers import compared, shown_paper
from suitability.use_cases.drafting import UnableToDraft, change_draft

Content = dict[str, Any]
TERMS = "terms"


class PaperPages:
    """Views that the admin of drafts adds to those of a row; see PaperDraftAdmin."""

    admin_site: Any

    def own_urls(self: Any) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        base = "suitability_paperdraft"
        return [
            path("<uuid:ref>/questions/", wrap(self.question_view), name=f"{base}_new"),
            path("<uuid:ref>/questions/<slug:key>/", wrap(self.question_view), name=f"{base}_ask"),
            path(
                "<uuid:ref>/questions/<slug:key>/remove/",
                wrap(require_POST(self.remove_view)),
                name=f"{base}_remove",
            ),
            path(
                "<uuid:ref>/statements/<slug:key>/",
                wrap(self.statement_view),
                name=f"{base}_statement",
            ),
            path("<uuid:ref>/terms/", wrap(self.terms_view), name=f"{base}_terms"),
            path("<uuid:ref>/compare/", wrap(self.compare_view), name=f"{base}_compare"),
            *super().own_urls(),  # type: ignore[misc]  # of the class beside it
        ]

    def draft_context(self: Any, request: HttpRequest, row: PaperDraft) -> Content:
        """What the page of a draft shows beside its facts."""
        problems = problems_of(row.content)
        return {
            "paper": [
                (
                    screen,
                    [each.text for each in problems if each.place == screen.key],
                    reverse(
                        self.url_name("statement" if screen.is_statement else "ask"),
                        args=[row.ref, screen.key],
                    ),
                )
                for screen in shown_paper(row.content)
            ],
            "problems": problems,
            "whole": [each.text for each in problems if each.place == WHOLE],
            "may_write": self.may_write(request, row),
            "new_url": reverse(self.url_name("new"), args=[row.ref]),
            "terms_url": reverse(self.url_name("terms"), args=[row.ref]),
            "compare_url": reverse(self.url_name("compare"), args=[row.ref]),
        }

    def question_view(self: Any, request: HttpRequest, ref: UUID, key: str = "") -> HttpResponse:
        """One question with its answers; without a key a new one."""
        row = self.writable(request, ref)
        question = _part(row.content, "questions", key) if key else {}
        numbers = [each["key"] for each in row.content["questions"]]
        initial = {
            "key": key,
            "group": question.get("group"),
            "kind": question.get("kind", "single"),
            "zh": question.get("text", {}).get("zh-hans", ""),
            "en": question.get("text", {}).get("en", ""),
            "number": numbers.index(key) + 1 if key else len(numbers) + 1,
        }
        data = request.POST if request.method == "POST" else None
        head = QuestionHeadForm(data, draft=row, key=key, initial=initial)
        options = OptionSet(data, initial=options_of(question), prefix="answers")
        refusal = ""
        if data is not None and head.is_valid() & options.is_valid():
            made = {
                **question,
                "key": head.cleaned_data["key"],
                "group": head.cleaned_data["group"],
                "kind": head.cleaned_data["kind"],
                "text": head.text,
                "options": [form.content for form in options.kept],
            }
            place = head.cleaned_data["number"] - 1
            refusal = self.write(
                request, row, made["key"], lambda content: _put(content, key, made, place)
            )
            if not refusal:
                return redirect(self.object_url(row))
        context = {
            "head": head,
            "options": options,
            "key": key,
            "remove_url": reverse(self.url_name("remove"), args=[ref, key]) if key else "",
            "refusal": refusal,
        }
        return self._part_page(request, "admin/suitability/question.html", row, context)

    def remove_view(self: Any, request: HttpRequest, ref: UUID, key: str) -> HttpResponse:
        """Leave a question out."""
        row = self.writable(request, ref)
        _part(row.content, "questions", key)
        if refusal := self.write(request, row, key, lambda content: _leave_out(content, key)):
            self.message_user(request, refusal, "error")
        return redirect(self.object_url(row))

    def statement_view(self: Any, request: HttpRequest, ref: UUID, key: str) -> HttpResponse:
        """The words of one statement, and which answer makes the class the lowest."""
        row = self.writable(request, ref)
        part = _part(row.content, "declarations", key)
        initial = {
            "zh": part["text"]["zh-hans"],
            "en": part["text"]["en"],
            "lowest_if": "yes" if part["lowest_if"] else "no",
        }
        form = StatementForm(request.POST or None, initial=initial)
        refusal = ""
        if request.method == "POST" and form.is_valid():
            changed = {"text": form.text, "lowest_if": form.cleaned_data["lowest_if"] == "yes"}

            def change(content: Content) -> None:
                _part(content, "declarations", key).update(changed)

            if not (refusal := self.write(request, row, key, change)):
                return redirect(self.object_url(row))
        context = {"form": form, "title": _("Statement"), "refusal": refusal}
        return self._part_page(request, "admin/suitability/part.html", row, context)

    def terms_view(self: Any, request: HttpRequest, ref: UUID) -> HttpResponse:
        """Everything beside the questions."""
        row = self.writable(request, ref)
        form = TermsForm(request.POST or None, content=row.content)
        refusal = ""
        if request.method == "POST" and form.is_valid():
            refusal = self.write(request, row, TERMS, form.apply)
            if not refusal:
                return redirect(self.object_url(row))
        context = {"form": form, "title": _("Bands, periods and caps"), "refusal": refusal}
        return self._part_page(request, "admin/suitability/part.html", row, context)

    def compare_view(self: Any, request: HttpRequest, ref: UUID) -> HttpResponse:
        """What the draft changes in the version that it began from."""
        row = self._row(request, ref)
        context = {
            "old": row.base,
            "new": row,
            "differences": compared(row.base.value, row.content),
        }
        page: HttpResponse = self._page(request, "admin/suitability/compare.html", row, context)
        return page

    def write(
        self: Any,
        request: HttpRequest,
        row: PaperDraft,
        part: str,
        change: Callable[[Content], None],
    ) -> str:
        """Change a part as the page showed it; returns why not, or nothing."""
        try:
            change_draft(
                draft=row,
                part=part,
                change=change,
                seen=request.POST.get("seen", ""),
                editor=user_of(request),
                at=clock.now(),
            )
        except UnableToDraft as error:
            return str(error)
        self.message_user(request, _("Saved in the draft."))
        return ""

    def _part_page(
        self: Any, request: HttpRequest, template: str, row: PaperDraft, context: Content
    ) -> HttpResponse:
        seen = request.POST.get("seen") or row.content_hash
        page: HttpResponse = self._page(request, template, row, {**context, "seen": seen})
        return page


def _part(content: Content, part: str, key: str) -> Content:
    """The question or statement `key`; raises Http404 where there is none."""
    for each in content.get(part, ()):
        if each["key"] == key:
            found: Content = each
            return found
    raise Http404


def _put(content: Content, old: str, made: Content, place: int) -> None:
    """Put a question at its place, in the stead of the one with the key `old`."""
    rest = [each for each in content["questions"] if each["key"] != old]
    rest.insert(min(place, len(rest)), made)
    content["questions"] = rest


def _leave_out(content: Content, key: str) -> None:
    content["questions"] = [each for each in content["questions"] if each["key"] != key]
