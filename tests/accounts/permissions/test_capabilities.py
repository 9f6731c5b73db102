"""Each permission that is held stands among what an account can do, beside buying and selling."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override

from accounts.models import Application, CustodyLink, TradingPermission
from accounts.selectors import capabilities
from brokerage.core import clock
from tests.accounts.permissions.factories import AT, a_granted_case

pytestmark = pytest.mark.django_db


def told(application: Application) -> list[tuple[str, bool, str]]:
    with override("en"):
        found = capabilities(application)
    return [(str(each.label), each.ready, str(each.note)) for each in found[4:]]


def test_a_permission_is_told_from_its_first_day_on(monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_granted_case()
    application = Application.objects.get(customer=case.customer)
    row = TradingPermission.objects.get(pk=case.permission_id)
    assert row.effective_on is not None
    monkeypatch.setattr(clock, "now", lambda: AT)
    ((label, ready, note),) = told(application)
    assert "Stock Connect" in label
    assert (ready, note.startswith("from ")) == (False, True)
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(days=9))
    assert told(application)[0][1] is True
    TradingPermission.objects.filter(pk=row.pk).update(status="suspended", loss="own")
    assert told(application)[0][1:] == (False, "Suspended")
    TradingPermission.objects.filter(pk=row.pk).update(status="granted", loss="")
    CustodyLink.objects.update(status="refused")
    assert told(application)[0][1:] == (False, "Refused"), "what buying waits for"
    CustodyLink.objects.update(status="linked")
    TradingPermission.objects.filter(pk=row.pk).update(status="revoked", loss="own")
    assert told(application) == []
