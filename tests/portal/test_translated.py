"""Fixed texts of templates are looked up once a language, and say what Django's own tags say."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Engine, Library, engines
from django.templatetags import i18n
from django.utils.translation import override

from brokerage.core.display.translated import Said

TEXTS = [
    '{% translate "Save and go on" %}',
    '{% translate "Read" context "source of a value" %}',
    '{% translate "Light" as word %}[{{ word }}|{{ word|length }}]',
    "{% translate word %}",
    '{% translate "Light"|upper %}',
    '{% translate "100 %" %}<b>',
    "{% blocktranslate trimmed %}\n  Save and\n  go on\n{% endblocktranslate %}",
    "{% blocktranslate with w=word %}{{ w }} said{% endblocktranslate %}",
    "{% blocktranslate count n=count %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}",
    "{% blocktranslate asvar said %}Light{% endblocktranslate %}[{{ said }}]",
    '{% translate "<i>" noop %}',
]
DJANGO = Engine()
DJANGO.template_libraries["i18n"] = Library()
for names, tag in (
    (("trans", "translate"), i18n.do_translate),
    (("blocktrans", "blocktranslate"), i18n.do_block_translate),
):
    for name in names:
        DJANGO.template_libraries["i18n"].tag(name, tag)


@pytest.mark.parametrize("text", TEXTS)
def test_it_says_what_django_says(text: str) -> None:
    source = "{% load i18n %}" + text
    ours, theirs = engines["django"].from_string(source), DJANGO.from_string(source)
    for language in ("en", "zh-hans", "en", "zh-hans"):
        for word, count in (("<Light>", 1), ("Dark", 2)):
            with override(language):
                given = {"word": word, "count": count}
                assert ours.render(given) == theirs.render(Context(given))


def test_what_varies_is_not_kept() -> None:
    def kept(text: str) -> bool:
        drawn: Any = engines["django"].from_string("{% load i18n %}" + text)
        return any(isinstance(node, Said) for node in drawn.template.nodelist)

    assert [kept(text) for text in TEXTS] == [
        *(True, True, True, False, False, True, True, False, False, True, True)
    ]
