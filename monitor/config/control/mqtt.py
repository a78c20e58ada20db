"""How any printer is reached that listens to MQTT.

The text below a key completes the sentence "write ..." of its faults.
"""

from typing import Literal

from pydantic import model_validator

from monitor.config.control.words import StateWords
from monitor.config.values import Payload, Topic, fault


class MqttControl(StateWords):
    """Any printer that is paused by a message: topics and payloads as templates.

    Templates may use ``{printer}`` and ``{site}``; payloads also ``{id}`` (of the command) and ``{incident}``.
    """

    type: Literal["mqtt"]
    pause_topic: Topic
    """the topic that pauses the printer, such as shop/{printer}/command"""
    pause_payload: Payload
    """the payload that pauses the printer, such as pause"""
    resume_topic: Topic = ""
    """the topic that resumes the printer, such as shop/{printer}/command"""
    resume_payload: Payload = ""
    """the payload that resumes the printer, such as resume"""
    state_topic: Topic
    """the topic on which the printer tells its state, such as shop/{printer}/state"""

    @model_validator(mode="after")
    def _resume_is_whole(self) -> "MqttControl":
        if bool(self.resume_topic) != bool(self.resume_payload):
            raise fault("has only one of resume_topic and resume_payload", "write both, or neither")
        return self
