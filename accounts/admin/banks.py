"""Banks of test questions: compliance proposes a version, and another officer signs it off."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import QuestionBank
from accounts.models.knowledge_tests import PREFIX
from accounts.permissions.banks import TESTS
from accounts.views.frame import language
from brokerage.backoffice.lists.rules import FourEyedAdmin, RuleForm
from brokerage.backoffice.people import name_of
from brokerage.reference.dated import Confidence
from brokerage.reference.signers import DEMONSTRATION

LANGS = {"zh-hans": "zh-Hans", "en": "en"}
"""What a page declares for a text of a language."""
TAKEN_OVER = ("key", "value", "legal_basis", "source", "confidence")
FROM_MEMORY = (Confidence.MEMORY, Confidence.CHECK)


class BankForm(RuleForm):
    """A version that an officer proposes; it replaces the one in force from its first day on."""

    class Meta:
        model = QuestionBank
        fields = ("key", "valid_from", "value", "source", "confidence", "change_note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "key" in self.fields:
            self.fields["key"].choices = [  # type: ignore[attr-defined]  # a choice field
                (PREFIX + test, label) for test, label in TESTS.items()
            ]


@admin.register(QuestionBank)
class QuestionBankAdmin(FourEyedAdmin):
    """Every version with its questions, right answers and how sure we are of them."""

    icon = "list"
    order = 52
    form = BankForm
    add_label = gettext_lazy("Propose a version")
    list_display = ["called", "valid_from", "valid_to", "confidence", "decision", "signed_by"]
    list_filter = ["decision"]
    change_form_template = "admin/accounts/questionbank.html"

    @admin.display(description=gettext_lazy("test"), ordering="key")
    def called(self, row: QuestionBank) -> str:
        return str(TESTS.get(row.test, row.key))

    @admin.display(description=pgettext_lazy("four eyes", "checked by"))
    def signed_by(self, row: QuestionBank) -> str:
        if row.checked_by_ref == DEMONSTRATION:
            return _("Demonstration only; to be signed off by compliance")
        return name_of(row.checked_by_ref) if row.checked_by_ref else "–"

    def title_of(self, row: QuestionBank) -> str:
        return self.called(row)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return list(BankForm.Meta.fields)
        facts = ["valid_from", "valid_to", "source", "confidence", "change_note", "made_by"]
        facts += ["made_at", "decision", "signed_by", "checked_at"]
        return [*facts, "rejection_reason"] if obj.rejection_reason else facts

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*super().get_readonly_fields(request, obj), "signed_by"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What a version begins with: `?base=` is the ref of the one that it follows."""
        base = request.GET.get("base", "")
        row = self.get_object(request, base) if base else None
        return {name: getattr(row, name) for name in TAKEN_OVER} if row else {}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            context["questions"] = [_shown(each) for each in row.value["questions"]]
            if self.has_add_permission(request):
                context["next_url"] = f"{reverse(self.url_name('add'))}?base={row.ref}"
        return super().render_change_form(request, context, *args, **kwargs)


def _shown(question: dict[str, Any]) -> dict[str, Any]:
    """A question for the page: the reader's language first, the other one below."""
    read = language()
    other = next(each for each in LANGS if each != read)
    mine, theirs = question[read], question[other]
    certainty = Confidence(question["certainty"])
    return {
        "key": question["key"],
        "text": mine["text"],
        "other": theirs["text"],
        "lang": LANGS[other],
        "certainty": certainty.label,
        "unsure": certainty in FROM_MEMORY,
        "options": [
            (mine["options"][key], theirs["options"][key], key == question["right"])
            for key in sorted(mine["options"])
        ],
    }
