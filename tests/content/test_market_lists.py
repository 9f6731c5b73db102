"""Ratings, valuations and prices by the import desk: errors beside cells, nothing twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from brokerage.backoffice.imports.importer import Importer
from brokerage.backoffice.imports.template_file import template_file
from brokerage.core import clock
from brokerage.core.roles import Role
from content.market_lists import LISTS
from content.models import ClosingPrice, Rating, Valuation
from tests.backoffice.factories import staff
from tests.backoffice.test_import_desk import bring, release
from tests.branches.test_imports import errors, sheet
from tests.content.factories import AT, a_source, an_instrument

pytestmark = pytest.mark.django_db
RATINGS, VALUATIONS, PRICES = LISTS
DAY = {"security": "600001.SH", "day": "2026-02-27"}
GOOD: dict[str, dict[str, str]] = {
    "ratings": {**DAY, "source": "研究所", "rating": "hold"},
    "valuations": {**DAY, "earnings": "6.82", "book": "0.7"},
    "closing-prices": {**DAY, "close": "6.21"},
}


@pytest.fixture(autouse=True)
def on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    an_instrument()
    a_source("研究所")


def wrong(importer: Importer, **change: str) -> dict[str, str]:
    """The errors of one row, by column."""
    return errors(bring(importer, staff(Role.OPERATIONS), sheet(GOOD[importer.key] | change)))


def take(importer: Importer, **change: str) -> None:
    maker, checker = staff(Role.OPERATIONS), staff(Role.OPERATIONS)
    release(bring(importer, maker, sheet(GOOD[importer.key] | change)), maker, checker)


@pytest.mark.parametrize(
    ("importer", "change", "column"),
    [
        (RATINGS, {"security": "600009.SH"}, "security"),
        (RATINGS, {"security": "600001"}, "security"),
        (RATINGS, {"security": "600001.SZ"}, "security"),
        (RATINGS, {"source": "谁也不认识"}, "source"),
        (RATINGS, {"rating": "strong buy"}, "rating"),
        (RATINGS, {"day": "2026-03-03"}, "day"),
        (VALUATIONS, {"earnings": "0"}, "earnings"),
        (VALUATIONS, {"book": "-1"}, "book"),
        (VALUATIONS, {"earnings": "", "book": ""}, "earnings"),
        (VALUATIONS, {"security": "600009.SH"}, "security"),
        (PRICES, {"close": "0"}, "close"),
        (PRICES, {"close": "0.0000001"}, "close"),
        (PRICES, {"close": ""}, "close"),
        (PRICES, {"security": "600009.SH"}, "security"),
    ],
)
def test_an_error_stands_beside_its_cell(
    importer: Importer, change: dict[str, str], column: str
) -> None:
    assert column in wrong(importer, **change)


def test_a_price_of_zero_is_refused_in_plain_words() -> None:
    assert "more than zero" in wrong(PRICES, close="0")["close"]


@pytest.mark.parametrize("word", ["buy", "BUY", "买入"])
def test_a_rating_is_understood_in_each_language(word: str) -> None:
    take(RATINGS, rating=word)
    assert Rating.objects.get().level == "buy"


def test_a_known_day_is_corrected() -> None:
    take(RATINGS)
    take(RATINGS, rating="sell")
    assert Rating.objects.get().level == "sell"
    take(VALUATIONS)
    take(VALUATIONS, earnings="")
    assert (Valuation.objects.get().earnings, Valuation.objects.get().book) == (
        None, Decimal("0.7"),
    )  # fmt: skip
    take(PRICES)
    take(PRICES, close="6.3")
    assert ClosingPrice.objects.get().close == Decimal("6.3")


@pytest.mark.parametrize("importer", LISTS, ids=lambda one: one.key)
def test_the_template_has_every_column(importer: Importer) -> None:
    run = bring(importer, staff(Role.OPERATIONS), template_file(importer))
    assert set(errors(run)) <= {"security", "source"}  # what the example names is not there
