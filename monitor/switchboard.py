"""What happens in one room and concerns others: who is called by whom. Nothing is decided here."""

import logging
from collections.abc import Callable

from monitor.board import Board
from monitor.clock import Clock
from monitor.config.live import LiveConfig
from monitor.errors import StorageError
from monitor.history import Outgoing
from monitor.inbound import Inbound
from monitor.incidents import Incidents
from monitor.mqtt import Delivery
from monitor.owning import Owning
from monitor.people import Office
from monitor.pipeline.loop import Pipeline
from monitor.records import (
    Answer,
    CameraState,
    CameraStatus,
    EventKind,
    Incident,
    PauseProgress,
    PauseResult,
    PersonCommand,
    PersonCommandKind,
    PrinterReport,
    Reception,
    Standing,
)

_OF_CAMERAS = {
    PersonCommandKind.CAMERA_RIGHT: "the camera is right",
    PersonCommandKind.CAMERA_PUT_RIGHT: "the camera was put right",
    PersonCommandKind.CAMERA_TOUCHED: "the camera was touched",
}

log = logging.getLogger(__name__)


class Switchboard:
    """Connects rooms that do not know each other. The rooms are set as they are built, before anything is started."""

    board: Board
    incidents: Incidents
    inbound: Inbound
    people: Office
    pipeline: Pipeline
    of_camera: Callable[[PersonCommand], Answer]  # what a person says of whether it shows its printer

    def __init__(self, config: LiveConfig, clock: Clock, owning: Owning) -> None:
        self._config, self._clock, self._owning = config, clock, owning

    def act(self, command: PersonCommand) -> Answer:
        """Do what a person asked for; return how it was taken."""
        return self._owning.act(command, self._take)

    def wished(self, command: PersonCommand) -> None:
        """Take what somebody asked for over MQTT or in a chat, where nobody can be answered."""
        if not self._owning.is_ours(command.printer) and self._config.knows(command.printer):
            return  # its owner hears it, too
        try:
            answer = self._take(command)
        except StorageError as exc:
            log.warning("%s: %s by %s is not done: %s", command.printer, command.kind, command.by, exc)
        else:
            log.info("%s: %s by %s: %s %s", command.printer, command.kind, command.by, answer.reception, answer.detail)

    def _take(self, command: PersonCommand) -> Answer:
        if command.kind not in _OF_CAMERAS:
            return self.incidents.person(command)
        answer = self.of_camera(command)
        if answer.reception is Reception.TAKEN:
            self.told(command.printer, EventKind.CAMERA_CHECKED, f"{command.by}: {_OF_CAMERAS[command.kind]}")
        return answer

    def heard(self, report: PrinterReport) -> None:
        """Take in what a printer says of itself; of one that is not ours, for when it is."""
        if self._owning.is_ours(report.printer):
            self.pipeline.hear(report)
            self.incidents.reported(report)
        else:
            self.board.reported(report)

    def progressed(self, progress: PauseProgress) -> None:
        """Take in how far an agent has come."""
        if self._owning.is_ours(progress.printer):
            self.incidents.pause_progress(progress)

    def answered(self, result: PauseResult) -> None:
        """Take in what an agent has answered."""
        if self._owning.is_ours(result.printer):
            self.incidents.pause_result(result)

    def sent(self, message: Outgoing, delivery: Delivery) -> None:
        """Take in that a message has left the outbox."""
        self.inbound.later(lambda: self.incidents.delivered(message, delivery))

    def incident_changed(self, incident: Incident) -> None:
        """Take in a change of an incident."""
        self.board.incident(incident, self._clock.now())
        self.people.incident_changed(incident)

    def told(self, printer: str, kind: EventKind, detail: str) -> None:
        """Take in that people were told of a printer."""
        if self._config.knows(printer):
            self.incidents.happened(self._config.printer(printer), kind, self._clock.now(), detail)

    def standing_changed(self, standing: Standing) -> None:
        """Take in what people decided for a printer."""
        self.board.stand(standing, self._clock.now())
        self.pipeline.stand(standing)

    def camera_changed(self, status: CameraStatus) -> None:
        """Take in how a camera's connection is doing."""
        if status.state is not CameraState.CONNECTING:
            self.board.camera(status.printer, status.error, self._clock.now())
            self.pipeline.camera(status)
