"""A stream is one answer that lasts for days: it ends when whoever reads it may not read it any more."""

from collections.abc import Callable, Iterable, Iterator

from flask import Response, current_app, request

from monitor.access import Right
from monitor.clock import Clock
from monitor.wall.context import current
from monitor.wall.gate import need_of

ASKS_EVERY_S = 5.0


def while_allowed(response: Response) -> Response:
    """Let a stream end when its reader's session, token or screen does. For ``after_request``."""
    if not response.is_streamed or response.direct_passthrough or request.endpoint is None:
        return response
    need = need_of(current_app.view_functions[request.endpoint])
    if isinstance(need, Right):
        services, asked = current().services, request._get_current_object()  # type: ignore[attr-defined]

        def may() -> bool:
            identity = services.gatekeeper.identify(asked)
            return identity is not None and identity.may(need)

        response.response = _while(response.iter_encoded(), may, services.clock)
    return response


def _while(chunks: Iterable[bytes], may: Callable[[], bool], clock: Clock) -> Iterator[bytes]:
    asked_at = clock.now()
    try:
        for chunk in chunks:
            yield chunk
            if clock.now() - asked_at >= ASKS_EVERY_S:
                asked_at = clock.now()
                if not may():
                    return
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
