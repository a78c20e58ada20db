"""The adapter for requests by template against a simulated server: what is sent, and what is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.config.control import HttpControl
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.printers.webhook import Webhook
from monitor.records import JobState, PauseCommand, PausedBy
from tests.bambu.certificate import Certificate
from tests.printers.simulated_webhook import SimulatedWebhook

COMMAND = PauseCommand("0190", "paris", "p1", "0189", 0.0, 60.0, "spaghetti")


@pytest.fixture
def server() -> Iterator[SimulatedWebhook]:
    """Yield a simulated server whose printer prints."""
    server = SimulatedWebhook()
    server.start()
    yield server
    server.stop()


def adapter_of(control: HttpControl) -> Webhook:
    """Return the adapter of printer p1 in Paris."""
    return Webhook(control, "p1", "paris")


@pytest.fixture
def adapter(server: SimulatedWebhook) -> Iterator[Webhook]:
    """Yield the adapter."""
    adapter = adapter_of(server.control())
    yield adapter
    adapter.close()


def test_the_templates_are_filled_and_the_headers_sent(server: SimulatedWebhook, adapter: Webhook) -> None:
    """The server gets the command's id and the incident; JSON keeps its braces."""
    adapter.pause(COMMAND)
    adapter.resume()
    adapter.state()
    assert [
        ("POST", "/paris/p1/pause?why=0189", {"id": "0190"}),
        ("POST", "/paris/p1/resume", None),
        ("GET", "/paris/p1", None),
    ] == [(method, path, body) for method, path, _, body in server.requests]
    assert {"Bearer s3cret"} == set(server.authorizations)


def test_another_method_is_used_where_the_file_says_so(server: SimulatedWebhook) -> None:
    """Some interfaces want PUT."""
    adapter = adapter_of(server.control().model_copy(update={"pause_method": "PUT"}))
    adapter.pause(COMMAND)
    assert "PUT" == server.requests[0][0]
    adapter.close()


def test_a_printer_without_an_address_to_resume_says_so(server: SimulatedWebhook) -> None:
    """People then resume it at the printer."""
    adapter = adapter_of(server.control().model_copy(update={"resume_url": ""}))
    with pytest.raises(PrinterRejected, match="resume_url"):
        adapter.resume()
    assert [] == server.requests


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (401, PrinterRejected, "check the headers"),
        (403, PrinterRejected, "check the headers"),
        (404, PrinterRejected, r"/paris/p1.* answers HTTP 404"),
        (302, PrinterRejected, "HTTP 302"),
        (500, PrinterUnreachable, "not ready"),
    ],
)
def test_a_refusal_is_told_with_a_remedy_and_without_the_headers(
    server: SimulatedWebhook, adapter: Webhook, status: int, error: type[Exception], said: str
) -> None:
    """For the question and for the order alike."""
    server.answers = {"/paris/p1": (status, None), "/paris/p1/pause": (status, None)}
    with pytest.raises(error, match=said) as asked:
        adapter.state()
    with pytest.raises(error, match=said) as ordered:
        adapter.pause(COMMAND)
    assert "s3cret" not in f"{asked.value}{ordered.value}{server.control()!r}"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>a page</html>", "not JSON"),
        (["a", "list"], "no 'status.state'"),
        ({"status": {"state": "jammed"}}, "in no list of words"),
    ],
)
def test_what_is_not_understood_is_unknown_and_says_why(
    server: SimulatedWebhook, adapter: Webhook, body: object, said: str
) -> None:
    """Unknown is never fine: it is shown, and a failing print is ordered to pause all the same."""
    server.answers["/paris/p1"] = (200, body)
    reading = adapter.state()
    assert JobState.UNKNOWN is reading.state
    assert said in reading.detail


@pytest.mark.parametrize(
    ("said", "paused_by"),
    [
        ("person", PausedBy.PERSON),
        ("printer", PausedBy.PRINTER),
        ("vigie", PausedBy.UNKNOWN),
        (7, PausedBy.UNKNOWN),
        (None, PausedBy.UNKNOWN),
    ],
)
def test_who_paused_it_is_read_where_the_server_tells(
    server: SimulatedWebhook, adapter: Webhook, said: object, paused_by: PausedBy
) -> None:
    """That we did it, we know best ourselves."""
    server.status |= {"status": {"state": "paused"}, "paused_by": said}
    assert paused_by is adapter.state().paused_by
    server.does(JobState.PRINTING)
    assert PausedBy.UNKNOWN is adapter.state().paused_by


@pytest.mark.parametrize("is_trusted", [False, True])
def test_a_certificate_is_verified_with_the_authorities_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_trusted: bool
) -> None:
    """The headers hold a secret: it is not sent to whoever answers. A farm may have an authority of its own."""
    certificate = Certificate(tmp_path, "shop", "127.0.0.1")
    server = SimulatedWebhook(certificate.server_context())
    server.start()
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.cert))
    adapter = adapter_of(server.control())
    try:
        if is_trusted:
            assert JobState.PRINTING is adapter.state().state
        else:
            with pytest.raises(PrinterUnreachable, match="certificate is not trusted"):
                adapter.state()
            assert [] == server.requests
    finally:
        adapter.close()
        server.stop()
