"""The websocket behind the adapters: what is no such printer, and what is none of its messages."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.datastructures import Headers
from websockets.http11 import Response

from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.printers.json_socket import JsonSocket, parse_message
from tests.printers.simulated_http import SimulatedHttp
from tests.printers.simulated_websocket import SimulatedWebsocket

ASK = {"method": "get"}


class Parrot(SimulatedWebsocket):
    """It answers everything with the same words."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[object] = []
        self.refuses: tuple[int, bytes] | None = None

    def refusal(self) -> Response | None:
        """Refuse the handshake, if it was told to."""
        if self.refuses is None:
            return None
        status, body = self.refuses
        return Response(status, "no", Headers({"Content-Length": str(len(body))}), body)

    def hear(self, connection: Any, message: dict[str, Any]) -> None:
        """Say them."""
        for word in self.words:
            self.say(connection, word)


@pytest.fixture
def parrot() -> Iterator[Parrot]:
    """Yield a server that says what it was told to say."""
    parrot = Parrot()
    parrot.start()
    yield parrot
    parrot.stop()


@pytest.fixture
def connect() -> Iterator[Callable[[int], JsonSocket]]:
    """Yield what makes sockets that wait 0.3 s for an answer; they are closed afterwards."""
    sockets: list[JsonSocket] = []

    def make(port: int) -> JsonSocket:
        sockets.append(JsonSocket("the printer", f"ws://127.0.0.1:{port}/", (2.0, 0.3)))
        return sockets[-1]

    yield make
    for socket in sockets:
        socket.close()


def note(heard: list[dict[str, Any]], body: dict[str, Any]) -> bool:
    """Keep what came; it is no answer."""
    heard.append(body)
    return False


def is_answer(body: dict[str, Any]) -> bool:
    """Take what has a state."""
    return "state" in body


def test_other_messages_before_the_answer_are_handed_on_too(parrot: Parrot, connect: Callable[..., JsonSocket]) -> None:
    """Printers tell this and that in between."""
    parrot.words = ["pong", {"model": "x"}, {"state": 1}]
    socket, heard = connect(parrot.port), list[dict[str, Any]]()

    def take(body: dict[str, Any]) -> bool:
        heard.append(body)
        return is_answer(body)

    assert socket.open()
    assert socket.ask(ASK, take)
    assert [{"model": "x"}, {"state": 1}] == heard
    assert not socket.open()  # it is still connected


@pytest.mark.parametrize("words", [["<html>", {"model": "x"}], [{"model": "x"}, "<html>"], [{"model": "x"}, "pong"]])
def test_objects_without_the_answer_are_no_answer(
    parrot: Parrot, connect: Callable[..., JsonSocket], words: list[object]
) -> None:
    """It is the right kind of printer, and does not say what was asked."""
    parrot.words = words
    socket = connect(parrot.port)
    socket.open()
    assert not socket.ask(ASK, is_answer)


@pytest.mark.parametrize("word", ["<html>a page</html>", "[1, 2]", "7", "{broken", "null"])
def test_words_that_no_such_printer_says_are_told_with_a_remedy(
    parrot: Parrot, connect: Callable[..., JsonSocket], word: str
) -> None:
    """Something else listens there."""
    parrot.words = [word]
    socket = connect(parrot.port)
    socket.open()
    with pytest.raises(PrinterRejected, match=r"ws://127\.0\.0\.1:\d+/ answers, but not as the printer does"):
        socket.ask(ASK, is_answer)


@pytest.mark.parametrize("words", [[], ["pong"]])
def test_a_printer_that_is_gone_without_a_word_is_connected_anew(
    parrot: Parrot, connect: Callable[..., JsonSocket], words: list[object]
) -> None:
    """Nobody closed the connection, and nobody answers on it; a heartbeat is no answer."""
    parrot.words = words
    socket = connect(parrot.port)
    socket.open()
    with pytest.raises(PrinterUnreachable, match=r"does not answer within 0\.3 s"):
        socket.ask(ASK, is_answer)
    assert socket.open()


