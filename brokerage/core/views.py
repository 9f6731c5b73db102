"""Health, readiness, metrics, and the answer to a form without a token."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from brokerage.core import error_pages, metrics
from brokerage.core.middleware import client_address

# Asked once a process: migrations are applied before a release starts, never after.
_schema_is_current = False


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers; asks nothing else."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """This process can serve: the database answers and has our schema."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        if not _has_current_schema():
            return _unavailable("schema", "Migrations are pending: run manage.py migrate.")
    except Exception:
        return _unavailable("database", "The database does not answer.")
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def prometheus(request: HttpRequest) -> HttpResponse:
    """Metrics, for who has the token; without a token set, for this machine only."""
    token: str = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    here = client_address(request) in ("127.0.0.1", "::1")
    if not (hmac.compare_digest(given.encode(), token.encode()) if token else here):
        raise Http404
    return HttpResponse(metrics.exposition(), content_type="text/plain; version=0.0.4")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: the session ended, or cookies are off."""
    return error_pages.expired_form(request, reason)


def _has_current_schema() -> bool:
    global _schema_is_current
    if not _schema_is_current:
        executor = MigrationExecutor(connection)
        leaves = executor.loader.graph.leaf_nodes()
        _schema_is_current = not executor.migration_plan(leaves)
    return _schema_is_current


def _unavailable(part: str, sentence: str) -> HttpResponse:
    answer = JsonResponse({"status": "unavailable", "part": part, "detail": sentence}, status=503)
    answer["Retry-After"] = "2"
    return answer
