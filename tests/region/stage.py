"""Real processes: a hub with its broker, and sites with theirs, their bridge over TLS, their line, their printers."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from monitor.bench.bridged import Bridged
from monitor.bench.region import AROUND_A_PIECE
from monitor.bench.relay import LineState
from monitor.errors import StorageError
from monitor.history import HistoryReader
from monitor.hub.names import at_hub
from tests.brokers import free_port
from tests.inspection.pictures import jpeg, scene
from tests.region.floors import CONTROL, Floors
from tests.region.story import Cut, Failure, Story
from tests.region.verdict import CUT_OFF_WITHIN_S, Past, SiteOutcome, past
from tests.stacks.processes import Program
from tests.system.running import VIGIE

REPOSITORY = Path(__file__).resolve().parents[2]
READY_S = 300.0
TURN_S = 0.2
STANDS_S = 6.0  # until a person takes the part off a printer that was paused
RESTS_S = 8.0  # until it prints anew
SETTLES_S = 180.0  # after the last cut
QUIET_S = 10.0  # no site has written anything for so long: what is compared then is all that there is
FOR_EVER = 4e9


class Region:
    """Start it, :meth:`play`, stop it."""

    def __init__(self, story: Story, folder: Path, picture: tuple[int, int], line_kbit_per_s: float | None) -> None:
        self._story, self._folder = story, folder
        self._picture, self._line_kbit_per_s = picture, line_kbit_per_s
        self._running = ExitStack()
        self.outcomes = {peer: SiteOutcome(peer) for peer in story.peers}
        self._cut: dict[str, tuple[Cut, float]] = {}  # with when it was cut
        self._shown: set[str] = set()  # of those cut, shown as cut off
        self._mended: dict[str, float] = {}  # shown as cut off still
        self._failing: dict[tuple[str, str], tuple[float, bool, int]] = {}  # since when, while cut, pauses before
        self._standing: dict[tuple[str, str], float] = {}
        self._cleared: dict[tuple[str, str], float] = {}
        self._lines: dict[str, str] = {}
        self._written: dict[str, Past] = {}  # at the sites, when it was last looked at
        self._written_at = 0.0

    def start(self) -> None:
        """Start all, and wait until the hub sees every printer of every site print."""
        story = self._story
        self._bridged = self._running.enter_context(Bridged(self._folder, story.peers, port=free_port))
        (self._folder / "pictures").mkdir()
        (self._folder / "pictures" / "1.jpg").write_bytes(jpeg(scene(1, *self._picture)))
        self.floors = Floors({peer: site.own.endpoint for peer, site in self._bridged.sites.items()}, story.printers)
        self.floors.start()
        self._running.callback(self.floors.stop)
        self._hub_port = free_port()
        self._programs = {"hub": self._hub_program()} | {peer: self._site_program(peer) for peer in story.peers}
        for program in self._programs.values():
            program.start()
            self._running.callback(program.kill)
        ready = self._turn_until(self._all_are_printing, READY_S)
        assert ready, f"not ready: {self._lines}; {self._programs['hub'].said()[-1500:]}"

    def stop(self) -> None:
        """End all. Idempotent."""
        self._running.close()

    def carried_bytes(self) -> int:
        """Return what all lines have carried towards the hub so far, with TLS, TCP and IP."""
        carried = [site.line.carried() for site in self._bridged.sites.values()]
        return sum(one.up_bytes + AROUND_A_PIECE * one.up_chunks for one in carried)

    def look_at_all(self) -> None:
        """Look at every printer at the hub's wall, as somebody does who has it open."""
        for peer in self._story.peers:
            for name in self._story.printers:
                requests.get(f"http://127.0.0.1:{self._hub_port}/tile/{at_hub(peer, name)}.jpg", timeout=20)

    def play(self) -> list[SiteOutcome]:
        """Tell the story to its end, let everything come to rest, and compare."""
        began_at = time.monotonic()
        todo: list[Cut | Failure] = sorted((*self._story.cuts, *self._story.failures), key=lambda one: one.at_s)

        def is_told() -> bool:
            while todo and time.monotonic() - began_at >= todo[0].at_s:
                one = todo.pop(0)
                self._cut_line(one) if isinstance(one, Cut) else self._fail(one)
            return not todo and time.monotonic() - began_at >= self._story.lasts_s and not self._cut

        self._turn_until(is_told, self._story.lasts_s + 900.0)
        self._turn_until(lambda: self._is_calm() and self._are_at_rest(), SETTLES_S)
        for peer, outcome in self.outcomes.items():
            outcome.compare(self._past_at_site(peer), self._past_at_hub(peer))
            outcome.faults += [f"{peer}: {where} is {what}" for where, what in self._unsettled(peer)]
        ended = [name for name, program in self._programs.items() if not program.is_running]
        next(iter(self.outcomes.values())).faults += [f"{name} ended by itself" for name in ended]
        return list(self.outcomes.values())

    def _turn_until(self, is_done: Callable[[], bool], longest_s: float) -> bool:
        turning, deadline = threading.Event(), time.monotonic() + longest_s
        while time.monotonic() < deadline:
            self._look_at_the_hub()
            self._mend()
            self._tend_printers()
            if is_done():
                return True
            turning.wait(TURN_S)
        return False

    # lines

    def _cut_line(self, cut: Cut) -> None:
        self._bridged.sites[cut.peer].line.be(cut.way)
        self._cut[cut.peer] = (cut, time.monotonic())
        self._shown.discard(cut.peer)
        self._mended.pop(cut.peer, None)

    def _mend(self) -> None:
        now = time.monotonic()
        for peer, (cut, cut_at) in list(self._cut.items()):
            if now - cut_at < cut.lasts_s:
                continue
            del self._cut[peer]
            outcome = self.outcomes[peer]
            outcome.cuts, outcome.cut_s = outcome.cuts + 1, outcome.cut_s + now - cut_at
            if cut.lasts_s > CUT_OFF_WITHIN_S and peer not in self._shown:
                outcome.faults.append(f"{peer}: was cut for {cut.lasts_s:.0f} s, and the hub has not shown it")
            self._bridged.sites[peer].line.be(LineState.UP)
            if peer in self._shown:
                self._mended[peer] = now

    def _look_at_the_hub(self) -> None:
        try:
            answer = requests.get(f"http://127.0.0.1:{self._hub_port}/health", timeout=5).json()
        except (requests.RequestException, ValueError):
            return
        self._lines = {site["peer"]: site["line"] for site in answer["region"]}
        now = time.monotonic()
        for peer, line in self._lines.items():
            if line == "cut-off" and peer in self._cut and peer not in self._shown:
                self._shown.add(peer)
                after_s = now - self._cut[peer][1]
                self.outcomes[peer].shown_s.append(after_s)
                if after_s > CUT_OFF_WITHIN_S:
                    self.outcomes[peer].faults.append(f"{peer}: shown as cut off after {after_s:.1f} s")
            if line == "connected" and peer in self._mended:
                self.outcomes[peer].back_s.append(now - self._mended.pop(peer))

    # printers

    def _fail(self, failure: Failure) -> None:
        place = (failure.peer, failure.printer)
        busy = place in self._failing or place in self._standing or place in self._cleared
        if busy or self.floors.state(*place) != "printing":
            return
        self._failing[place] = (time.monotonic(), failure.peer in self._cut, self.floors.printers[place].pauses)
        self.outcomes[failure.peer].failures += 1
        self.outcomes[failure.peer].while_cut += failure.peer in self._cut
        (self._folder / failure.peer / "failing" / failure.printer).touch()

    def _tend_printers(self) -> None:
        now = time.monotonic()
        for place, (since, was_cut, _) in self._failing.items():
            if place not in self._standing and self.floors.state(*place) == "paused":
                self._standing[place] = now
                outcome = self.outcomes[place[0]]
                (outcome.pauses_cut_s if was_cut else outcome.pauses_s).append(now - since)
        for place, at in list(self._standing.items()):
            if now - at >= STANDS_S:
                self._clear(place, now)
        for place, at in list(self._cleared.items()):
            if now - at >= RESTS_S:
                del self._cleared[place]
                self.floors.begin(*place)

    def _clear(self, place: tuple[str, str], now: float) -> None:
        peer, name = place
        _, _, before = self._failing.pop(place)
        del self._standing[place]
        pauses = self.floors.printers[place].pauses - before
        self.outcomes[peer].pauses += pauses
        if pauses != 1:
            self.outcomes[peer].faults.append(f"{peer}.{name}: paused {pauses} times for one failure")
        (self._folder / peer / "failing" / name).unlink()
        self.floors.clear(peer, name)
        self._cleared[place] = now

    def _unsettled(self, peer: str) -> Iterator[tuple[str, str]]:
        for place in self._failing:
            if place[0] == peer:
                yield place[1], "not paused although it fails: " + "; ".join(self.floors.printers[place].story[-5:])
        total = sum(printer.pauses for (where, _), printer in self.floors.printers.items() if where == peer)
        if total != self.outcomes[peer].pauses:
            yield "a printer", "paused without a failure"

    # histories

    def _is_calm(self) -> bool:
        return not self._failing and not self._standing and not self._cleared and not self._mended

    def _are_at_rest(self) -> bool:
        """Whether the hub has what the sites have, and those have written nothing for a while."""
        try:
            at_sites = {peer: self._past_at_site(peer) for peer in self._story.peers}
            at_hub = {peer: self._past_at_hub(peer) for peer in self._story.peers}
        except StorageError:
            return False
        if at_sites != self._written:
            self._written, self._written_at = at_sites, time.monotonic()
        return at_sites == at_hub and time.monotonic() - self._written_at >= QUIET_S

    def _past_at_site(self, peer: str) -> Past:
        reader = HistoryReader(self._folder / peer / "vigie.db")
        events = [event for name in self._story.printers for event in reader.happenings(name, 0.0, FOR_EVER)]
        return past(reader.incidents(), events, is_hub=False)

    def _past_at_hub(self, peer: str) -> Past:
        reader = HistoryReader(self._folder / "hub.db")
        names = [at_hub(peer, name) for name in self._story.printers]
        events = [event for name in names for event in reader.happenings(name, 0.0, FOR_EVER)]
        return past((one for name in names for one in reader.incidents(name)), events, is_hub=True)

    # processes

    def _all_are_printing(self) -> bool:
        try:
            printers = requests.get(f"http://127.0.0.1:{self._hub_port}/api/printers", timeout=5).json()["printers"]
        except (requests.RequestException, ValueError, KeyError):
            return False
        watched = {one["id"] for one in printers if one["state"] == "watching" and one["is_known"]}
        return watched == {at_hub(peer, name) for peer in self._story.peers for name in self._story.printers}

    def _hub_program(self) -> Program:
        endpoint = self._bridged.hub.endpoint
        content: dict[str, object] = {
            "mqtt": {
                "host": endpoint.host,
                "port": endpoint.port,
                "username": endpoint.username,
                "password": endpoint.password,
            },
            "storage": {"path": str(self._folder / "hub.db")},
            "wall": {"port": self._hub_port, "access": "open"},
            "sites": [{"peer": peer} for peer in self._story.peers],
        }
        if self._line_kbit_per_s is not None:
            content["line"] = {"kbit_per_s": self._line_kbit_per_s}
        file = self._folder / "hub.yaml"
        file.write_text(json.dumps(content))
        return Program([VIGIE, "wall", "--hub", file], self._folder / "hub.log", cwd=self._folder)

    def _site_program(self, peer: str) -> Program:
        """``vigie run``, with a scripted inspector in the detector's place; all else is the product."""
        folder = self._folder / peer
        (folder / "failing").mkdir()
        line = self._bridged.sites[peer].broker.endpoint
        printers = [{"id": name, "control": CONTROL} for name in self._story.printers]
        content = {
            "mqtt": {"host": "127.0.0.1", "port": self._bridged.sites[peer].own.endpoint.port},
            "hub": {"mqtt": {"port": line.port, "username": line.username, "password": line.password}},
            "wall": {"port": 0, "access": "open"},
            "storage": {"path": str(folder / "vigie.db"), "frames_gb": 0},
            "fleet": {"guard": False},  # prints fail by themselves here, however many do at once
            "defaults": {
                "inspect_every_s": 1,
                "suspect_after_s": 1,
                "fail_after_s": 3,
                "recover_after_s": 3,
                "camera": {"type": "files", "path": str(self._folder / "pictures"), "frames_per_s": 1},
            },
            "sites": [{"id": peer, "rooms": [{"id": "room", "printers": printers}]}],
        }
        file = folder / "cameras.yaml"
        file.write_text(json.dumps(content))
        command = [sys.executable, "-m", "tests.crash.monitor_process", str(file)]
        return Program(command, folder / "vigie.log", cwd=REPOSITORY)


@contextmanager
def region(
    story: Story, folder: Path, picture: tuple[int, int] = (160, 120), line_kbit_per_s: float | None = None
) -> Iterator[Region]:
    """Run a region; yields when every printer is watched, and shown at the hub.

    ``picture``: the cameras' pixels. ``line_kbit_per_s``: what hub.yaml says that the hub's line carries.
    """
    folder.mkdir()
    one = Region(story, folder, picture, line_kbit_per_s)
    try:
        one.start()
        yield one
    finally:
        one.stop()
