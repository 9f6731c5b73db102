"""What is read: the same list for every visitor, one of their own for customers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from brokerage.backoffice.portal_preferences import mode_of
from brokerage.core import clock
from brokerage.core.display.languages import reads_english
from brokerage.core.everybody import checked_by_caches, for_everybody_while
from brokerage.customers.own import customer_or_404
from brokerage.files import api as files
from brokerage.users.models import Kind, User
from content.cleaning import to_html
from content.forms import WishForm
from content.models import Correction, Follow, Item, Read, Topic
from content.reasons import reason_of
from content.selectors import audience
from content.selectors import feed as feeds
from content.selectors.feed import Page
from content.selectors.reader import Reader, reader_of
from content.sharing import own_links, shared_by
from content.states import ItemStatus
from content.structured import json_ld
from content.use_cases.follow import UnableToFollow, Wish, follow
from content.use_cases.read_item import read_item

PLAIN = "text/plain; charset=utf-8"
LONGEST_QUESTION = 60
SHOWN = ("live__signer", "live__report", "topic", "unit", "raw__source")


@require_safe
@for_everybody_while(audience.taken_back)
def feed(request: HttpRequest) -> HttpResponse:
    """Released items: for visitors by time; for a customer by relevance with its reason, where
    they agreed to pages that fit their use or choose it.

    A customer's page asks at most six queries, those of session and log-in among them.
    """
    at = clock.now()
    question = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUESTION]
    after = request.GET.get("after", "")[:80]
    reader = _reader(request, at)
    by_time = _is_by_time(request.GET.get("order", ""), reader)
    if reader is None:
        page = _open_page(question, at, after)
    else:
        page = _own_page(reader, question, by_time, at, after)
        for one in page.items:
            one.reason = reason_of(one)
    context = {
        "page": page,
        "reader": reader,
        "question": question,
        "by_time": by_time or bool(question),
        "next_url": _next_url(request, page),
        "is_first": not after,
    }
    return render(request, "content/feed.html", context)


def _is_by_time(order: str, reader: Reader | None) -> bool:
    """Whether the list goes by time: as chosen, else for who agreed to no order of their own."""
    if order in ("time", "relevance"):
        return order == "time"
    return reader is not None and not reader.is_personal


def _open_page(question: str, at: datetime, after: str) -> Page:
    if question:
        return feeds.found_by_visitor(question, at, after)
    return feeds.chronological(at, after)


def _own_page(reader: Reader, question: str, by_time: bool, at: datetime, after: str) -> Page:
    """What is searched is found whatever the mode leaves out, but nothing beyond the class."""
    if question:
        return feeds.found(reader, question, at, after)
    if by_time:
        return feeds.by_time(reader, at, after)
    return feeds.by_relevance(reader, at, after)


@require_safe
def item(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One item; what was withdrawn says so, without its words.

    Raises:
        Http404: for what this person may not see, as for what does not exist.
    """
    at = clock.now()
    reader = _reader(request, at)
    rows = _readable(reader, at).filter(ref=ref)
    found = rows.select_related(*SHOWN).first()
    if found is None or found.live is None:
        return _withdrawn(request, ref, reader)
    url = request.build_absolute_uri(found.get_absolute_url())
    language = "en" if reads_english() else "zh-Hans"
    firm = str(_("Example Securities"))
    context = {
        "item": found,
        "live": found.live,
        "body": to_html(found.live.body),
        "instruments": list(found.instruments.all()),
        "corrections": _corrections(found.corrections.all()),
        "reader": reader,
        "wishes": _wishes(reader, found),
        "json_ld": json_ld(found, found.live, url=url, firm=firm, language=language),
        "url": url,
        "shared": shared_by(request, at),
        "links": own_links(request, found, at),
    }
    return checked_by_caches(request, render(request, "content/item.html", context))


@require_safe
def report(request: HttpRequest, ref: UUID) -> HttpResponse | StreamingHttpResponse:
    """The PDF of the version that is shown, as a download.

    A customer comes by its page, which notes who reads it: whoever has the file alone could not be
    told when it is corrected.

    Raises:
        Http404: where there is none, and for whom the item is not.
    """
    at = clock.now()
    reader = _reader(request, at)
    rows = _readable(reader, at).filter(ref=ref)
    found = rows.select_related("live__report").first()
    if found is None or found.live is None or found.live.report is None:
        raise Http404
    if reader is not None:
        customer = customer_or_404(request)
        reads = Read.objects.filter(item=found, revision=found.live, customer=customer)
        if not reads.exists():
            return redirect(found)
    return files.serve(request, found.live.report, at=at)


