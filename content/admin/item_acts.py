"""What may be done with an item: sign, attach, drop, withdraw."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin import Act, ActForm
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from content.models import Item, Revision
from content.states import ItemStatus
from content.use_cases.attach_report import UnableToAttach, attach_report, detach_report
from content.use_cases.drop_draft import UnableToDrop, drop_draft
from content.use_cases.sign_item import Change, UnableToSign, sign_item
from content.use_cases.withdraw_item import UnableToWithdraw, withdraw_item


class SignForm(ActForm):
    """What a version after the first changes."""

    is_correction = forms.BooleanField(
        label=gettext_lazy("It corrects an error: tell everybody who read an earlier version"),
        required=False,
    )
    note_zh = forms.CharField(
        label=gettext_lazy("What changed, Chinese"), max_length=300, required=False
    )
    note_en = forms.CharField(
        label=gettext_lazy("What changed, English"), max_length=500, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.row.status != ItemStatus.LIVE:
            self.fields.clear()

    def clean(self) -> dict[str, Any]:
        """A correction says in both languages what was wrong."""
        found = super().clean() or {}
        if found.get("is_correction"):
            for name in ("note_zh", "note_en"):
                if not found.get(name, "").strip():
                    self.add_error(name, _("Say in both languages what was wrong."))
        return found


class AttachForm(ActForm):
    """The PDF of a report."""

    upload = forms.FileField(
        label=gettext_lazy("file (PDF)"),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )


class WithdrawForm(ActForm):
    """What its readers are told."""

    note_zh = forms.CharField(label=gettext_lazy("What was wrong, Chinese"), max_length=300)
    note_en = forms.CharField(label=gettext_lazy("What was wrong, English"), max_length=500)


class DropDraftForm(ActForm):
    """Why a draft is dropped, and whether its text waits again."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    gives_back = forms.BooleanField(
        label=gettext_lazy("The text it was made from waits for the desk again"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.row.raw_id is None:
            del self.fields["gives_back"]


def _sign(request: HttpRequest, row: Item, values: dict[str, Any]) -> str:
    sign_item(item=row, signer=user_of(request), change=Change(**values), at=clock.now())
    return _("Signed. A second person decides now.")


def _attach(request: HttpRequest, row: Item, values: dict[str, Any]) -> str:
    attach_report(item=row, by=user_of(request), at=clock.now(), **values)
    return _("Attached. It is checked, and readers see it once a version with it is released.")


def _detach(request: HttpRequest, row: Item, values: dict[str, Any]) -> str:
    detach_report(item=row, by=user_of(request), at=clock.now())
    return _("Taken off. Readers see it until the next version is released.")


def _drop(request: HttpRequest, row: Item, values: dict[str, Any]) -> str:
    drop_draft(item=row, officer=user_of(request), at=clock.now(), **values)
    return _("Dropped.")


def _withdraw(request: HttpRequest, row: Item, values: dict[str, Any]) -> str:
    withdraw_item(item=row, officer=user_of(request), at=clock.now(), **values)
    return _("Withdrawn. Everybody who read it is told.")


ACTS = (
    Act(
        key="sign",
        title=gettext_lazy("Sign the working text"),
        button=pgettext_lazy("item", "Sign"),
        right="content.sign_item",
        form=SignForm,
        run=_sign,
        shown=lambda user, row: (
            not row.is_over and not Revision.objects.pending().filter(item=row).exists()
        ),
        refusals=(UnableToSign,),
        note=gettext_lazy(
            "You answer for every word with your licence. A second person releases it."
        ),
    ),
    Act(
        key="attach",
        title=gettext_lazy("Attach the report as a PDF"),
        button=gettext_lazy("Attach"),
        right="content.change_item",
        form=AttachForm,
        run=_attach,
        shown=lambda user, row: not row.is_over,
        refusals=(UnableToAttach,),
        kind="2",
        note=gettext_lazy("One PDF of at most 20 MB; another one takes its place."),
    ),
    Act(
        key="detach",
        title=gettext_lazy("Take the PDF off"),
        button=gettext_lazy("Take off"),
        right="content.change_item",
        run=_detach,
        shown=lambda user, row: row.report_id is not None and not row.is_over,
        refusals=(UnableToAttach,),
        kind="2",
    ),
    Act(
        key="drop",
        title=gettext_lazy("Drop this draft"),
        button=gettext_lazy("Drop"),
        right="content.change_item",
        form=DropDraftForm,
        run=_drop,
        shown=lambda user, row: row.status == ItemStatus.DRAFT,
        refusals=(UnableToDrop,),
        kind="stop",
    ),
    Act(
        key="withdraw",
        title=gettext_lazy("Withdraw it at once"),
        button=pgettext_lazy("item", "Withdraw"),
        right="content.withdraw_item",
        form=WithdrawForm,
        run=_withdraw,
        shown=lambda user, row: row.status == ItemStatus.LIVE,
        refusals=(UnableToWithdraw,),
        kind="stop",
        note=gettext_lazy("Everybody who read it is told what was wrong."),
    ),
)
