"""How any printer is reached that listens to MQTT.

The text below a key completes the sentence "write ..." of its faults.
"""

from typing import Literal

from pydantic import model_validator

from monitor.config.section import Section
from monitor.config.values import Payload, Text, Topic, fault


class MqttControl(Section):
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
    state_path: str = ""  # empty: the payload itself is the state
    """the dotted path to the state inside a JSON payload, such as status.state"""
    printing: tuple[Text, ...] = ("printing",)
    """the list of states that mean printing"""
    pausing: tuple[Text, ...] = ("pausing",)
    """the list of states that mean pausing"""
    paused: tuple[Text, ...] = ("paused",)
    """the list of states that mean paused"""
    idle: tuple[Text, ...] = ("idle", "ready", "standby", "complete", "cancelled")
    """the list of states that mean idle"""
    error: tuple[Text, ...] = ("error", "failed")
    """the list of states that mean an error"""

    @model_validator(mode="after")
    def _resume_is_whole(self) -> "MqttControl":
        if bool(self.resume_topic) != bool(self.resume_payload):
            raise fault("has only one of resume_topic and resume_payload", "write both, or neither")
        return self
