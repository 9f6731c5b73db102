"""Pages of the back office that are no list and no form of a model."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse


def page(request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
    """A page in the frame of the back office: its menu, its names, its addresses.

    Args:
        template: extends `admin/base.html`.
        context: what the template needs beside the frame.
    """
    request.current_app = admin.site.name
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})
