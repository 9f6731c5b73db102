"""The papers of a product, each version kept."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.models import Referenced
from brokerage.files.models import StoredFile
from products.models.products import Product
from products.states import DocumentKind, Language


class Document(Referenced):
    """One version of one paper of a product. A correction is another version; none is changed."""

    product = models.ForeignKey(
        Product, models.PROTECT, related_name="documents", verbose_name=_("product")
    )
    kind = models.CharField(
        pgettext_lazy("product document", "kind"), max_length=10, choices=DocumentKind.choices
    )
    language = models.CharField(_("language"), max_length=7, choices=Language.choices)
    version = models.PositiveSmallIntegerField(_("version"))
    file = models.OneToOneField(
        StoredFile, models.PROTECT, related_name="+", verbose_name=_("file"), editable=False
    )
    added_at = models.DateTimeField(_("added at"))
    added_by_ref = models.UUIDField(_("added by"))

    objects: ClassVar[models.Manager[Document]] = models.Manager()

    class Meta:
        verbose_name = _("document of a product")
        verbose_name_plural = _("documents of products")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "kind", "language", "version"],
                name="one_document_of_a_version",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1, kind__in=DocumentKind.values),
                name="a_document_has_kind_and_version",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="documents_stay", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.get_kind_display()} {self.version}"
