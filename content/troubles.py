"""What was wrong with a feed, in the words of the desk."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

WORDS = {
    "unknown host": gettext_lazy("no such host"),
    "inner address": gettext_lazy("an address inside our network"),
    "bad address": gettext_lazy("no address that may be asked"),
    "too many redirects": gettext_lazy("passed on too often"),
    "neither RSS nor Atom": gettext_lazy("neither RSS nor Atom"),
    "ParseError": gettext_lazy("no XML that can be read"),
    "TimeoutError": gettext_lazy("no answer in time"),
    "SSLCertVerificationError": gettext_lazy("a certificate that is not valid"),
    "ConnectionRefusedError": gettext_lazy("no answer at this address"),
}
REFUSED = re.compile(r"(\d+) refused")
ANSWER = re.compile(r"HTTP (\d+)")


def in_words(trouble: str) -> str:
    """`Source.trouble` for people; what has no words of its own is told with its name."""
    if found := REFUSED.fullmatch(trouble):
        n = int(found[1])
        return ngettext("{n} entry refused", "{n} entries refused", n).format(n=n)
    if found := ANSWER.fullmatch(trouble):
        return _("answered with HTTP {status}").format(status=found[1])
    if not trouble or trouble in WORDS:
        return str(WORDS.get(trouble, ""))
    return _("could not be read ({what})").format(what=trouble)
