"""Every error that Vigie raises on purpose, drawn as one tree.

    VigieError
    ├── ConfigError            cameras.yaml cannot be used; carries all faults
    │   ├── ConfigChanged      it was changed by somebody else meanwhile: look again
    │   └── ConfigRefused      what is to be written into it would be wrong
    ├── CameraError            a camera gave no picture
    │   ├── CameraUnreachable  no connection, or it broke
    │   ├── CameraRefused      the camera answered, but refuses: credentials, 404, HTML instead of a picture
    │   ├── CameraSilent       connected, but no frame within the time allowed
    │   └── BadFrame           the bytes are not a picture that can be decoded
    ├── DetectorError
    │   ├── ModelMissing       the model file or its description is not there
    │   ├── ModelMismatch      the file's hash or its inputs differ from its description
    │   └── PoolAway           the model server does not answer as it should
    ├── BrokerError            the MQTT broker cannot be reached or refuses us
    ├── BadPayload             an MQTT message is not of the contract
    │   └── NewerPayload       or of a later contract than ours: a newer Vigie has sent it
    ├── PrinterError           a printer's control interface
    │   ├── PrinterUnreachable no answer
    │   └── PrinterRejected    it answered, and said no
    ├── StorageError           the database
    │   ├── StorageFull        no space left, or read-only
    │   ├── StorageDamaged     the file is not a database that we can read
    │   └── StorageInUse       another monitor keeps its incidents in the same file
    ├── ClusterError           sharing printers among several monitors
    │   ├── ClusterAway        its servers do not answer: whether something was written is not known
    │   ├── NotOwner           the printer is another node's now
    │   └── NodeNameTaken      another node of the same name is at work
    ├── BridgeRefused          no bridge between a site and the hub can be written of this
    ├── BadPeriod              no report can be made of this span of time
    ├── NotTold                a message could not be handed over to those who carry it to people
    ├── Refused                people, log-in, tokens: what was asked for is not allowed; names the reason
    └── PortInUse              another process listens where we want to

Library exceptions are translated once, in the room that wraps the library, with ``raise ... from exc``.
A message says what, where and what to do.
"""

from enum import StrEnum


class VigieError(Exception):
    """Root of the tree; ``except VigieError`` catches everything that we foresaw."""


class ConfigError(VigieError):
    """The configuration cannot be used; ``str()`` lists every fault, one a line."""


class ConfigChanged(ConfigError):
    """The file is not the one any more that the wish was about."""


class ConfigRefused(ConfigError):
    """An edit would make the file wrong; nothing was written. ``faults``: each :class:`monitor.config.faults.Fault`."""

    def __init__(self, message: str, faults: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class CameraError(VigieError):
    """A camera gave no picture."""


class CameraUnreachable(CameraError):
    """No connection to the camera, or it broke."""


class CameraRefused(CameraError):
    """The camera answered, but not with pictures: wrong credentials, wrong path, an HTML page."""


class CameraSilent(CameraError):
    """Connected, but no frame came within the time allowed."""


class BadFrame(CameraError):
    """The bytes are not a picture that can be decoded."""


class DetectorError(VigieError):
    """The detector cannot be loaded or run."""


class ModelMissing(DetectorError):
    """The model file or its description is not there."""


class ModelMismatch(DetectorError):
    """The model file differs from its description: another hash, other inputs or outputs."""


class PoolAway(DetectorError):
    """The model server does not answer, not in time, or with something else than it should."""


class BrokerError(VigieError):
    """The MQTT broker cannot be reached or refuses us."""


class BadPayload(VigieError):
    """An MQTT message is not of the contract; says which part of it."""


class NewerPayload(BadPayload):
    """An MQTT message has a schema above ours: whoever sends it is newer than this Vigie."""


class PrinterError(VigieError):
    """A printer's control interface failed."""


class PrinterUnreachable(PrinterError):
    """The printer's control interface does not answer."""


class PrinterRejected(PrinterError):
    """The printer's control interface answered, and said no."""


class StorageError(VigieError):
    """The database failed."""


class StorageFull(StorageError):
    """Nothing can be written: no space left, or the place is read-only."""


class StorageDamaged(StorageError):
    """The file is not a database that this version can read."""


class StorageInUse(StorageError):
    """Another monitor keeps its incidents in the same file."""


class ClusterError(VigieError):
    """Sharing printers among several monitors failed."""


class ClusterAway(ClusterError):
    """The cluster's servers do not answer; whether something was written is not known."""


class NotOwner(ClusterError):
    """The printer is not ours, or not any more."""


class NodeNameTaken(ClusterError):
    """Another node of the same name is at work."""


class BridgeRefused(VigieError):
    """No bridge can be written: an unknown site, a name that no topic takes, files that are not ours."""


class BadPeriod(VigieError):
    """No report can be made of this span of time: it ends before it begins, is too long, or its zone is unknown."""


class NotTold(VigieError):
    """A message to people could not be handed over."""


class Refusal(StrEnum):
    """Why something about people, log-in, tokens or links was refused; the pages say it in the reader's language."""

    WRONG = "wrong"  # name or password: which of them is not told
    TOO_OFTEN = "too-often"
    BAD_NAME = "bad-name"
    NAME_TAKEN = "name-taken"
    UNKNOWN = "unknown"
    PASSWORD_LENGTH = "password-length"  # noqa: S105  # a reason
    PASSWORD_EASY = "password-easy"  # noqa: S105
    LAST_ADMINISTRATOR = "last-administrator"
    LINK_SPENT = "link-spent"
    NO_SCOPE = "no-scope"
    TOO_MUCH = "too-much"
    TOO_MANY = "too-many"


class Refused(VigieError):
    """Something about people, log-in, tokens or links is not allowed."""

    def __init__(self, reason: Refusal, detail: str, wait_s: float = 0.0) -> None:
        """``wait_s``: until it may be tried again, with ``TOO_OFTEN``."""
        super().__init__(detail)
        self.reason = reason
        self.wait_s = wait_s


class PortInUse(VigieError):
    """Another process already listens on the address."""
