"""The bases of all admin classes.

Every path (list, page, history, choices, search, filters, actions, export, reveal) starts from
`get_queryset`, thus from `core.scope`; every right is one of the role's own permissions, so a
technical superuser has no more than that role. Objects stand in addresses by their ref.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin import ShowFacets, helpers
from django.contrib.auth import get_permission_codename
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from brokerage.backoffice import recording
from brokerage.backoffice.admin import search
from brokerage.backoffice.admin.changelist import KeyPagedChangeList
from brokerage.backoffice.admin.masks import encrypted_fields
from brokerage.backoffice.admin.pages import ObjectPages
from brokerage.backoffice.navigation import Item
from brokerage.core import roles, scope
from brokerage.core.four_eyes import FourEyed


class ScopedAdmin(ObjectPages, admin.ModelAdmin):  # type: ignore[type-arg]  # no subscript at run time
    """Rows by scope, actions by role, encrypted values masked, changes recorded.

    Attributes:
        section: key of navigation.SECTIONS; empty keeps the list out of the navigation.
        icon: name in static/portal/icons.svg.
        order: place within the section.
        key: unique column that orders the list, with a minus for newest first.
        search_by: exact look-ups (`by_ref`, `by_hash`) behind the search box.
        search_help: what can be searched, for the box's help text.
        revealed: encrypted fields that may be seen in plain text with a purpose.
        export_columns: columns of an export; none when empty.
        add_label: the words of the button that adds a row, starting with a verb.
    """

    section = ""
    icon = "doc"
    order = 50
    key = "-pk"
    search_by: tuple[search.Lookup, ...] = (search.by_ref,)
    search_help: Any = _("Reference number")
    revealed: tuple[str, ...] = ()
    export_columns: tuple[str, ...] = ()
    add_label: Any = ""
    masks_encrypted_fields = True  # see brokerage.core.field_checks

    masks_encrypted_fields = True  # cells.cell does; for the system check core.E003
    list_per_page = 50
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    sortable_by = ()
    actions_on_top = True
    save_as = False
    view_on_site = False
    formfield_overrides = {
        models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
        models.DateTimeField: {"form_class": forms.DateTimeField, "widget": forms.DateTimeInput},
    }

    # --- rows -------------------------------------------------------------------------------
    def get_queryset(self, request: HttpRequest) -> Any:
        return scope.visible(super().get_queryset(request), request.user)

    @property
    def reference(self) -> str:
        """The column that stands in addresses."""
        return "ref" if any(f.name == "ref" for f in self.opts.concrete_fields) else "pk"

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        try:
            return self.get_queryset(request).get(**{self.reference: object_id})
        except (self.model.DoesNotExist, ValidationError, ValueError, OverflowError):
            return None

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404

    def object_url(self, row: Any) -> str:
        """The address of a row's page."""
        return reverse(self.url_name("change"), args=[getattr(row, self.reference)])

    def title_of(self, row: Any) -> str:
        """The heading of a row's page; nothing that the list would mask."""
        return str(row)

    def url_name(self, page: str) -> str:
        """The name of one of this class's addresses, such as `change`."""
        return f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}"

    # --- rights -----------------------------------------------------------------------------
    def may(self, request: HttpRequest, action: str) -> bool:
        """Whether a role of the user has the model's permission for `action`."""
        codename = get_permission_codename(action, self.opts)
        return roles.may(request.user, f"{self.opts.app_label}.{codename}")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "view") or self.has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # records end, they are not deleted

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_reveal_permission(self, request: HttpRequest, row: Any = None) -> bool:
        """Whether the user may see personal data of these rows, or of `row`, in plain text."""
        return bool(self.revealed) and roles.may(request.user, "backoffice.reveal_personal_data")

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Whether the user may ask for an export of this list."""
        return bool(self.export_columns) and roles.may(request.user, "backoffice.add_export")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether the user may be the second pair of eyes on these rows."""
        return issubclass(self.model, FourEyed) and self.may(request, "change")

    # --- lists ------------------------------------------------------------------------------
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeyPagedChangeList]:
        return KeyPagedChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """By a sealed token of the search box, or by the plain columns of `search_fields`."""
        if not search_term:
            return queryset, False
        found = self.searched(request, search_term)
        lookups = self.search_by if found else (search.by_ref,)
        exact = search.conditions(found or search_term, lookups)
        if exact:
            return search.narrowed(queryset, exact), False
        if self.search_fields and not found:
            return super().get_search_results(request, queryset, search_term)
        return queryset.none(), False

    def searched(self, request: HttpRequest, token: str) -> str:
        """What stood in the search box behind this token; empty when it is no token."""
        return search.term_of(token, user=request.user, label=self.opts.label_lower)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the filters of this list offer: no other column answers questions."""
        for item in self.get_list_filter(request):
            name = getattr(item, "parameter_name", None) or (
                item[0] if isinstance(item, (tuple, list)) else item
            )
            if lookup == name:
                return True
            rest = lookup.removeprefix(f"{name}__")
            if rest != lookup and rest in {"exact", "isnull", "gte", "lt", "id__exact"}:
                return True
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    def action_checkbox(self, obj: Any) -> Any:
        box = forms.CheckboxInput({"aria-label": _("Choose {row}").format(row=obj)})
        return box.render(helpers.ACTION_CHECKBOX_NAME, str(getattr(obj, self.reference)))

    def response_action(self, request: HttpRequest, queryset: Any, *args: Any, **kw: Any) -> Any:
        """Chosen rows come as refs; "all rows of the list" is not offered."""
        chosen = _uuids(request.POST.getlist(helpers.ACTION_CHECKBOX_NAME))
        if self.reference == "ref":
            chosen = list(queryset.filter(ref__in=chosen).values_list("pk", flat=True))
        data = request.POST.copy()
        data.setlist(helpers.ACTION_CHECKBOX_NAME, [str(pk) for pk in chosen])
        data["select_across"] = "0"
        request.POST = data  # type: ignore[assignment]
        return super().response_action(request, queryset)

    # --- forms ------------------------------------------------------------------------------
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Encrypted fields are never typed here; `cells.cell` shows them masked."""
        named = list(super().get_readonly_fields(request, obj))
        return named + [name for name in encrypted_fields(self.model) if name not in named]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = scope.visible(
            kwargs.get("queryset", db_field.remote_field.model), request.user
        )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = scope.visible(
            kwargs.get("queryset", db_field.remote_field.model), request.user
        )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(field, "widget", None)
        _name_the_empty_choice(field)
        # the wrapper's links open popups by script and carry keys
        return _without_wrapper(field) if hasattr(widget, "widget") else field

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        self.message_user(request, _("Saved."))
        return redirect(self.object_url(obj))

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        self.message_user(request, _("Saved."))
        return redirect(self.object_url(obj))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Plain records are saved and recorded; decisions belong in use cases."""
        recording.save(request.user, obj, change=change, changed=form.changed_data)

    # the journal replaces Django's own log
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None

    # --- addresses --------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        return [*self.own_urls(), *super().get_urls()]

    def own_urls(self) -> list[URLPattern]:
        """Addresses that Django's admin does not have."""
        wrap = self.admin_site.admin_view
        base = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("search/", wrap(self.search_view), name=f"{base}_search"),
            path("export/", wrap(self.export_view), name=f"{base}_export"),
            path("<uuid:ref>/decide/", wrap(self.decide_view), name=f"{base}_decide"),
            path("<uuid:ref>/reveal/<slug:field>/", wrap(self.reveal_view), name=f"{base}_reveal"),
        ]

    def navigation_item(self) -> Item | None:
        """The line of this list in the navigation."""
        if not self.section:
            return None
        return Item(
            section=self.section,
            label=self.opts.verbose_name_plural,
            icon=self.icon,
            url_name=self.url_name("changelist"),
            shown=self.has_view_permission,
            order=self.order,
        )


class ReadOnlyAdmin(ScopedAdmin):
    """For records that only use cases change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.fields:
            return self.fields
        left_out = {"id", *(self.exclude or ())}
        fields = [f.name for f in self.opts.concrete_fields if f.name not in left_out]
        named = [name for name in self.get_readonly_fields(request, obj) if name not in fields]
        return [name for name in fields if not name.endswith("_hash")] + named


def _uuids(values: list[str]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def _name_the_empty_choice(field: Any) -> None:
    """Nine dashes are no words."""
    if getattr(field, "empty_label", None):
        field.empty_label = _("Choose")
    elif isinstance(field, forms.TypedChoiceField) and field.choices and not field.choices[0][0]:  # type: ignore[index]
        field.choices = [("", _("Choose")), *list(field.choices)[1:]]  # type: ignore[arg-type]


def _without_wrapper(field: Any) -> Any:
    field.widget = field.widget.widget
    return field
