"""The wall's bench says something true; how fast the wall is says the bench itself, not a test."""

from monitor.bench.wall import measure_wall, soak


def test_viewers_in_another_process_see_what_the_server_is_told() -> None:
    """Quick viewers get every picture once, the slow one fewer, and nobody an older one after a newer."""
    found = measure_wall(tiles=6, frames_per_s=4, viewers=2, seconds=1.0, slow_bytes_per_s=20_000, warm_up_s=0.5)
    assert found.slow is not None
    assert 0 == found.quick.steps_back == found.slow.steps_back
    assert found.quick.pictures_per_s > found.slow.pictures_per_s
    assert found.quick.bytes_per_s > 20_000
    assert {"cpu_percent", "age_p99_s", "slow_age_p50_s"} <= found.as_json().keys()


def test_hours_pass_in_less_time() -> None:
    """The soak counts what it let pass."""
    assert 4 * 2 * 360 == soak(tiles=4, frames_per_s=2, viewers=1, hours=0.1).pictures