def test_a_flood_of_messages_does_not_keep_us_for_ever(parrot: Parrot, connect: Callable[..., JsonSocket]) -> None:
    """What waits is looked through up to a bound, and the answer is found behind it."""
    parrot.words = [{"state": 1}]
    socket = connect(parrot.port)
    socket.open()
    assert socket.ask(ASK, is_answer)
    for number in range(200):
        parrot.push({"number": number})
    parrot.settle()
    heard: list[dict[str, Any]] = []
    socket.drain(partial(note, heard))
    assert socket.ask(ASK, is_answer)
    assert [{"number": number} for number in range(200)] == heard


def test_a_message_without_bounds_closes_the_connection(parrot: Parrot, connect: Callable[..., JsonSocket]) -> None:
    """Five million letters are no state."""
    parrot.words = ["x" * 5_000_000]
    socket = connect(parrot.port)
    socket.open()
    with pytest.raises(PrinterUnreachable, match=r"closed the connection|does not answer"):
        socket.ask(ASK, is_answer)


@pytest.mark.parametrize(
    ("status", "body", "error", "said"),
    [
        (500, b"too many client", PrinterUnreachable, "close the apps and pages that watch it"),
        (503, b"", PrinterUnreachable, "not ready"),
        (200, b"<html>a router's page</html>", PrinterRejected, "the printer's address and port"),
        (404, b"", PrinterRejected, "the printer's address and port"),
        (401, b"", PrinterRejected, "the printer's address and port"),
    ],
)
def test_a_handshake_that_is_refused_is_told_with_a_remedy(
    parrot: Parrot, connect: Callable[..., JsonSocket], status: int, body: bytes, error: type[Exception], said: str
) -> None:
    """A web server does not know the path; an SDCP printer with five clients says 500."""
    parrot.refuses = (status, body)
    with pytest.raises(error, match=said):
        connect(parrot.port).open()


def test_a_web_server_of_another_kind_is_no_printer(connect: Callable[..., JsonSocket]) -> None:
    """It speaks HTTP/1.0, and does not know what is wanted."""
    server = SimulatedHttp({"/": (200, b"<html>a router's page</html>")})
    server.start()
    try:
        with pytest.raises(PrinterRejected, match="is no websocket: is it the printer's address and port"):
            connect(int(server.url.rpartition(":")[2])).open()
    finally:
        server.stop()


def test_a_server_that_says_nothing_to_the_handshake_is_unreachable() -> None:
    """It is waited for within bounds."""
    server = SimulatedHttp({})
    server.is_mute.set()
    server.start()
    socket = JsonSocket("the printer", f"ws{server.url.removeprefix('http')}/", (0.2, 0.2))
    try:
        with pytest.raises(PrinterUnreachable, match="does not answer: timed out"):
            socket.open()
    finally:
        server.stop()


@pytest.mark.parametrize("use", [lambda socket: socket.send({}), lambda socket: socket.drain(is_answer)])
def test_what_is_not_connected_says_so(connect: Callable[..., JsonSocket], use: Callable[[JsonSocket], None]) -> None:
    """Nothing is sent into the void."""
    with pytest.raises(PrinterUnreachable, match="not connected"):
        use(connect(1))


@given(st.text() | st.binary() | st.recursive(st.integers(), st.lists).map(str))
def test_any_message_is_read_without_an_exception(said: str | bytes) -> None:
    """An object, an empty one, or nothing of ours."""
    body = parse_message(said)
    assert body is None or isinstance(body, dict)


@given(st.dictionaries(st.text(), st.integers(0, 9), min_size=1), st.integers(0, 99_999))
def test_a_length_in_front_changes_nothing(body: dict[str, int], length: int) -> None:
    """Whatever the number says."""
    text = str(body).replace("'", '"')
    assert parse_message(text) == parse_message(f"{length}{text}")
