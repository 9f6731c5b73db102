"""What the pages of an outlet share: where the customer is served, and beginning a recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from branches.models import OrgUnit
from brokerage.backoffice.admin import Act, ActForm
from brokerage.backoffice.admin.cells import LANGUAGES
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.core.display import formats
from brokerage.customers.models import Customer
from brokerage.files.chapters import UnableToRecord
from suitability.models import DoubleRecording, in_language
from suitability.selectors.rules import recording_rules_on, text_of
from suitability.states import RecordingAbout
from suitability.use_cases.at_outlets import Counter
from suitability.use_cases.recorded import Subject, is_to_be_recorded
from suitability.use_cases.recordings import begin_recording

RECORD = "suitability.add_doublerecording"


class ConsentForm(ActForm):
    """The customer's consent to be recorded; the text is read aloud."""

    consent = forms.CharField(widget=forms.HiddenInput)
    agreed = forms.BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = recording_rules_on(clock.today()).consent
        words = text_of(version)
        self.fields["consent"].initial = version
        self.fields["agreed"].label = in_language(words["acknowledge"])
        between = "" if formats.is_chinese() else " "
        self.fields["agreed"].help_text = between.join(map(in_language, words["paragraphs"]))


def home_outlet(customer: Customer) -> OrgUnit:
    """The outlet of the customer, at which their rows are seen; raises UnableToRecord."""
    ref = customer.home_outlet_ref
    found = OrgUnit.objects.filter(ref=ref).first() if ref else None
    if found is None:
        raise UnableToRecord(_("The customer belongs to no outlet."))
    return found


def counter_of(request: HttpRequest, customer: Customer) -> Counter:
    """This member of staff at the customer's outlet; raises UnableToRecord."""
    return Counter(place=home_outlet(customer), served_by=user_of(request))


def record_act(about: RecordingAbout, subject_of: Callable[[Any], Subject], **given: Any) -> Act:
    """The act that begins a recording of one occasion while its step is open and none counts.

    Args:
        subject_of: the decision or application, out of the row of the page.
        given: what this page says otherwise, such as `key` or `note`.
    """

    def run(request: HttpRequest, row: Any, values: dict[str, Any]) -> str:
        return begin_for(request, subject_of(row), about, values["consent"])

    def shown(user: Any, row: Any) -> bool:
        return may_begin(subject_of(row), about)

    words: dict[str, Any] = {
        "key": "record",
        "title": gettext_lazy("Begin the double recording"),
        "button": gettext_lazy("Begin the recording"),
    }
    return Act(
        right=RECORD,
        form=ConsentForm,
        run=run,
        shown=shown,
        refusals=(UnableToRecord,),
        **(words | given),
    )


def may_begin(subject: Subject, about: RecordingAbout) -> bool:
    """Whether the step is open today and no recording of it counts yet."""
    open_now = is_to_be_recorded(subject, about, clock.today())
    return open_now and not subject.recordings.counting().filter(about=about).exists()


def begin_for(request: HttpRequest, subject: Subject, about: RecordingAbout, consent: str) -> str:
    """Begin a recording; what is said afterwards."""
    begin_recording(
        subject=subject,
        about=about,
        consent=consent,
        place=home_outlet(subject.customer),
        language=subject.language,
        staff=user_of(request),
        at=clock.now(),
    )
    return _("The recording is begun. Open its chapters below.")


def recording_link(subject: Subject, *abouts: RecordingAbout) -> SafeString | str:
    """The newest recording of each occasion with its state, linked; a dash where there is none."""
    newest: dict[str, DoubleRecording] = {}
    for each in subject.recordings.filter(about__in=abouts).order_by("pk"):
        newest[each.about] = each
    lines = [
        format_html(
            '<a href="{}">{} · {}</a>',
            reverse("admin:suitability_doublerecording_change", args=[found.ref]),
            found.get_about_display(),
            found.get_status_display(),
        )
        for found in newest.values()
    ]
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines)) or "–"


def words_in(version: str, language: str) -> SafeString:
    """A dated text as it is handed over, in the customer's language."""
    found = text_of(version)
    with override(language):
        texts = [found["title"], *found["paragraphs"], found["acknowledge"]]
        lines = [(in_language(each),) for each in texts]
    told = format_html_join(SafeString("<br>"), "{}", lines)
    return format_html('<div lang="{}">{}</div>', LANGUAGES[language], told)
