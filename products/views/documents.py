"""The papers of a product, for everybody who may see the product."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from brokerage.core import clock
from brokerage.files import api as files
from products.models import Document, Product
from products.selectors.pages import product_for
from products.views.shelf import matcher_for


@require_safe
def document(request: HttpRequest, code: str, ref: UUID) -> HttpResponse | StreamingHttpResponse:
    """One version of one paper, as a download; 404 where the product is not for this person."""
    try:
        product = product_for(code, clock.today(), matcher_for(request))
        found = Document.objects.select_related("file").get(product=product, ref=ref)
    except (Product.DoesNotExist, Document.DoesNotExist):
        raise Http404 from None
    return files.serve(request, found.file, at=clock.now())
