"""A message, and what became of it."""

from dataclasses import dataclass
from enum import StrEnum

from paho.mqtt.reasoncodes import ReasonCode

NO_MATCHING_SUBSCRIBERS = 0x10  # MQTT 5, 3.4.2.1


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it arrives, or as it is to be sent (will and birth)."""

    topic: str
    payload: bytes
    retain: bool = False
    qos: int = 1


class DeliveryOutcome(StrEnum):
    """What became of a published message."""

    DELIVERED = "delivered"  # the broker has it
    NO_SUBSCRIBERS = "no subscribers"  # the broker has it and said that nobody listens (MQTT 5 only)
    FAILED = "failed"  # the broker refused it, or it was never sent


@dataclass(frozen=True, slots=True)
class Delivery:
    """The broker's answer to a message, with the reason in words when it failed."""

    outcome: DeliveryOutcome
    reason: str = ""


STOPPED = Delivery(DeliveryOutcome.FAILED, "the link was stopped before the broker had acknowledged")
SUPERSEDED = Delivery(DeliveryOutcome.FAILED, "a newer message took its place")
NOT_SENT = Delivery(DeliveryOutcome.FAILED, "no connection to the broker: it was not sent")


def unanswered(within_s: float) -> Delivery:
    """Return what became of a message that was taken back."""
    return Delivery(DeliveryOutcome.FAILED, f"the broker did not acknowledge it within {within_s:g} s")


def delivery_of(code: ReasonCode) -> Delivery:
    """Translate the reason code of a PUBACK."""
    if code.is_failure:
        return Delivery(DeliveryOutcome.FAILED, str(code))
    if code.value == NO_MATCHING_SUBSCRIBERS:
        return Delivery(DeliveryOutcome.NO_SUBSCRIBERS, "nobody listens on this topic")
    return Delivery(DeliveryOutcome.DELIVERED)
