"""A STAND-IN for the archive, the verdicts and the settings of one printer: answers in their shapes, told by hand.

The printer's page needs a day of scores and pictures at known times, and a server that refuses, vanishes or was
overtaken; a real archive would have to be filled and broken for each test. That the real one answers in these shapes is
tested beside it.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route

from tests.wall.farm import picture

Json = dict[str, Any]
THRESHOLD = 0.85
STEP_S = 2.0


@dataclass
class ToldArchive:
    """One printer's past. ``now`` is when it ends; ``failed_at`` when it failed, if it did."""

    now: float
    failed_at: float | None = None
    size: tuple[int, int] = (320, 240)  # of the stored frames, as the camera sends them
    settings: Json = field(
        default_factory=lambda: {
            "region": {"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0},
            "mask": [],
            "threshold": None,
            "model_threshold": THRESHOLD,
            "inspect_every_s": 1.0,
            "suspect_after_s": 3.0,
            "fail_after_s": 10.0,
            "on_failure": "pause",
            "rotate": 0,
            "name": "p02",
        }
    )
    verdicts: list[Json] = field(default_factory=list)
    places: list[Json] = field(default_factory=list)
    shift: float = 0.0
    problem: str = ""  # of the archive
    saved: list[Json] = field(default_factory=list)
    whatifs: list[float] = field(default_factory=list)
    commands: list[Json] = field(default_factory=list)
    refuse_next: tuple[int, str] | None = None  # the next change is answered so
    vanish: bool = False  # changes are not answered at all

    def serve(self, page: Page, printer: str) -> None:
        """Answer a page's questions about one printer ("*": any) in place of the server."""
        page.route(f"**/api/printers/{printer}/series?*", lambda route: self._answer(route, self.series(_query(route))))
        page.route(f"**/api/printers/{printer}/frames?*", lambda route: self._answer(route, self.frames(_query(route))))
        page.route(f"**/api/printers/{printer}/whatif?*", lambda route: self._answer(route, self.whatif(_query(route))))
        page.route(f"**/api/printers/{printer}/learned*", self._learned)
        page.route(f"**/api/printers/{printer}/settings", self._settings)
        page.route(f"**/frame/{printer}/*.jpg", self._frame)

    def take_commands(self, page: Page) -> None:
        """Take what people say, too: the farm then learns nothing of it."""
        page.route("**/api/printers/*/commands", self._command)

    def score(self, at: float) -> float:
        """Return a score that is calm, noisy, and high for half a minute from ``failed_at`` on."""
        calm = 0.12 + 0.08 * math.sin(at / 40) + 0.05 * math.sin(at / 3.7)
        if self.failed_at is None or not self.failed_at - 12 <= at <= self.failed_at + 30:
            return round(max(0.01, calm), 4)
        return 0.96

    def series(self, asked: Mapping[str, float]) -> Json:
        """Return scores in buckets, states and events."""
        start, end, points = asked["from"], asked["to"], int(asked["points"])
        bucket = max(STEP_S, (end - start) / points)
        found = []
        for i in range(int((end - start) / bucket)):
            at = start + (i + 0.5) * bucket
            if at > self.now or at < self.now - 6 * 86400:
                continue
            inside = [self.score(at + k * bucket / 8) for k in range(-4, 4)]
            found.append([at, min(inside), max(inside), sum(inside) / 8])
        return {
            "from": start,
            "to": end,
            "threshold": self.settings["threshold"] or THRESHOLD,
            "problem": self.problem,
            "points": found,
            "states": self._states(),
            "events": self._events(),
        }

    def _states(self) -> list[list[Any]]:
        began, hour = self.now - 6 * 86400, 3600.0
        if self.failed_at is None:
            return [[began, self.now, "watching"]]
        at = self.failed_at
        return [
            [began, at - 5 * hour, "watching"],
            [at - 5 * hour, at - 4 * hour, "idle"],
            [at - 4 * hour, at - 2 * hour, "watching"],
            [at - 2 * hour, at - 1.5 * hour, "blind"],
            [at - 1.5 * hour, at - 8, "watching"],
            [at - 8, at, "suspect"],
            [at, at + 4, "failing"],
            [at + 4, at + 9, "pausing"],
            [at + 9, at + 120, "paused"],
            [at + 120, self.now, "watching"],
        ]

    def _events(self) -> list[Json]:
        if self.failed_at is None:
            return []
        told = (
            (-7200.0, "camera.blind", "dark"),
            (-5400.0, "camera.back", ""),
            (-8.0, "suspected", ""),
            (0.0, "incident.opened", "spaghetti"),
            (4.0, "pause.sent", ""),
            (9.0, "pause.confirmed", "state read back: paused"),
            (60.0, "acknowledged", "Marie"),
        )
        return [{"at": self.failed_at + s, "kind": kind, "incident": "i1", "detail": d} for s, kind, d in told]

    def frames(self, asked: Mapping[str, float]) -> Json:
        """Return one frame a minute, and some around the failure."""
        first = math.ceil(max(asked["from"], self.now - 86400) / 60) * 60
        taken = [(float(at), "minute") for at in range(first, int(min(asked["to"], self.now)) + 1, 60)]
        if self.failed_at is not None:
            taken += [(self.failed_at + s + 0.25, "incident") for s in range(-10, 30, 2)]
        inside = sorted((at, why) for at, why in taken if asked["from"] <= at <= asked["to"])
        return {"frames": [{"taken_at": at, "score": self.score(at), "kept_for": why} for at, why in inside]}

    def whatif(self, asked: Mapping[str, float]) -> Json:
        """Return more incidents for a lower threshold."""
        self.whatifs.append(asked["threshold"])
        now = {"incidents": self._found(THRESHOLD), "suspicions": 3}
        lower = asked["threshold"] < (self.settings["threshold"] or THRESHOLD)
        then = {"incidents": self._found(asked["threshold"]), "suspicions": 9 if lower else 1}
        span = {
            "from": self.now - 86400,
            "to": self.now,
            "threshold": asked["threshold"],
            "watched_s": 72_000,
            "unknown": ["short"],
        }
        return span | then | {"now": now}

    def _found(self, threshold: float) -> list[Json]:
        times = [self.now - 3000] if threshold >= THRESHOLD else [self.now - s for s in (3000, 9000, 30000, 60000)]
        return [] if threshold > 0.9 else [{"at": at, "score": 0.9} for at in times]

    def _learned(self, route: Route) -> None:
        if route.request.method == "DELETE":
            for verdict in self.verdicts:
                verdict.update(withdrawn_by="Marie", withdrawn_at=self.now, holds=False, teaches="")
            self.places, self.shift = [], 0.0
        answer = {"places": self.places, "threshold_shift": self.shift, "verdicts": self.verdicts}
        self._answer(route, answer)

    def _command(self, route: Route) -> None:
        wish = json.loads(route.request.post_data or "{}")
        self.commands.append(wish)
        if wish["kind"] == "withdraw":
            for verdict in self.verdicts:
                if wish.get("verdict", verdict["id"]) == verdict["id"]:
                    verdict.update(withdrawn_by=wish["by"], withdrawn_at=self.now, holds=False, teaches="")
        else:
            self.say(wish["kind"], wish["by"], wish.get("frame_taken_at", self.now), wish.get("incident"))
        route.fulfill(status=202, json={"accepted": True, "kind": wish["kind"], "reception": "taken"})

    def say(self, kind: str, by: str, frame_taken_at: float, incident: str | None = None) -> Json:
        """Let a person have said something about a picture."""
        kind = "confirmed" if kind == "confirm" else kind
        verdict: Json = {
            "id": f"v{len(self.verdicts) + 1}",
            "kind": kind,
            "by": by,
            "at": self.now,
            "frame_taken_at": frame_taken_at,
            "score": 0.4,
            "boxes": [],
            "incident": incident,
            "reason": "",
            "withdrawn_by": None,
            "withdrawn_at": None,
            "holds": True,
            "teaches": {"false_alarm": "place", "missed": "threshold"}.get(kind, ""),
        }
        self.verdicts.append(verdict)
        return verdict

    def _settings(self, route: Route) -> None:
        if route.request.method == "PUT":
            if self.vanish:
                route.abort()
                return
            if self.refuse_next is not None:
                (status, detail), self.refuse_next = self.refuse_next, None
                route.fulfill(status=status, json={"error": {"status": status, "title": "", "detail": detail}})
                return
            changes = json.loads(route.request.post_data or "{}")
            self.saved.append(changes)
            self.settings |= changes
        self._answer(route, self.settings)

    def _frame(self, route: Route) -> None:
        taken_at = float(urlsplit(route.request.url).path.rpartition("/")[2].removesuffix(".jpg"))
        text = f"{int(taken_at) % 100_000}"
        jpeg = picture(text, hue=int(taken_at / 60) * 17 % 180, size=self.size)
        route.fulfill(body=jpeg, content_type="image/jpeg")

    def _answer(self, route: Route, content: Json) -> None:
        route.fulfill(json=content)


def _query(route: Route) -> dict[str, float]:
    return {name: float(values[0]) for name, values in parse_qs(urlsplit(route.request.url).query).items()}
