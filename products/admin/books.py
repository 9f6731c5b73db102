"""Subscription books: proposed, published and closed with four eyes; their bids."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from brokerage.backoffice.admin import ReadOnlyAdmin
from brokerage.backoffice.admin.acts import Act, ActForm
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from brokerage.core.display import formats
from products.models import Bid, Book, Closing
from products.selectors.books import Figures, figures_of
from products.use_cases.bookkeeping import ask_to_call_off, ask_to_close, propose_book
from products.use_cases.refusals import UnableToList

ASKED: tuple[str, ...] = ("product", "company", "target", "least", "minimum", "step")
ASKED += ("opens_at", "closes_at", "allocation")


class BookForm(AddingForm):
    """A book as it is proposed."""

    class Meta:
        model = Book
        fields = ASKED


def _ask_to_close(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    ask_to_close(book=row, maker=user_of(request), at=clock.now())
    return gettext("Asked. It is shared out once a second person agrees.")


class ReasonForm(ActForm):
    """Why a book is called off."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _call_off(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    maker = user_of(request)
    ask_to_call_off(book=row, reason=given["reason"], maker=maker, at=clock.now())
    return gettext("Asked. It is called off once a second person agrees.")


def _figures(row: Book) -> Figures:
    """The figures of a book on its page: five fields of it, asked for once."""
    found: Figures | None = row.__dict__.get("_figures")
    if found is None:
        found = row.__dict__["_figures"] = figures_of(row)
    return found


@admin.register(Book)
class BookAdmin(AddsAdmin):
    """Books of the branch companies, newest first."""

    section = "products"
    icon = "book"
    order = 68
    form = BookForm
    refusals = (UnableToList,)
    list_display = ["product", "company", "target", "closes_at", "allocation", "decision"]
    list_filter = ["decision", "allocation"]
    list_select_related = ["product__item", "company"]
    readonly_fields = ["rule_version", "bids", "demand", "left", "allotted", "to_pay_back"]
    readonly_fields += ["proposed_by", "made_at", "decision", "checked_at", "rejection_reason"]
    add_label = gettext_lazy("Propose a book")
    acts = (
        Act(
            key="close",
            title=gettext_lazy("Share it out"),
            button=gettext_lazy("Ask for the closing"),
            right="products.add_closing",
            run=_ask_to_close,
            shown=lambda user, row: (
                row.is_approved
                and clock.now() >= row.closes_at
                and not row.closings.exclude(decision="rejected").exists()
            ),
            refusals=(UnableToList,),
            note=gettext_lazy("A second person looks at the figures. Then nothing can be undone."),
        ),
        Act(
            key="call_off",
            title=gettext_lazy("Call the book off"),
            button=gettext_lazy("Ask to call it off"),
            right="products.add_closing",
            run=_call_off,
            shown=lambda user, row: (
                row.is_approved and not row.closings.exclude(decision="rejected").exists()
            ),
            form=ReasonForm,
            refusals=(UnableToList,),
            kind="stop",
            note=gettext_lazy("Once a second person agrees all that was paid goes back."),
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return list(ASKED) if obj is None else [*ASKED, *self.readonly_fields]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in ("opens_at", "closes_at"):
            kwargs["widget"] = forms.DateTimeInput(attrs={"placeholder": "2026-03-02 09:00"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("proposed by"))
    def proposed_by(self, row: Book) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    @admin.display(description=gettext_lazy("bids that are paid"))
    def bids(self, row: Book) -> str:
        return formats.number(_figures(row).bids) if row.pk else ""

    @admin.display(description=gettext_lazy("paid in"))
    def demand(self, row: Book) -> str:
        return formats.money(_figures(row).demand) if row.pk else ""

    @admin.display(description=gettext_lazy("bids not yet shared out"))
    def left(self, row: Book) -> str:
        return formats.number(_figures(row).left) if row.pk else ""

    @admin.display(description=gettext_lazy("allotted"))
    def allotted(self, row: Book) -> str:
        return formats.money(_figures(row).allotted) if row.pk else ""

    @admin.display(description=gettext_lazy("still to be paid back"))
    def to_pay_back(self, row: Book) -> str:
        return formats.money(_figures(row).to_pay_back) if row.pk else ""

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        given = {name: form.cleaned_data[name] for name in ASKED}
        return propose_book(maker=user_of(request), at=clock.now(), **given)


@admin.register(Closing)
class ClosingAdmin(ReadOnlyAdmin):
    """Closings; a second person compares the figures and decides."""

    section = "products"
    icon = "check"
    order = 69
    list_display = ["book", "calls_off", "bids", "demand", "made_at", "decision"]
    list_filter = ["decision", "calls_off"]
    list_select_related = ["book__product__item"]
    fields = ["book", "calls_off", "reason", "bids", "demand", "target", "least", "shared_out"]
    fields += ["asked_by", "made_at"]
    fields += ["decision", "rejection_reason"]

    @admin.display(description=gettext_lazy("amount to be placed, in yuan"))
    def target(self, row: Closing) -> str:
        return formats.money(row.book.target)

    @admin.display(description=gettext_lazy("least sum to be placed, in yuan"))
    def least(self, row: Closing) -> str:
        return formats.money(row.book.least) if row.book.least is not None else "–"

    @admin.display(description=gettext_lazy("how it is shared out"))
    def shared_out(self, row: Closing) -> str:
        return f"{row.book.get_allocation_display()} · {row.book.rule_version}"

    @admin.display(description=gettext_lazy("asked by"))
    def asked_by(self, row: Closing) -> str:
        return name_of(row.made_by_ref)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")


@admin.register(Bid)
class BidAdmin(ReadOnlyAdmin):
    """What customers bid, newest first; nothing is changed here."""

    section = "products"
    icon = "list"
    order = 70
    list_display = ["placed_at", "who", "book", "amount", "allotted", "status"]
    list_filter = ["status"]
    list_select_related = ["customer", "book__product__item"]
    fields = ["who", "book", "amount", "most", "allotted", "refund", "status", "outlet"]
    fields += ["placed_at", "paid_at", "ended_at", "refunded_at"]

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: Bid) -> str:
        return row.customer.shown
