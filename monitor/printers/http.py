"""One printer's interface over HTTP with JSON: requests' errors and refusals become ours, in one place."""

import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from requests.auth import AuthBase

from monitor.errors import PrinterRejected, PrinterUnreachable

TIMEOUT_S = (2.0, 3.0)  # to connect, to answer


@dataclass(frozen=True, slots=True)
class Product:
    """What stands at the other end, and what its answers mean."""

    name: str  # in sentences: "PrusaLink at http://... does not answer"
    remedy: str  # what a person has to do when it refuses our key or password
    refusals: frozenset[int] = frozenset({401, 403})  # status codes that say so


class HttpApi:
    """Requests to one printer, over a connection that is kept alive; one thread uses it."""

    def __init__(
        self,
        product: Product,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        auth: AuthBase | None = None,
        timeout_s: tuple[float, float] = TIMEOUT_S,
    ) -> None:
        """``timeout_s``: to connect, to answer."""
        self.url = url.rstrip("/")
        self._product = product
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy stands between us and a printer, and no .netrc
        self._session.verify = authorities()
        self._session.headers.update({"Accept": "application/json", **(headers or {})})
        self._session.auth = auth

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        raw: bytes | None = None,
        params: Mapping[str, str] | None = None,
        harmless: Collection[int] = (),
    ) -> requests.Response:
        """Return a good answer; raises PrinterUnreachable, PrinterRejected.

        ``body`` is sent as JSON, ``raw`` as it is; ``params`` is the query, which no message of ours repeats.
        ``harmless``: other status codes that are an answer too, such as those of an order that comes too late.
        """
        try:
            answer = self._session.request(
                method,
                self.url + path,
                params=params,
                data=raw,
                json=body,
                timeout=self._timeout_s,
                allow_redirects=False,
            )
        except (UnicodeError, requests.exceptions.InvalidHeader) as exc:
            what = f"a key for {self._product.name} with characters that HTTP cannot send"
            raise PrinterRejected(f"cameras.yaml has {what}: {self._product.remedy}") from exc
        except KeyError as exc:  # from requests' own digest
            said = f"{self.url} asks for a password in a way that {self._product.name} does not"
            raise PrinterRejected(f"{said}: is it {self._product.name}'s url?") from exc
        except requests.RequestException as exc:
            raise PrinterUnreachable(f"{self._product.name} at {self.url} does not answer: {_reason(exc)}") from exc
        if answer.status_code not in harmless:
            check_status(self._product, self.url, path, answer.status_code)
        return answer

    def ask(self, path: str) -> dict[str, Any]:
        """Return the JSON object at a path; raises PrinterUnreachable, PrinterRejected."""
        return self.object_of(self.request("GET", path), path)

    def object_of(self, answer: requests.Response, path: str) -> dict[str, Any]:
        """Return an answer's JSON object; raises PrinterRejected when it is something else."""
        try:
            body = answer.json()
        except requests.JSONDecodeError as exc:
            said = f"{self.url}{path} answers, but not with JSON"
            raise PrinterRejected(f"{said}: is it {self._product.name}'s url?") from exc
        if not isinstance(body, dict):
            name = self._product.name
            raise PrinterRejected(f"{self.url}{path} does not answer as {name} does: is it {name}'s url?")
        return body

    def close(self) -> None:
        """Close the connection that is kept alive."""
        self._session.close()


def authorities() -> str | bool:
    """Return where this system keeps the authorities that it trusts (a farm's own may be among them).

    True stands for those that come with requests, where the system has none. SSL_CERT_FILE names another file.
    """
    known = ssl.get_default_verify_paths()
    folder = Path(known.capath) if known.capath else None
    return known.cafile or (str(folder) if folder and any(folder.iterdir()) else True)


def check_status(product: Product, url: str, path: str, status: int) -> None:
    """Raise for the status code of an answer that is a refusal."""
    if 200 <= status < 300:
        return
    if status in product.refusals:
        raise PrinterRejected(f"{product.name} at {url} refuses us (HTTP {status}): {product.remedy}")
    if status >= 500:
        raise PrinterUnreachable(f"{product.name} at {url} is not ready (HTTP {status})")
    raise PrinterRejected(f"{url}{path} answers HTTP {status}: is {url} {product.name}'s url?")


def _reason(exc: requests.RequestException) -> str:
    """Shorten requests' nested message to what a person can use."""
    if isinstance(exc, requests.Timeout):
        return "timed out"
    if isinstance(exc, requests.exceptions.SSLError):
        return "its certificate is not trusted, or it does not speak https"
    return "connection refused" if "refused" in str(exc) else type(exc).__name__
