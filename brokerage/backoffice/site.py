"""The one admin site: scoped lists only, navigation by job, the task home as its index."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

from brokerage.core import roles, scope
from brokerage.core.roles import STAFF


class BackofficeSite(AdminSite):
    """The back office of outlets and head office."""

    site_header = _("Back office")
    site_title = _("Back office")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take scoped admin classes only; what other packages bring along stays outside."""
        from brokerage.backoffice.admin.base import ScopedAdmin

        if admin_class is not None and issubclass(admin_class, ScopedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the user is staff with at least one role in force."""
        user: Any = request.user
        if not (user.is_active and getattr(user, "is_staff", False)):
            return False
        return not roles.roles_of(user).isdisjoint(STAFF)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Django's check, but whoever is signed in without a role is not led in a circle."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                self._refuse(request)
            answer: HttpResponse = inner(request, *args, **kwargs)
            return answer

        return guarded

    def _refuse(self, request: HttpRequest) -> None:
        """Staff learn that they have no role now; for others nothing is here."""
        if getattr(request.user, "is_staff", False):
            raise PermissionDenied(_("You have no role in force. Ask your head of unit."))
        raise Http404

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead to the staff log-in."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            self._refuse(request)
        to = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        return redirect_to_login(to, reverse("staff_login"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """Today: tasks with their clocks."""
        from brokerage.backoffice.home import context_for

        request.current_app = self.name
        context = {**self.each_context(request), **context_for(request)}
        return TemplateResponse(request, "admin/index.html", context)

    def app_index(self, request: HttpRequest, app_label: str, extra: Any = None) -> Any:
        raise Http404  # lists are found by job, not by app

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        from brokerage.backoffice import navigation

        listed = [item for admin in self._registry.values() if (item := _item(admin))]
        side = navigation.groups(request, listed)
        return {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "has_permission": self.has_permission(request),
            "is_popup": False,
            "side": side,
            "thumb": navigation.thumb(side),
        }

    def url_of(self, row: Model, reader: HttpRequest | None = None) -> str:
        """The page of a record, if it has one here that `reader`, where given, may open."""
        model_admin: Any = self._registry.get(type(row))
        if model_admin is None:
            return ""
        hidden = reader is not None and not (
            model_admin.has_view_permission(reader)
            and scope.visible(type(row), reader.user).filter(pk=row.pk).exists()
        )
        return "" if hidden else str(model_admin.object_url(row))

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Django's addresses without those that would lead around the scope."""
        from brokerage.backoffice import export_views, jobs
        from brokerage.backoffice.imports import views as imports

        dropped = {"view_on_site", "password_change", "password_change_done", "jsi18n"}
        kept = [url for url in super().get_urls() if getattr(url, "name", None) not in dropped]
        own = [
            path("imports/", self.admin_view(imports.choose), name="import_choose"),
            path("imports/<slug:key>/", self.admin_view(imports.bring), name="import_bring"),
            path(
                "imports/<slug:key>/template/",
                self.admin_view(imports.template),
                name="import_template",
            ),
            path("jobs/", self.admin_view(jobs.jobs_page), name="jobs"),
            path("jobs/retry/", self.admin_view(jobs.retry), name="retry_job"),
            path(
                "exports/<uuid:ref>/file/",
                self.admin_view(export_views.fetch),
                name="export_file",
            ),
        ]
        return own + kept


def _item(model_admin: Any) -> Any:
    return model_admin.navigation_item()
