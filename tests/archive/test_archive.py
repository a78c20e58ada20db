"""The one writer, against real files: full, damaged, killed and old ones too."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from monitor.archive import Archive, ArchiveReader
from monitor.archive.frames import Room
from monitor.archive.inbox import WAITING_BATCHES, WAITING_BYTES
from monitor.clock import ManualClock
from monitor.config.model import Storage
from monitor.errors import StorageError
from monitor.records import KeptFor, MarkKind, State, StateSpan
from tests.archive.support import OWN_S, T0, look, view

DAY_S = 86_400.0


@contextmanager
def running(folder: Path, clock: ManualClock, **storage: float) -> Iterator[Archive]:
    """Start an archive and stop it in the end."""
    archive = Archive(Storage.model_validate({"path": str(folder / "vigie.db"), **storage}), clock, reserve_bytes=0)
    archive.start()
    try:
        yield archive
    finally:
        archive.stop()


@pytest.fixture
def clock() -> ManualClock:
    """A clock at a full hour."""
    return ManualClock(T0)


def watch(
    archive: Archive, clock: ManualClock, seconds: int, jpeg: bytes = b"jpeg", state: State = State.WATCHING
) -> None:
    """Let a print be watched for so long, a picture a second."""
    since = clock.now() + 1
    for _ in range(seconds):
        now = clock.advance(1.0)
        look(archive.recorder, now, jpeg=jpeg)
        archive.recorder.tick([view(state=state, since=since)], now)
    assert archive.settle()


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path, clock: ManualClock) -> None:
    """Scores, states, hours, marks and frames; the time in between is a gap and not a state."""
    with running(tmp_path, clock) as archive:
        watch(archive, clock, 90)
        archive.recorder.job_started("p01", "cube", clock.now())
    clock.advance(600)
    with running(tmp_path, clock) as archive:
        watch(archive, clock, 60)
    reader = ArchiveReader(tmp_path / "vigie.db")
    assert 150 == len(reader.points("p01", T0, T0 + 900))
    assert [StateSpan(T0 + 1, T0 + 90, State.WATCHING), StateSpan(T0 + 691, T0 + 750, State.WATCHING)] == list(
        reader.states("p01", T0, T0 + 900)
    )
    (hour,) = reader.hours("p01", T0, T0 + 3600)
    assert (148, 148, 0, 150) == (hour.printing_s, hour.watched_s, hour.blind_s, hour.inspections)
    assert [(MarkKind.JOB_STARTED, "cube")] == [(mark.kind, mark.detail) for mark in reader.marks("p01", T0, T0 + 900)]
    assert [T0, T0 + 690] == list(reader.starts(T0, T0 + 900))
    frames = reader.frames("p01", T0, T0 + 900)
    assert [T0 + OWN_S, T0 + 60 + OWN_S, T0 + 720 + OWN_S] == [frame.taken_at for frame in frames]
    assert b"jpeg" == reader.frame("p01", T0 + 60 + OWN_S)


def test_a_kill_loses_half_a_minute_at_most(tmp_path: Path, clock: ManualClock) -> None:
    """What was handed over and written is there without any goodbye."""
    with running(tmp_path, clock) as archive:
        watch(archive, clock, 95)
        reader = ArchiveReader(tmp_path / "vigie.db")
        assert len(reader.points("p01", T0, T0 + 95)) >= 95 - 32 - 1


def test_states_of_a_time_are_cut_to_it(tmp_path: Path, clock: ManualClock) -> None:
    """A state that began before and goes on after fills the whole of the time."""
    with running(tmp_path, clock) as archive:
        watch(archive, clock, 60)
        watch(archive, clock, 60, state=State.BLIND)
        archive.recorder.flush(clock.now())
        assert archive.settle()
        assert [StateSpan(T0 + 20, T0 + 40, State.WATCHING)] == list(archive.reader.states("p01", T0 + 20, T0 + 40))
        assert [State.WATCHING, State.BLIND] == [span.state for span in archive.reader.states("p01", T0, T0 + 500)]


def test_a_printer_of_which_nothing_is_known_has_no_past(tmp_path: Path, clock: ManualClock) -> None:
    """Nothing, and no error: it may have been added a second ago."""
    with running(tmp_path, clock) as archive:
        watch(archive, clock, 40)
        assert [] == list(archive.reader.states("p02", T0, T0 + 40))
        assert [] == archive.reader.series("p02", T0, T0 + 40, 10)
        assert not archive.reader.knows("p02")
        assert archive.reader.knows("p01")


def test_old_scores_become_peaks_and_old_peaks_go(tmp_path: Path, clock: ManualClock) -> None:
    """After keep_scores_days the minutes' peaks are left, after keep_days nothing; hours go with them."""
    with running(tmp_path, clock, keep_scores_days=1, keep_days=3) as archive:
        watch(archive, clock, 120)
        clock.advance(2 * DAY_S)
        watch(archive, clock, 1)
        assert archive.settle()
        assert archive.settle()
        assert 0 == len(archive.reader.points("p01", T0, T0 + 3600))
        assert [T0 + 30, T0 + 90] == [bucket.at for bucket in archive.reader.series("p01", T0, T0 + 3600, 60)][:2]
        clock.advance(2 * DAY_S)
        watch(archive, clock, 1)
        assert archive.settle()
        assert archive.settle()
        assert [] == archive.reader.series("p01", T0, T0 + 3600, 60)
        assert [] == list(archive.reader.hours("p01", T0, T0 + 3600))
        assert [] == list(archive.reader.frames("p01", T0, T0 + 3600))
        assert archive.frame("p01", T0 + 1) is None