def _readable(reader: Reader | None, at: datetime) -> QuerySet[Any]:
    return audience.for_visitors(at) if reader is None else audience.for_reader(reader, at)


@require_POST
@login_required
def read(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Note the version that the page shows, sent by the page itself; else have it asked anew.

    Raises:
        Http404: for what this customer may not see.
    """
    at = clock.now()
    customer = customer_or_404(request)
    reader = _reader(request, at)
    rows = audience.for_reader(reader, at) if reader else Item.objects.none()
    found = rows.filter(ref=ref).select_related("live").first()
    if found is None or found.live is None:
        raise Http404
    is_shown = str(found.live.ref) == request.POST.get("revision", "")
    noted = is_shown and read_item(item=found, customer=customer, at=at)
    if not request.headers.get("HX-Request"):
        return redirect(found)
    answer = HttpResponse(_("We tell you when it is corrected."), content_type=PLAIN)
    if not noted:
        answer["HX-Refresh"] = "true"
    return answer


def _withdrawn(request: HttpRequest, ref: UUID, reader: Reader | None) -> HttpResponse:
    """That an item was withdrawn, for those who could read it, without its words.

    Who read a wrong version of one that is not for them any more, or that has ended since, finds
    what was wrong here too: the message leads to it.
    """
    found = Item.objects.filter(ref=ref).select_related("live").first()
    if found is None or found.live is None:
        raise Http404
    corrections = _corrections(found.corrections.select_related("wrong"))
    mine = Read.objects.filter(item=found, customer=reader.customer if reader else None)
    if found.status == ItemStatus.WITHDRAWN:
        may_know = (found.live.for_visitors and found.unit_id is None) or mine.exists()
    else:
        wrong = max((each.wrong.number for each in corrections), default=0)
        may_know = mine.filter(revision__number__lte=wrong).exists()
    if not may_know:
        raise Http404
    context = {"item": found, "corrections": corrections}
    return checked_by_caches(request, render(request, "content/withdrawn.html", context))


def _corrections(rows: QuerySet[Correction]) -> list[Correction]:
    return list(rows.order_by("-made_at")[:20])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def following(request: HttpRequest) -> HttpResponse:
    """Topics and securities that the customer follows or mutes."""
    customer = customer_or_404(request)
    form = WishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            follow(
                customer=customer,
                topic=form.cleaned_data["topic"],
                instrument=form.cleaned_data["code"],
                wish=Wish(form.cleaned_data["wish"]),
                at=clock.now(),
            )
        except UnableToFollow as error:
            form.add_error("code", str(error))
        else:
            return redirect(_back(request))
    mine = Follow.objects.filter(customer=customer).select_related("topic", "instrument")
    wishes = {row.topic_id: row for row in mine if row.topic_id}
    context = {
        "form": form,
        "topics": [(topic, wishes.get(topic.pk)) for topic in Topic.objects.all()],
        "securities": [row for row in mine if row.instrument_id],
    }
    return render(request, "content/following.html", context)


def _reader(request: HttpRequest, at: datetime) -> Reader | None:
    """The customer who reads; None for visitors, staff, and before there is a customer."""
    user = request.user
    if not isinstance(user, User) or user.kind != Kind.CUSTOMER:
        return None
    return reader_of(user, mode_of(request), at)


def _wishes(reader: Reader | None, found: Item) -> dict[str, Any]:
    """What the customer wishes of the topic and the securities of an item."""
    if reader is None:
        return {}
    mine = list(Follow.objects.filter(customer=reader.customer))
    return {
        "topic": next((row for row in mine if row.topic_id == found.topic_id), None),
        "followed": {row.instrument_id for row in mine if row.instrument_id},
        "muted": {row.instrument_id for row in mine if row.instrument_id and row.is_muted},
    }


def _next_url(request: HttpRequest, page: Page) -> str:
    if not page.next:
        return ""
    kept = {key: request.GET[key] for key in ("q", "order") if request.GET.get(key)}
    return "?" + urlencode({**kept, "after": page.next})


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        return target
    return reverse("content:following")
