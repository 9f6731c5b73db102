"""Idempotent POST for the API: equal requests of one client have one effect and one answer."""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from brokerage.core import clock
from brokerage.core.api.parsing import MAX_BYTES
from brokerage.core.api.problems import Problem
from brokerage.journal.idempotency import InProgress, KeyReused, Reply, fingerprint, run_once

KEY = re.compile(r"[!-~]{1,255}")


class IdempotentPosts:
    """Mixin of an ApiViewSet; every POST needs a key, and goes through `run_once`.

    A refusal (4xx, raised) is not stored: the corrected request may use the key again. The key
    row, the effect and the answer commit together, so a killed worker leaves nothing behind.
    """

    idempotent_posts: ClassVar[bool] = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method == "POST":
            # Read before the parser consumes the stream: the fingerprint needs the bytes.
            if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
                raise Problem("body-too-large")
            _ = request._request.body
        super().initial(request, *args, **kwargs)  # type: ignore[misc]  # of the class beside it
        if request.method == "POST":
            handler = self.post  # type: ignore[has-type]
            self.post = lambda request, *args, **kwargs: self._once(
                handler, request, *args, **kwargs
            )

    def _once(self, handler: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not KEY.fullmatch(key):
            raise Problem("idempotency-key-missing")

        client: Any = request.user

        def effect() -> Reply:
            done: Response = handler(request, *args, **kwargs)
            return Reply(done.status_code, _plain(done.data), dict(done.headers))

        try:
            reply = run_once(
                caller=f"client:{client.ref}",
                key=key,
                fingerprint=fingerprint("POST", request.path, request._request.body),
                at=clock.now(),
                effect=effect,
            )
        except KeyReused:
            raise Problem("idempotency-key-reused") from None
        except InProgress as error:
            raise Problem(
                "idempotency-key-in-progress", headers={"Retry-After": str(error.retry_after)}
            ) from None
        headers = reply.headers | ({"Idempotent-Replayed": "true"} if reply.replayed else {})
        return Response(reply.body, status=reply.status, headers=headers)


def _plain(data: Any) -> Any:
    """The body as JSON holds it, so that the first answer and its replay are equal."""
    return json.loads(json.dumps(data, cls=JSONEncoder))