def test_a_wide_chart_reads_peaks_and_a_narrow_one_every_score(tmp_path: Path, clock: ManualClock) -> None:
    """Both show the same highest score, and no minute twice."""
    with running(tmp_path, clock) as archive:
        watch(archive, clock, 600)
        look(archive.recorder, clock.advance(1.0), score=0.97)
        clock.advance(3600)
        watch(archive, clock, 120)
        reader = archive.reader
        wide = reader.series("p01", T0, T0 + 6 * 3600, 100)
        narrow = reader.series("p01", T0, T0 + 6 * 3600, 4000)
        for found in (wide, narrow):
            assert pytest.approx(0.97, abs=0.001) == max(bucket.most for bucket in found)
        assert 4 == len(wide)
        assert len(narrow) > 100


def test_a_full_disk_stops_the_archive_alone_and_it_comes_back(tmp_path: Path, clock: ManualClock) -> None:
    """The problem names file and remedy; what was gathered meanwhile is written when there is room again."""
    with running(tmp_path, clock) as archive:
        watch(archive, clock, 40)
        limit = _fill(archive)
        for _ in range(40):  # SQLite finds room in its file for a while
            archive.recorder.job_started("p01", "a long name" * 1000, clock.now())
            watch(archive, clock, 30)
            if archive.problem:
                break
        assert "free space" in archive.problem
        assert "vigie-archive.db" in archive.problem
        _refill(archive, limit)
        watch(archive, clock, 40)
        assert "" == archive.problem
        archive.recorder.flush(clock.now())
        assert archive.settle()
        assert int(clock.now() - T0) == len(archive.reader.points("p01", T0, clock.now()))
        (hour,) = archive.reader.hours("p01", T0, T0 + 3600)
        assert int(clock.now() - T0) == hour.inspections


def test_the_archive_leaves_room_to_the_incidents(tmp_path: Path, clock: ManualClock) -> None:
    """Where the disk has less left than the reserve it stands still and says so, from the start on."""
    archive = Archive(Storage(path=str(tmp_path / "vigie.db")), clock, room=lambda _: Room(10**9, 10**7))
    archive.start()
    watch(archive, clock, 40)
    assert "for incidents: free at least 90 MB" in archive.problem
    assert 0 == len(archive.reader.points("p01", T0, T0 + 40))
    assert [] == list(archive.reader.frames("p01", T0, T0 + 40))
    archive.stop()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, clock: ManualClock) -> None:
    """A file stands where the folder should be: nothing is raised, all of it is told."""
    (tmp_path / "var").write_text("no folder")
    with running(tmp_path / "var", clock) as archive:
        watch(archive, clock, 40)
        assert "vigie-archive.db" in archive.problem
    with pytest.raises(StorageError, match="no archive there"):
        archive.reader.points("p01", T0, T0 + 40)


def test_a_damaged_file_is_set_aside_and_what_can_be_read_is_saved(tmp_path: Path, clock: ManualClock) -> None:
    """Nothing is deleted, a new file begins."""
    with running(tmp_path, clock) as archive:
        watch(archive, clock, 120)
    path = tmp_path / "vigie-archive.db"
    path.write_bytes(b"not a database at all" * 1000)
    with running(tmp_path, clock) as archive:
        watch(archive, clock, 60)
        assert "" == archive.problem
        assert 60 >= len(archive.reader.points("p01", T0, clock.now())) > 20
    assert 1 == len(list(tmp_path.glob("vigie-archive.db.damaged-*[0-9]")))


def test_a_row_that_cannot_be_read_is_a_gap_and_no_end(tmp_path: Path, clock: ManualClock) -> None:
    """The rest of the hour is shown, folded and thinned as ever."""
    with running(tmp_path, clock) as archive:
        watch(archive, clock, 120)
        with closing(sqlite3.connect(tmp_path / "vigie-archive.db")) as connection, connection:
            connection.execute("UPDATE score SET points = x'00ff' WHERE starts_ms = (SELECT min(starts_ms) FROM score)")
        clock.advance(2 * 3600)
        watch(archive, clock, 60)
        assert "" == archive.problem
        assert archive.reader.series("p01", T0, T0 + 3600, 60)


