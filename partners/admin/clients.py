"""Programs of institutions: made here, given new secrets, suspended. A secret is shown once."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin.acts import Act, ActForm
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin, acting
from partners.admin.institutions import NeededReason
from partners.models import ApiClient
from partners.models.quotas import MOST
from partners.states import ApiScope
from partners.use_cases import (
    Secret,
    UnableToIssue,
    UnableToMakeClient,
    make_client,
    networks_of,
    rotate_secret,
    set_networks,
    suspend_client,
)
from partners.use_cases.clients import replace_secrets, resume_client, set_scopes
from partners.use_cases.quotas import UnableToLimit, throttle


class ClientForm(AddingForm):
    """A new program; its first secret is shown when it is made."""

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"),
        choices=ApiScope,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The contract in force decides which of them count."),
    )


class ScopesForm(ActForm):
    """What the program may ask for from now on."""

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"),
        choices=ApiScope,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The contract in force decides which of them count."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].initial = getattr(self.row, "scopes", [])


def _say(secret: Secret) -> str:
    return _("Shown once, write it down now. Client id: {id}. Secret: {secret}").format(
        id=secret.client_id, secret=secret.client_secret
    )


class NetworksForm(ActForm):
    """From where the program may call."""

    networks = forms.CharField(
        label=gettext_lazy("Allowed addresses"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("Such as 203.0.113.0/24, with commas between. Empty: anywhere."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["networks"].initial = ", ".join(self.row.networks)

    def clean_networks(self) -> list[str]:
        """The networks in their usual form."""
        given = self.cleaned_data["networks"].replace("\uff0c", ",").split(",")
        try:
            return networks_of(part.strip() for part in given if part.strip())
        except ValueError as error:
            raise forms.ValidationError(
                _("This is no network: {text}.").format(text=error)
            ) from error


def _rotate(request: HttpRequest, row: ApiClient, values: dict[str, Any]) -> str:
    return _say(rotate_secret(api_client=row, **acting(request)))


def _replace(request: HttpRequest, row: ApiClient, values: dict[str, Any]) -> str:
    return _say(replace_secrets(api_client=row, **acting(request)))


def _rescope(request: HttpRequest, row: ApiClient, values: dict[str, Any]) -> str:
    set_scopes(api_client=row, scopes=values["scopes"], **acting(request))
    return _("Done. It counts from this moment.")


def _resume(request: HttpRequest, row: ApiClient, values: dict[str, Any]) -> str:
    resume_client(api_client=row, **acting(request))
    return _("The program may call again.")


def _limit(request: HttpRequest, row: ApiClient, values: dict[str, Any]) -> str:
    set_networks(api_client=row, networks=values["networks"], **acting(request))
    return _("The addresses count from this moment.")


def _suspend(request: HttpRequest, row: ApiClient, values: dict[str, Any]) -> str:
    suspend_client(api_client=row, **acting(request))
    return _("The program may not call any more.")


class ThrottleForm(NeededReason):
    """How often it may call from its next request on."""

    per_minute = forms.IntegerField(
        label=gettext_lazy("Calls a minute at most"),
        min_value=1,
        max_value=MOST,
        required=False,
        help_text=gettext_lazy("Empty takes the brake off; never more than was agreed."),
    )
    field_order = ("per_minute", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["per_minute"].initial = getattr(self.row, "throttled_to", None)


def _throttle(request: HttpRequest, row: ApiClient, values: dict[str, Any]) -> str:
    throttle(api_client=row, **values, **acting(request))
    return _("Done. It counts from this moment.")


RIGHT = "partners.manage_clients"
ACTS = (
    Act(
        key="rotate",
        title=gettext_lazy("New secret"),
        note=gettext_lazy("The present one works for seven days longer."),
        button=gettext_lazy("Make a new secret"),
        right=RIGHT,
        run=_rotate,
        shown=lambda user, row: row.suspended_at is None,
        refusals=(UnableToIssue,),
    ),
    Act(
        key="replace",
        title=gettext_lazy("A secret has leaked"),
        note=gettext_lazy("Every other secret dies at once, and its tokens with it."),
        button=gettext_lazy("Replace them now"),
        right=RIGHT,
        run=_replace,
        shown=lambda user, row: row.suspended_at is None,
        refusals=(UnableToIssue,),
        kind="stop",
    ),
    Act(
        key="scopes",
        title=gettext_lazy("Scopes"),
        button=gettext_lazy("Save"),
        right=RIGHT,
        form=ScopesForm,
        run=_rescope,
        shown=lambda user, row: row.suspended_at is None,
        kind="2",
    ),
    Act(
        key="networks",
        title=gettext_lazy("Allowed addresses"),
        button=gettext_lazy("Save"),
        right=RIGHT,
        form=NetworksForm,
        run=_limit,
        shown=lambda user, row: row.suspended_at is None,
        kind="2",
    ),
    Act(
        key="throttle",
        title=gettext_lazy("Throttle"),
        note=gettext_lazy("Calls beyond it get 429 from the next request on."),
        button=gettext_lazy("Set the brake"),
        right="partners.throttle_client",
        form=ThrottleForm,
        run=_throttle,
        shown=lambda user, row: row.suspended_at is None,
        refusals=(UnableToLimit,),
        kind="2",
    ),
    Act(
        key="suspend",
        title=gettext_lazy("Suspend"),
        note=gettext_lazy("Its tokens fail from the next request on."),
        button=gettext_lazy("Suspend now"),
        right=RIGHT,
        run=_suspend,
        shown=lambda user, row: row.suspended_at is None,
        kind="stop",
    ),
    Act(
        key="resume",
        title=gettext_lazy("Take back"),
        note=gettext_lazy("It calls again with the secrets that it has."),
        button=gettext_lazy("Let it call again"),
        right=RIGHT,
        run=_resume,
        shown=lambda user, row: row.suspended_at is not None,
    ),
)


@admin.register(ApiClient)
class ApiClientAdmin(AddsAdmin):
    """Which programs may call."""

    section = "partners"
    icon = "key"
    order = 43
    form = ClientForm
    refusals: ClassVar = (UnableToMakeClient,)
    acts = ACTS
    add_label = gettext_lazy("Make an API client")
    list_display = ["name", "partner", "throttled_to", "suspended_at", "created_at"]
    list_filter = ["partner"]
    list_select_related = ["partner"]
    readonly_fields = ["asked_scopes", "networks", "throttled_to", "suspended_at", "created_at"]

    @admin.display(description=gettext_lazy("scopes"))
    def asked_scopes(self, row: ApiClient) -> str:
        return ", ".join(str(ApiScope(each).label) for each in row.scopes)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["partner", "name", *self.readonly_fields] if obj else ["partner", "name", "scopes"]

    def add(self, request: HttpRequest, row: Any, form: Any) -> ApiClient:
        made, secret = make_client(**form.cleaned_data, **acting(request))
        messages.warning(request, _say(secret))
        return made
