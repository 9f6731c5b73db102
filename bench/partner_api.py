"""The partner API beside a bare DRF view on one table, in the same run.

    BENCH_ROWS=50000 python -m bench partner_api

Requests go through the whole stack (middleware, token, limits, journal, idempotency) of one
process beside the institutions of the demonstration, one after the other, without the network.
Only the quotas of the rate limits are lifted; they are counted all the same. Feed and leads have
a million rows each by default. A list is asked for by `after`, as the feed is read, and by the
cursor of its first and of its last page; what a bare view can do, a list and a create, is measured
beside.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from bench.portal import figures_from, running_portal

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
SECONDS = 6.0
QUOTA = 10**9
Figures = dict[str, float | int | str]

EVENTS = """
insert into partners_partnerevent
    (ref, partner_id, number, kind, object_ref, object_version, occurred_at)
select gen_random_uuid(), %s, %s + number, 'campaign.created', gen_random_uuid(), 1, now()
from generate_series(1, %s) as number
"""
CODES = """
insert into branches_entrycode
    (ref, created_at, code, purpose, institution_ref, label, starts_at, ends_at, end_reason)
select gen_random_uuid(), now(), 'B' || number, 'open_account', %s, '', now(),
    now() + interval '60 days', ''
from generate_series(1, %s) as number
"""
LEADS = """
insert into partners_lead
    (ref, created_at, partner_id, api_client_id, partner_reference, name, phone, phone_hash,
     consent_reference, consent_sha256, consented_at, status, stage_since, first_touch,
     protected_until, rule_version, code_id, end_reason)
select ref, now(), %s, %s, code, '', '', md5(code) || md5(id::text), 'bench', repeat('a', 64),
    now(), 'received', now(), true, ends_at, 'bench', id, ''
from branches_entrycode where code like 'B%%' and institution_ref = %s
"""


def measure() -> dict[str, Figures]:
    """Requests a second of each kind, and their median in milliseconds."""
    with running_portal(setup="bench.partner_setup") as (_address, environment):
        found: dict[str, Figures] = figures_from("bench.partner_api", environment=environment)
    return found


def build(client: Any, rows: int) -> None:
    """Give the institution of `client` so many events and leads more; names are left empty."""
    from django.db import connection, transaction

    partner = client.partner
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("set local statement_timeout = 0")
        cursor.execute(EVENTS, [partner.pk, partner.events_told, rows])
        cursor.execute(CODES, [partner.ref, rows])
        cursor.execute(LEADS, [partner.pk, client.pk, partner.ref])
    partner.events_told += rows
    partner.save(update_fields=["events_told"])
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        for table in ("partners_partnerevent", "partners_lead", "branches_entrycode"):
            cursor.execute(f"vacuum analyze {table}")


def requests() -> dict[str, Figures]:
    """Every kind of request that the aims name."""
    from partners.models import ApiClient

    _lift_quotas()
    caller, bare, bare_create = Caller(), _bare(), _bare_create()
    api_client = ApiClient.objects.select_related("partner").order_by("pk")[0]
    build(api_client, ROWS)
    last = api_client.partner.events_told - 50
    end = _cursor_of_the_end(api_client)
    acts: dict[str, Callable[[], None]] = {
        "create a link with idempotency": lambda: caller.post("entries", _link()),
        "create a lead with idempotency": lambda: caller.post("leads", _lead()),
        "list of 50, first page": lambda: caller.get("events?limit=50"),
        "list of 50, last page": lambda: caller.get(f"events?limit=50&after={last}"),
        "leads: list of 50, first page": lambda: caller.get("leads?limit=50"),
        "leads: list of 50, last page": lambda: caller.get(f"leads?limit=50&cursor={end}"),
        "a bare DRF list of 50": lambda: bare("/"),
        "a bare DRF create": bare_create,
    }
    found = {}
    for name, act in acts.items():
        caller.renew()
        found[name] = _timed(act)
    return found


def _lift_quotas() -> None:
    from brokerage.core.api.limits import Limit
    from brokerage.core.api.views import ApiViewSet
    from partners.api import base, tokens

    base.PartnerViewSet.address_limit = Limit("address", QUOTA)
    base.PartnerViewSet.client_limit = Limit("client", QUOTA)
    base.PartnerViewSet.limit_of = ApiViewSet.limit_of  # type: ignore[method-assign]
    tokens.BY_ADDRESS = Limit("token-address", QUOTA)


class Caller:
    """The program of the demonstration's institution."""

    def __init__(self) -> None:
        from django.conf import settings
        from django.test import Client

        with open(f"{settings.VAR_DIR}/demo-partner.json", encoding="utf-8") as file:
            self.proof: dict[str, str] = json.load(file)
        self.client = Client(headers={"host": "localhost"})
        self.bearer: dict[str, str] = {}

    def renew(self) -> None:
        """Take a new token: one lives ten minutes, a busy machine may need longer in all."""
        form = {"grant_type": "client_credentials", **self.proof}
        answer = self.client.post("/api/v1/oauth/token", form)
        if answer.status_code != 200:
            # The usual reason: other settings (keys, password hash) than the portal was filled by.
            used = os.environ.get("DJANGO_SETTINGS_MODULE")
            sys.exit(
                f"No token ({answer.status_code} {answer.content!r}) with the settings {used}."
            )
        self.bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def get(self, path: str) -> None:
        answer = self.client.get(f"/api/v1/{path}", headers=self.bearer)
        assert answer.status_code == 200, answer.content

    def post(self, path: str, body: dict[str, Any]) -> None:
        headers = self.bearer | {"Idempotency-Key": uuid4().hex}
        answer = self.client.post(f"/api/v1/{path}", body, "application/json", headers=headers)
        assert answer.status_code == 201, answer.content


