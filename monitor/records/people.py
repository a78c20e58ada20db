"""What people want, and what they are told. Times are unix seconds."""

from dataclasses import dataclass
from enum import StrEnum

from monitor.records.learning import Verdict


class PersonCommandKind(StrEnum):
    """What people can ask for on ``command``."""

    ACKNOWLEDGE = "acknowledge"
    FALSE_ALARM = "false_alarm"
    RESUME = "resume"
    PAUSE = "pause"
    MUTE = "mute"
    LET_PRINT = "let_print"  # no to what was asked, or to what is held: it may go on
    ARM = "arm"  # the printer is paused again, as cameras.yaml says
    DISARM = "disarm"  # shadow mode for this printer until it is armed again
    CONFIRM = "confirm"  # the incident is a failure indeed
    MISSED = "missed"  # a stored picture shows a failure that was not noticed
    UNACKNOWLEDGE = "unacknowledge"  # nobody takes care of it after all
    WITHDRAW = "withdraw"  # a verdict was a mistake
    CAMERA_RIGHT = "camera_right"  # the answer to whether a camera shows another printer: it does not
    CAMERA_PUT_RIGHT = "camera_put_right"  # it did, and was put right
    CAMERA_TOUCHED = "camera_touched"  # when it was cleaned, for example: it is checked anew


@dataclass(frozen=True, slots=True)
class PersonCommand:
    """What a person asked for; the payload of ``command`` on MQTT."""

    printer: str
    kind: PersonCommandKind
    by: str
    at: float
    minutes: float | None = None  # for mute
    reason: str = ""
    incident: str | None = None  # what is meant is this one and no other; None: the open one
    verdict: str | None = None  # for withdraw: this one; None: the newest that stands on the incident
    frame_taken_at: float | None = None  # for missed: the stored picture, by the second of its name
    id: str = ""  # of one that comes from another place (monitor/peers): it is done once, and answered
    expires_at: float | None = None  # such a one is refused when it comes later


class Reception(StrEnum):
    """How a person's word was taken."""

    TAKEN = "taken"
    KNOWN = "known"  # it is so already: nothing changes
    REFUSED = "refused"  # it does not fit what is the case now
    NOT_FOUND = "not-found"  # the incident, verdict or picture that it names does not exist


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person is told at once: whether the word was taken, and which verdict holds now."""

    reception: Reception
    detail: str = ""
    verdict: Verdict | None = None  # that holds on what was spoken of
    overruled: Verdict | None = None  # that stood until now, and stays in the history

    @property
    def counts(self) -> bool:
        """Whether anything was done because of it."""
        return self.reception is Reception.TAKEN


@dataclass(frozen=True, slots=True)
class Standing:
    """What people decided for a printer, and what holds until they decide otherwise, also after a restart."""

    printer: str
    armed: bool = True  # False: shadow mode
    muted_until: float | None = None
    let_print_job: str | None = None  # the job that a person wants to go on: this failure pauses it no second time


class NoticeStep(StrEnum):
    """What people are told; the ``step`` of a notice, and the words of ``people.tell`` in cameras.yaml."""

    OPENED = "opened"  # nobody pauses it but a person
    ASKED = "asked"  # it will be paused unless somebody says no
    HELD = "held"  # many at once: a person must say what it is
    PAUSED = "paused"
    PAUSE_FAILED = "pause-failed"
    CANNOT_PAUSE = "cannot-pause"  # noticed before anything has failed
    BLIND = "blind"  # it prints, and the camera shows nothing
    UNABLE = "unable"  # Vigie itself cannot judge, or cannot pause
    IMPAIRED = "impaired"  # something of Vigie does not work, and no print is in danger by that
    ABLE_AGAIN = "able-again"  # it works again

    @property
    def is_urgent(self) -> bool:
        """Whether somebody is woken for it."""
        return self in (NoticeStep.PAUSE_FAILED, NoticeStep.UNABLE)


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one contact about one step of an incident: written before it is sent, sent once."""

    id: str
    incident: str
    step: str
    contact: str
    due_at: float
    sent_at: float | None = None
    tries: int = 0
    detail: str = ""
