"""What stands in a row's JSON: as lists on its page, as one text elsewhere; never as code."""

from __future__ import annotations

from decimal import Decimal

import pytest

from brokerage.backoffice.admin.cells import text_of, tree_of


def test_a_rule_reads_as_nested_lists_with_the_language_of_its_texts():
    shown = tree_of({"title": {"en": "<b>Risk</b>", "zh-hans": "风险"}, "steps": [{"days": 90}]})

    assert '<dt>zh-hans</dt><dd lang="zh-Hans">风险</dd>' in shown
    assert '<ol class="tree"><li>' in shown
    assert "&lt;b&gt;Risk&lt;/b&gt;" in shown
    assert "{" not in shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "–"),
        ([], "–"),
        ({"a": "甲"}, '{"a": "甲"}'),
        ([True, None, "x"], "Yes, –, x"),
        (Decimal("-45000.00"), "\u221245,000.00"),
        ([Decimal("1200")], "1,200"),
    ],
)
def test_in_a_table_it_is_one_text(value, text):
    assert text_of(value) == text
