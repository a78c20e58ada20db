"""Whether a monitor shares its printers with others; what it takes is loaded only then."""

from typing import TYPE_CHECKING

from monitor.clock import Clock
from monitor.config.model import Config

if TYPE_CHECKING:
    from monitor.sharing.life import Life


def join(config: Config, clock: Clock) -> "Life | None":
    """Return the life in a cluster, not begun yet; None where cameras.yaml names none.

    Raises ClusterError when what it takes is not installed.
    """
    if config.cluster is None:
        return None
    from monitor.cluster.joining import keeper_of  # noqa: PLC0415  # a farm without a cluster does not need it
    from monitor.sharing.life import Life  # noqa: PLC0415

    return Life(keeper_of(config, config.cluster, clock), clock)
