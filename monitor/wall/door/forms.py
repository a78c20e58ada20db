"""Forms carry a token besides: a page of another site can make a browser send a form, but not know its token.

The token is made from a cookie that every form's page sets and from a secret of this process (HMAC, RFC 2104), so
that it protects the log-in as well, where there is no session yet. Flask-WTF does the same with Flask's sessions and
a class for each form; we have neither.
"""

import hmac
import secrets

from flask import Response, after_this_request, current_app, g, request

from monitor.wall import cookies

FIELD = "form_token"


def form_token() -> str:
    """Return the token for the forms of the present page."""
    planted = cookies.read(request, cookies.FORM) or g.get("form_cookie", "")
    if not planted:
        planted = g.form_cookie = secrets.token_urlsafe(24)

        @after_this_request
        def give(response: Response) -> Response:
            cookies.give(request, response, cookies.FORM, planted)
            return response

    return _token(planted)


def is_genuine() -> bool:
    """Tell whether the present form came from a page of ours, made since this process was started."""
    planted = cookies.read(request, cookies.FORM)
    return bool(planted) and hmac.compare_digest(_token(planted).encode(), request.form.get(FIELD, "").encode())


def _token(planted: str) -> str:
    bound = f"{planted} {cookies.read(request, cookies.SESSION)}"
    return hmac.new(current_app.config["SECRET_KEY"], bound.encode("utf-8", "replace"), "sha256").hexdigest()
