"""Released statements, their lines with all that they were reckoned from, and disputes."""

from __future__ import annotations

from django.db.models import Count, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from brokerage.core import clock
from brokerage.core.api.etags import etag
from brokerage.core.api.problems import Problem
from brokerage.core.api.serializers import StrictSerializer
from partners.api.base import PartnerViewSet, Versioned, caller, problem_of
from partners.api.filters import month, words
from partners.api.serializers import Utc
from partners.models import Dispute, Statement, StatementLine
from partners.states import ApiScope, DisputeStatus, StatementStatus
from partners.use_cases.disputes import UnableToDispute, raise_dispute


class StatementSerializer(serializers.ModelSerializer[Statement]):
    """A released statement; it never changes."""

    month = serializers.DateField(format="%Y-%m", read_only=True)
    lines = serializers.IntegerField(source="line_count", read_only=True)
    version = serializers.IntegerField(read_only=True)
    released_at = Utc(read_only=True)

    class Meta:
        model = Statement
        fields = ["ref", "month", "total_yuan", "counts", "lines", "rule_version", "dispute_by"]
        fields += ["released_at", "version"]
        read_only_fields = fields


class LineSerializer(serializers.ModelSerializer[StatementLine]):
    """One sum with its inputs, the version of the rule, and the events behind it."""

    contract = serializers.CharField(source="contract.number", default=None, read_only=True)
    fee_basis = serializers.CharField(source="contract.fee_basis", default=None, read_only=True)

    class Meta:
        model = StatementLine
        fields = ["number", "kind", "contract", "fee_basis", "starts_on", "ends_on"]
        fields += ["amount_yuan", "inputs", "rule_version", "sources"]
        read_only_fields = fields


def released(request: Request) -> QuerySet[Statement]:
    """Statements that the caller's institution may see."""
    rows: QuerySet[Statement] = Statement.objects.filter(
        partner=caller(request).partner, status=StatementStatus.RELEASED
    )
    return rows


class StatementViewSet(mixins.ListModelMixin, Versioned):
    """Statements of the caller's institution, for a time after its last contract too."""

    after_the_end = True
    scopes = {"list": ApiScope.STATEMENTS_WRITE, "retrieve": ApiScope.STATEMENTS_WRITE}
    parameters = {"list": frozenset({"from", "to"})}
    serializer_class = StatementSerializer
    ordering = ("-month", "-id")

    def get_queryset(self) -> QuerySet[Statement]:
        rows = released(self.request).annotate(line_count=Count("lines"))
        if first := month(self.request, "from"):
            rows = rows.filter(month__gte=first)
        if last := month(self.request, "to"):
            rows = rows.filter(month__lte=last)
        return rows


class LineViewSet(mixins.ListModelMixin, PartnerViewSet):
    """Lines of one statement, in their order."""

    after_the_end = True
    scopes = {"list": ApiScope.STATEMENTS_WRITE}
    serializer_class = LineSerializer
    ordering = ("number",)

    def get_queryset(self) -> QuerySet[StatementLine]:
        statement = released(self.request).filter(ref=self.kwargs["ref"]).first()
        if statement is None:
            raise Http404
        rows: QuerySet[StatementLine] = StatementLine.objects.filter(statement=statement)
        return rows.select_related("contract")


class NewDisputeSerializer(StrictSerializer):
    """What a partner sends to dispute a statement."""

    statement = serializers.UUIDField()
    line = serializers.IntegerField(required=False, min_value=1, max_value=9999)
    text = serializers.CharField(max_length=2000)


class DisputeSerializer(serializers.ModelSerializer[Dispute]):
    """A dispute as its institution sees it, with the day of our answer."""

    statement = serializers.UUIDField(source="statement.ref", read_only=True)
    answer = serializers.SerializerMethodField()
    answered_at = Utc(read_only=True)
    created_at = Utc(read_only=True)
    correction_yuan = serializers.DecimalField(
        source="correction.amount_yuan",
        default=None,
        max_digits=20,
        decimal_places=2,
        read_only=True,
    )

    class Meta:
        model = Dispute
        fields = ["ref", "statement", "line", "text", "status", "due_on", "answer"]
        fields += ["correction_yuan", "answered_at", "version", "created_at"]
        read_only_fields = fields

    def get_answer(self, dispute: Dispute) -> str | None:
        return dispute.answer or None


class DisputeViewSet(mixins.ListModelMixin, Versioned):
    """Disputes of the caller's institution; the last statement comes after its last contract."""

    after_the_end = True
    scopes = dict.fromkeys(("list", "create", "retrieve"), ApiScope.STATEMENTS_WRITE)
    parameters = {"list": frozenset({"status"})}
    serializer_class = DisputeSerializer
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Dispute]:
        mine: QuerySet[Dispute] = Dispute.objects.filter(partner=caller(self.request).partner)
        if wanted := words(self.request, "status", DisputeStatus.values):
            mine = mine.filter(status__in=wanted)
        return mine.select_related("statement", "correction")

    def create(self, request: Request) -> Response:
        given = NewDisputeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        statement = released(request).filter(ref=values.pop("statement")).first()
        if statement is None:
            told = {"pointer": "/statement", "code": "invalid", "detail": _("No such statement.")}
            raise Problem("invalid-fields", errors=[told])
        try:
            made = raise_dispute(
                api_client=caller(request), statement=statement, at=clock.now(), **values
            )
        except UnableToDispute as error:
            raise problem_of(error) from error
        headers = {"ETag": etag(made.ref, made.version)}
        return Response(self.get_serializer(made).data, status.HTTP_201_CREATED, headers=headers)
