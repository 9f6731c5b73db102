"""The tags of `{% load i18n %}`, where a text without variables is looked up once a language.

A page says some thirty fixed texts; Django asks the catalogue for each of them on each page.
`take_place` puts these tags in the place of Django's own, so templates are written as ever.
"""

from __future__ import annotations

from typing import Any

from django.template.base import FilterExpression, Node, Parser, Token, TokenType, Variable
from django.template.context import Context
from django.templatetags import i18n
from django.utils.translation import get_language


def take_place() -> None:
    """Let `{% load i18n %}` mean these tags from now on."""
    for name, tag in TAGS.items():
        i18n.register.tag(name, tag)


class Said(Node):
    """What another node says, kept by language."""

    child_nodelists = ()

    def __init__(self, node: Any) -> None:
        self.node = node
        self.kept: dict[str | None, str] = {}

    def render(self, context: Context) -> Any:
        language, into = get_language(), self.node.asvar
        said = self.kept.get(language)
        if said is None:
            drawn = self.node.render(context)
            said = self.kept[language] = context[into] if into else drawn
        if not into:
            return said
        context[into] = said
        return ""


def translate(parser: Parser, token: Token) -> Node:
    """As Django's, which see."""
    node: Any = i18n.do_translate(parser, token)
    fixed = _is_fixed(node.filter_expression) and _is_fixed(node.message_context)
    return Said(node) if fixed else node


def blocktranslate(parser: Parser, token: Token) -> Node:
    """As Django's, which see."""
    node: Any = i18n.do_block_translate(parser, token)
    varies = node.extra_context or node.plural or not _is_fixed(node.message_context)
    if varies or any(part.token_type != TokenType.TEXT for part in node.singular):
        return node
    return Said(node)


def _is_fixed(expression: FilterExpression | None) -> bool:
    """Whether it is a text in the template, with nothing done to it."""
    if expression is None:
        return True
    var: Any = expression.var
    literal = var.literal is not None if isinstance(var, Variable) else isinstance(var, str)
    return literal and not expression.filters


TAGS = {
    "trans": translate,
    "translate": translate,
    "blocktrans": blocktranslate,
    "blocktranslate": blocktranslate,
}
