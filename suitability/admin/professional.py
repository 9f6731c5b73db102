"""Applications as professional investors: the queue, the evidence side by side, two officers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from brokerage.backoffice.admin import Act, ActForm, ActsAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles
from brokerage.core.display import formats
from suitability.admin.conversions import COUNTER_ACTS, STEP_BACK_ACTS
from suitability.admin.recording_acts import (
    RECORD,
    recording_link,
    words_in,
)
from suitability.explaining import fact_words
from suitability.labels import SIMULATED
from suitability.models import InvestorStatus, StatusProof, StatusRequest
from suitability.professional_forms import fact_label, least_words
from suitability.rules.classes import StatusDecision
from suitability.selectors.rules import professional_rules_on
from suitability.selectors.simulated import CONVERSION, practised
from suitability.selectors.statuses import decide, decision_inputs, groups_of_request
from suitability.states import ON_APPLICATIONS, RecordingAbout, RequestStatus
from suitability.use_cases.deciding_status import (
    Found,
    UnableToDecideStatus,
    confirm_decision,
    examine_request,
    look_again,
    return_request,
)
from suitability.wording import months, sentences

RIGHT = "suitability.change_statusrequest"
REFUSALS = (UnableToDecideStatus,)


class ReasonForm(ActForm):
    """Words for the customer or the file."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


