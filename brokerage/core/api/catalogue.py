"""Every kind of problem that the API answers with: stable codes, both languages.

A code is a promise to partners: never rename one, never give it another status.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from brokerage.core.registry import Registry

Text = str | Promise


@dataclass(frozen=True)
class ProblemType:
    """One kind of problem (RFC 9457).

    Attributes:
        code: stable name; also the last part of its `type` address.
        status: HTTP status.
        title: the same for every occurrence.
        advice: what the caller can do; shown at the `type` address and as default detail.
        retryable: whether the same request may succeed later without a change.
    """

    code: str
    status: int
    title: Text
    advice: Text
    retryable: bool = False


PROBLEMS: Registry[ProblemType] = Registry("api.problems")


def declare(
    code: str, status: int, title: Text, advice: Text, *, retryable: bool = False
) -> ProblemType:
    """Add a kind of problem; apps declare theirs beside the endpoint."""
    return PROBLEMS.register(code, ProblemType(code, status, title, advice, retryable))


declare(
    "malformed-body",
    400,
    _("The body cannot be read"),
    _("Send one JSON object in UTF-8, without duplicate names, at most 20 levels deep."),
)
declare(
    "invalid-fields",
    400,
    _("Some fields are wrong"),
    _("Each entry of `errors` points to a field and says what to change."),
)
declare(
    "invalid-parameter",
    400,
    _("A query parameter is wrong"),
    _("Send only documented parameters, each at most once."),
)
declare(
    "invalid-cursor",
    400,
    _("The cursor does not fit"),
    _("Use a cursor unchanged, with the same filters and the same client; or start again."),
)
declare(
    "idempotency-key-missing",
    400,
    _("The Idempotency-Key header is missing"),
    _("Send a fresh random key of 1 to 255 printable characters with every POST."),
)
declare(
    "not-authenticated",
    401,
    _("No valid access token"),
    _("Ask the token endpoint for a new token and send it as a Bearer token."),
)
declare(
    "forbidden",
    403,
    _("This client may not do that"),
    _("The token lacks the scope of this action. Ask your contact for it."),
)
declare(
    "not-found",
    404,
    _("There is no such object"),
    _("Check the address. Objects of others look the same as objects that do not exist."),
)
declare(
    "method-not-allowed",
    405,
    _("This address has no such method"),
    _("The Allow header lists the methods."),
)
declare(
    "not-acceptable",
    406,
    _("There is no such representation"),
    _("Accept application/json."),
)
declare(
    "conflict",
    409,
    _("The present state does not allow this"),
    _("Read the object again, then decide."),
)
declare(
    "idempotency-key-in-progress",
    409,
    _("A request with this Idempotency-Key is still running"),
    _("Wait for the time in Retry-After and send the same request again."),
    retryable=True,
)
declare(
    "precondition-failed",
    412,
    _("The object changed meanwhile"),
    _("Read it again and send its new ETag in If-Match."),
)
declare(
    "body-too-large",
    413,
    _("The body is too large"),
    _("A body may have at most 64 KiB."),
)
declare(
    "unsupported-media-type",
    415,
    _("The body has the wrong media type"),
    _("Send application/json."),
)
declare(
    "idempotency-key-reused",
    422,
    _("This Idempotency-Key belongs to another request"),
    _("Use a new key for a new request; repeat a request unchanged."),
)
declare(
    "precondition-required",
    428,
    _("If-Match is missing"),
    _("Send the ETag that you read in If-Match."),
)
declare(
    "rate-limited",
    429,
    _("Too many requests"),
    _("Wait for the time in Retry-After. RateLimit-Policy lists the limits."),
    retryable=True,
)
declare(
    "internal-error",
    500,
    _("Something failed on our side"),
    _("Send the same request again later; tell us the request id if it lasts."),
    retryable=True,
)
declare(
    "unavailable",
    503,
    _("The service is not available at the moment"),
    _("Send the same request again after the time in Retry-After."),
    retryable=True,
)
