"""The guard against common causes, as it begins: which groups there are, and what this start has changed."""

from monitor.config.model import Config
from monitor.errors import StorageError
from monitor.fleet import FleetGuard, groups_of, settings_of
from monitor.history import HistoryReader
from monitor.records import StartNews


def guard_of(config: Config, history: HistoryReader, model_sha256: str, now: float) -> FleetGuard:
    """Return the guard for a configuration; it remembers when another detector decided the newest incident."""
    groups = groups_of(config) if config.fleet.guard else ()
    news = StartNews.ANOTHER_DETECTOR if _is_another_detector(history, model_sha256) else StartNews.STARTED
    return FleetGuard(groups, settings_of(config.fleet), now, news)


def _is_another_detector(history: HistoryReader, model_sha256: str) -> bool:
    try:
        last = history.incidents(limit=1)
    except StorageError:  # told elsewhere, and no reason not to start
        return False
    return bool(last) and last[0].model_sha256 != model_sha256