class ExamineForm(ReasonForm):
    """What the files of each proof show, and what follows from it."""

    favourable = forms.TypedChoiceField(
        label=gettext_lazy("Proposed decision"),
        choices=[
            ("yes", pgettext_lazy("professional investor", "Grant it")),
            ("no", pgettext_lazy("professional investor", "Do not grant it")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for proof in self.row.proofs.order_by("pk"):
            name = fact_label(proof.fact)
            self.fields[f"ok_{proof.fact}"] = forms.TypedChoiceField(
                label=_("{fact}: do the files prove it?").format(fact=name),
                choices=[("yes", pgettext("answer", "Yes")), ("no", pgettext("answer", "No"))],
                coerce=lambda value: value == "yes",
                widget=forms.RadioSelect,
            )
            if proof.claimed:
                self.fields[f"is_{proof.fact}"] = forms.DecimalField(
                    label=_("{fact}: what the files show").format(fact=name),
                    help_text=_("Claimed: {claimed}").format(claimed=_amount(proof)),
                    required=False,
                    min_value=0,
                    max_digits=17,
                    decimal_places=2,
                )
        self.order_fields([*(key for key in self.fields if "_" in key), "favourable", "reason"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in [key for key in self.fields if key.startswith("is_")]:
            if values.get(f"ok_{name[3:]}") and values.get(name) is None:
                self.add_error(name, _("Write what the files show."))
        return values

    def found(self, values: dict[str, Any]) -> dict[str, Found]:
        """The findings by fact, out of cleaned values."""
        return {
            proof.fact: Found(
                accepted=values[f"ok_{proof.fact}"],
                amount=values.get(f"is_{proof.fact}"),
            )
            for proof in self.row.proofs.all()
        }


def _amount(proof: StatusProof, text: str | None = None) -> str:
    shown = text if text is not None else proof.claimed
    if not shown:
        return ""
    if proof.fact.endswith("_months"):
        return months(shown)
    return formats.money(Decimal(shown))


def _examine(request: HttpRequest, row: StatusRequest, values: dict[str, Any]) -> str:
    examine_request(
        request=row,
        found=ExamineForm(row=row).found(values),
        favourable=values["favourable"],
        reason=values["reason"],
        officer=user_of(request),
        at=clock.now(),
    )
    return _("Another officer decides now.")


def _confirm(request: HttpRequest, row: StatusRequest, values: dict[str, Any]) -> str:
    done = confirm_decision(request=row, officer=user_of(request), at=clock.now())
    if done.status == RequestStatus.GRANTED:
        return _("Granted. The customer is told.")
    return _("Not granted. The customer is told.")


def _again(request: HttpRequest, row: StatusRequest, values: dict[str, Any]) -> str:
    look_again(request=row, note=values["reason"], officer=user_of(request), at=clock.now())
    return _("It is back in the queue.")


def _return(request: HttpRequest, row: StatusRequest, values: dict[str, Any]) -> str:
    return_request(request=row, reason=values["reason"], officer=user_of(request), at=clock.now())
    return _("The customer is asked to complete it.")


def _is_sent(user: Any, row: StatusRequest) -> bool:
    return row.status == RequestStatus.SUBMITTED


def _is_for_me(user: Any, row: StatusRequest) -> bool:
    return row.status == RequestStatus.EXAMINED and row.examined_by_id != user.pk


EVIDENCE = frozenset(
    ("evidence", "outlook", "why", "more", "tests_taken", "proposal", "said", "examined_by")
)
"""Fields that tell of income and assets: not for the outlet of the customer."""


@admin.register(StatusRequest)
class StatusRequestAdmin(ActsAdmin):
    """Applications with their evidence; income and assets are seen by those who decide."""

    section = "control"
    icon = "user"
    order = 22
    list_display = ["submitted_at", "status", "who", "kind", "examined_by", "decided_by"]
    list_filter = ["status", "kind"]
    list_select_related = ["customer", "examined_by", "decided_by"]
    fields = ["status", "kind", "who", "evidence", "outlook", "why", "more", "tests_taken"]
    fields += ["channel", "place", "words", "recording"]
    fields += ["text", "accepted_at", "submitted_at", "proposal", "said", "examined_by"]
    fields += ["examined_at", "decided_by", "decided_at", "rule_version"]
    acts = (
        *COUNTER_ACTS,
        Act(
            key="examine",
            title=gettext_lazy("Examine the proofs"),
            button=gettext_lazy("Propose it"),
            right=RIGHT,
            form=ExamineForm,
            run=_examine,
            shown=_is_sent,
            refusals=REFUSALS,
            note=gettext_lazy(
                "What you find counts, not what is claimed. The reason goes to the customer, in "
                "their language. Another officer decides."
            ),
        ),
        Act(
            key="return",
            title=gettext_lazy("Ask the customer to complete it"),
            button=gettext_lazy("Send it back"),
            right=RIGHT,
            form=ReasonForm,
            run=_return,
            shown=_is_sent,
            refusals=REFUSALS,
            kind="2",
        ),
        Act(
            key="confirm",
            title=gettext_lazy("Decide as proposed"),
            button=gettext_lazy("Decide as proposed"),
            right=RIGHT,
            run=_confirm,
            shown=_is_for_me,
            refusals=REFUSALS,
            note=gettext_lazy("It counts from today. The customer is told the result and why."),
        ),
        Act(
            key="again",
            title=gettext_lazy("Have it examined again"),
            button=gettext_lazy("Have it examined again"),
            right=RIGHT,
            form=ReasonForm,
            run=_again,
            shown=_is_for_me,
            refusals=REFUSALS,
            kind="2",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """What was sent; who explains at an outlet finds what is still put together as well."""
        rows = super().get_queryset(request)
        return rows if roles.may(request.user, RECORD) else rows.exclude(submitted_at=None)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = super().get_fields(request, obj)
        if roles.may(request.user, RIGHT) or reads_all(request.user):
            return shown
        return [name for name in shown if name not in EVIDENCE]

    def title_of(self, row: StatusRequest) -> str:
        return f"{row.customer.shown} · {row.get_kind_display()}"

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: StatusRequest) -> str:
        return row.customer.shown

    @admin.display(description=pgettext_lazy("professional investor", "text to hand over"))
    def words(self, row: StatusRequest) -> SafeString | str:
        """In the customer's language, until it is accepted."""
        waits = row.is_at_outlet and row.is_open_to_customer and not row.accepted_at
        return words_in(row.text, row.language) if waits else "–"

    @admin.display(description=gettext_lazy("double recording"))
    def recording(self, row: StatusRequest) -> SafeString | str:
        return recording_link(row, *ON_APPLICATIONS)

    @admin.display(description=gettext_lazy("evidence"))
    def evidence(self, row: StatusRequest) -> SafeString:
        """Each proof: asked, claimed, found, as of, its files."""
        rules = professional_rules_on(clock.today())
        asked = {
            leaf.fact: least_words(leaf)
            for group in groups_of_request(row, rules)
            for leaf in group
        }
        lines = [self._line(proof, asked) for proof in row.proofs.order_by("pk")]
        return format_html_join(SafeString("<br>"), "<b>{}</b> {}", lines) or SafeString("–")

    def _line(self, proof: StatusProof, asked: dict[str, str]) -> tuple[str, str]:
        parts = [asked.get(proof.fact, "")]
        if proof.claimed:
            parts.append(_("Claimed: {claimed}").format(claimed=_amount(proof)))
        if proof.accepted is False:
            parts.append(pgettext("proof", "Not accepted"))
        elif proof.accepted and proof.found:
            parts.append(_("Found: {found}").format(found=_amount(proof, proof.found)))
        elif proof.accepted:
            parts.append(pgettext("proof", "Accepted"))
        day = formats.day(proof.as_of, year=True)
        parts.append(_("as of {day}").format(day=day))
        parts += [_("File {n}").format(n=n) for n, _ref in enumerate(proof.files, start=1)]
        return fact_label(proof.fact), " · ".join(part for part in parts if part)

    def files_of(self, row: StatusRequest) -> list[tuple[UUID, str]]:
        return [
            (UUID(ref), f"{fact_label(proof.fact)} · {_('File {n}').format(n=number)}")
            for proof in row.proofs.order_by("pk")
            for number, ref in enumerate(proof.files, start=1)
        ]

    @admin.display(description=gettext_lazy("what the rules say"))
    def outlook(self, row: StatusRequest) -> SafeString:
        """By what was found; before that, by what is claimed."""
        if row.result:
            found = StatusDecision.from_json(row.result)
        else:
            rules = professional_rules_on(clock.today())
            proofs = list(row.proofs.all())
            facts = {
                proof.fact: proof.as_claimed for proof in proofs if proof.accepted is not False
            }
            facts |= {each.fact: each.as_found for each in proofs if each.as_found is not None}
            found = decide(decision_inputs(row, facts, rules, clock.today()), rules)
        lines = [(text,) for text in sentences(found.reasons, fact_words())]
        return format_html_join(SafeString("<br>"), "{}", lines)

    @admin.display(description=gettext_lazy("why the customer asks"))
    def why(self, row: StatusRequest) -> str:
        return row.purpose or "–"

    @admin.display(description=gettext_lazy("additional information"))
    def more(self, row: StatusRequest) -> str:
        return row.extra or "–"

    @admin.display(description=gettext_lazy("tests of knowledge"))
    def tests_taken(self, row: StatusRequest) -> str:
        taken = row.tests.exclude(submitted_at=None).order_by("submitted_at")
        found = [str(test.score) for test in taken]
        if CONVERSION in practised(row.customer, clock.today()):
            found.append(str(SIMULATED[CONVERSION]))
        return ", ".join(found) or "–"

    @admin.display(description=gettext_lazy("proposed decision"))
    def proposal(self, row: StatusRequest) -> str:
        if row.favourable is None:
            return "–"
        return _("to grant it") if row.favourable else _("not to grant it")

    @admin.display(description=gettext_lazy("reason for the customer"))
    def said(self, row: StatusRequest) -> str:
        return row.reason or "–"


def reads_all(user: Any) -> bool:
    """Whether one of the roles of `user` reads everything."""
    return not roles.roles_of(user).isdisjoint(roles.READERS)


@admin.register(InvestorStatus)
class InvestorStatusAdmin(ActsAdmin):
    """Who is a professional investor, from when until when; and the way back at an outlet."""

    section = "control"
    icon = "users"
    order = 23
    list_display = ["since", "who", "kind", "until", "ended_on"]
    list_filter = ["kind"]
    list_select_related = ["customer"]
    fields = ["who", "kind", "since", "until", "granted_at", "recording", "ended_on", "ended_why"]
    acts = STEP_BACK_ACTS

    @admin.display(description=gettext_lazy("double recording"))
    def recording(self, row: InvestorStatus) -> SafeString | str:
        return recording_link(row.request, RecordingAbout.STEP_BACK)

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: InvestorStatus) -> str:
        return row.customer.shown