def test_frames_stay_within_their_bound_and_the_ordinary_go_first(tmp_path: Path, clock: ManualClock) -> None:
    """Ten frames fit: labelled ones stay, however old."""
    with running(tmp_path, clock, frames_gb=10 * 1000 / 1e9) as archive:
        watch(archive, clock, 60, jpeg=b"x" * 1000)
        archive.keep("p01", T0 + OWN_S)
        watch(archive, clock, 20 * 60, jpeg=b"x" * 1000)
        frames = archive.reader.frames("p01", T0, clock.now())
        assert 10 == len(frames)
        assert (T0 + OWN_S, KeptFor.VERDICT) == (frames[0].taken_at, frames[0].kept_for)
        assert frames[-1].taken_at > clock.now() - 60
        assert 10 == len(list((tmp_path / "vigie-frames" / "p01").iterdir()))
        assert archive.frame("p01", T0 + 60 + OWN_S) is None


def test_when_only_lasting_frames_are_left_it_is_told_what_to_change(tmp_path: Path, clock: ManualClock) -> None:
    """The bound holds for them too: the remedy is a person's."""
    with running(tmp_path, clock, frames_gb=2 * 1000 / 1e9) as archive:
        for second in (1, 61, 121):
            archive.keep("p01", T0 + second, b"x" * 1000, 0.9)
        assert archive.settle()
        assert archive.settle()
        assert 2 == len(archive.reader.frames("p01", T0, T0 + 200))
        assert "storage.frames_gb" in archive.problem


def test_a_label_stores_a_frame_that_was_not_kept(tmp_path: Path, clock: ManualClock) -> None:
    """The newest picture of the board is no stored one: who labels it hands it over."""
    with running(tmp_path, clock) as archive:
        archive.keep("p01", T0 + 0.1234, b"live", 0.4)
        archive.keep("p01", T0 + 9)  # not there, and not given
        assert archive.settle()
        (frame,) = archive.reader.frames("p01", T0, T0 + 10)
        assert (T0 + 0.123, 0.4, KeptFor.VERDICT, 4) == (frame.taken_at, frame.score, frame.kept_for, frame.size_bytes)
        assert b"live" == archive.frame("p01", T0 + 0.1234)


def test_no_frames_are_kept_where_none_are_wanted(tmp_path: Path, clock: ManualClock) -> None:
    """frames_gb: 0, for a farm whose pictures must not be stored; scores are."""
    with running(tmp_path, clock, frames_gb=0) as archive:
        watch(archive, clock, 90)
        assert [] == list(archive.reader.frames("p01", T0, T0 + 90))
        assert "" == archive.problem
        assert len(archive.reader.points("p01", T0, T0 + 90)) >= 59


def test_a_file_that_no_row_knows_is_deleted_at_the_next_start(tmp_path: Path, clock: ManualClock) -> None:
    """A kill came between the two: the bound must count all there is."""
    with running(tmp_path, clock) as archive:
        watch(archive, clock, 15)
    stray = tmp_path / "vigie-frames" / "p01" / "1234.jpg"
    stray.write_bytes(b"x")
    with running(tmp_path, clock) as archive:
        watch(archive, clock, 5)
        assert not stray.exists()
        assert b"jpeg" == archive.frame("p01", T0 + OWN_S)


def test_what_waits_is_bounded_and_counted(tmp_path: Path, clock: ManualClock) -> None:
    """A writer that does not come to it loses the oldest scores and the newest frames, and memory stays."""
    archive = Archive(Storage(path=str(tmp_path / "vigie.db")), clock, reserve_bytes=0)
    for _ in range(WAITING_BATCHES + 5):
        archive.recorder.flush(clock.advance(30.0))
    assert 5 == archive.inbox.lost_batches
    half = b"x" * (WAITING_BYTES // 2 + 1)
    archive.keep("p01", T0, half)
    archive.keep("p01", T0 + 1, half)
    assert 1 == archive.inbox.lost_frames
    archive.start()
    assert archive.settle()
    assert "1 frames and 5 half minutes" in archive.problem
    clock.advance(700)
    assert archive.settle()
    assert "" == archive.problem
    archive.stop()


@pytest.mark.parametrize("printer", ["..", "../p01", "/etc", "P01", "a" * 64, "p01/..", "", "p\x0001"])
def test_no_id_leads_out_of_the_folder(tmp_path: Path, clock: ManualClock, printer: str) -> None:
    """Whatever is asked for or handed over, nothing outside is read or written."""
    secret = tmp_path / "1585000801000.jpg"
    secret.write_bytes(b"secret")
    with running(tmp_path, clock) as archive:
        assert archive.frame(printer, T0 + 1) is None
        archive.keep(printer, T0 + 1, b"mine")
        assert archive.settle()
        assert b"secret" == secret.read_bytes()
        assert [] == list((tmp_path / "vigie-frames").rglob("*.jpg"))


def _fill(archive: Archive) -> int:
    """Make the disk full: SQLite refuses to grow its file by a single page. Return the limit of before."""
    connection = archive._connection
    assert connection is not None
    (limit,) = connection.execute("PRAGMA max_page_count").fetchone()
    connection.execute("PRAGMA max_page_count = 1")
    return int(limit)


def _refill(archive: Archive, limit: int) -> None:
    connection = archive._connection
    assert connection is not None
    connection.execute(f"PRAGMA max_page_count = {limit}")