def _link() -> dict[str, Any]:
    return {"partner_reference": uuid4().hex}


def _lead() -> dict[str, Any]:
    from brokerage.core import clock

    number = uuid4().int % 10**8
    consent = {
        "given_at": clock.now().isoformat(),
        "reference": uuid4().hex,
        "text_sha256": "a" * 64,
    }
    return {
        "partner_reference": uuid4().hex,
        "name": "王小明",
        "phone": f"138{number:08d}",
        "consent": consent,
    }


def _bare() -> Callable[[str], None]:
    """The least that DRF can do with the same rows: no token, no limits, no cursor."""
    from rest_framework.generics import ListAPIView
    from rest_framework.serializers import ModelSerializer
    from rest_framework.test import APIRequestFactory

    from partners.models import PartnerEvent

    class Plain(ModelSerializer[PartnerEvent]):
        class Meta:
            model = PartnerEvent
            fields = ["ref", "number", "kind", "object_ref", "object_version", "occurred_at"]

    class Bare(ListAPIView[PartnerEvent]):
        permission_classes = []
        pagination_class = None
        serializer_class = Plain

        def get_queryset(self) -> Any:
            return PartnerEvent.objects.order_by("number")[:50]

    view, factory = Bare.as_view(), APIRequestFactory()

    def call(path: str) -> None:
        assert view(factory.get(path)).render().status_code == 200

    return call


def _bare_create() -> Callable[[], None]:
    """The least that DRF can do to make one row: no token, no limits, no key, no journal."""
    from rest_framework.generics import CreateAPIView
    from rest_framework.serializers import ModelSerializer
    from rest_framework.test import APIRequestFactory

    from branches.models import EntryCode
    from brokerage.core import clock

    class Plain(ModelSerializer[EntryCode]):
        class Meta:
            model = EntryCode
            fields = ["institution_ref", "starts_at", "ends_at"]

    class Bare(CreateAPIView[EntryCode]):
        authentication_classes = []
        permission_classes = []
        serializer_class = Plain
        queryset = EntryCode.objects.all()

    view, factory = Bare.as_view(), APIRequestFactory()

    def call() -> None:
        at = clock.now()
        body = {
            "institution_ref": str(uuid4()),
            "starts_at": at.isoformat(),
            "ends_at": (at + timedelta(days=1)).isoformat(),
        }
        answer = view(factory.post("/", body, format="json")).render()
        assert answer.status_code == 201, answer.content

    return call


def _cursor_of_the_end(client: Any) -> str:
    """The cursor that whoever walks through all leads has for the last page."""
    from types import SimpleNamespace

    from django.http import QueryDict

    from brokerage.core.api.pagination import Cursor, binding_of
    from partners.models import Lead

    oldest = list(Lead.objects.filter(partner=client.partner).order_by("pk")[:51])
    asked: Any = SimpleNamespace(query_params=QueryDict(), path="/api/v1/leads", user=client)
    return Cursor((str(oldest[-1].pk),), False).token(binding_of(asked, ("-id",)))


def _timed(act: Callable[[], None]) -> Figures:
    """Requests a second over some seconds, after a few to warm up."""
    for _warm in range(5):
        act()
    times: list[float] = []
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    times.sort()
    return {
        "per_second": round(len(times) / sum(times), 1),
        "p50_ms": round(times[len(times) // 2] * 1000, 2),
        "rows": ROWS,
    }


def main() -> None:
    import django

    django.setup()
    print(json.dumps(requests()))


if __name__ == "__main__":
    main()
