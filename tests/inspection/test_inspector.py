"""The inspector: one observation a frame, in order, whatever the neighbours are."""

import cv2
import numpy as np
import pytest

from monitor.config.model import PrinterSettings, Region
from monitor.detector import Detector
from monitor.inspector import Inspector
from monitor.last_looks import LastLooks
from monitor.records import FailureClass, Health
from tests.inspection.pictures import frame, jpeg, plain, scene


def inspector(detector: Detector, **settings: PrinterSettings) -> Inspector:
    """Return an inspector with a batch of 3 for printers with these settings."""
    return Inspector(detector, settings, batch_size=3)


def test_observations_keep_the_frames_order_and_times(detector: Detector) -> None:
    """Seven frames of two cameras in batches of three."""
    frames = [frame(jpeg(scene(i, level=30 + 20 * i)), f"p{i % 2}", 100.0 + i, i) for i in range(7)]
    inspections = inspector(detector).inspect(frames)
    assert frames == [i.frame for i in inspections]
    assert [(f.printer, f.taken_at) for f in frames] == [
        (i.observation.printer, i.observation.taken_at) for i in inspections
    ]
    scores = [i.observation.score or 0.0 for i in inspections]
    assert sorted(scores) == scores
    assert scores[0] + 0.2 < scores[-1]


def test_bad_frame_is_unreadable_and_spoils_nothing(detector: Detector) -> None:
    """HTML and half a picture between two good ones."""
    good, html, half = jpeg(scene(1)), b"<html>", jpeg(scene(2))[:9000]
    whole = inspector(detector).inspect([frame(good)])[0].observation.score
    inspections = inspector(detector).inspect([frame(data, f"p{i}") for i, data in enumerate((html, good, half, good))])
    observations = [i.observation for i in inspections]
    assert [Health.UNREADABLE, Health.OK, Health.UNREADABLE, Health.OK] == [o.health for o in observations]
    assert [None, whole, None, whole] == [o.score for o in observations]
    assert inspections[0].tile_jpeg is None
    assert "HTML" in inspections[0].observation.detail


def test_untrusted_picture_has_a_tile_and_no_score(detector: Detector) -> None:
    """People see how dark it is; the judge does not see a number."""
    dark, lit = inspector(detector).inspect([frame(jpeg(plain(3, 640, 480)), "a"), frame(jpeg(scene()), "b")])
    assert (Health.DARK, None) == (dark.observation.health, dark.observation.score)
    assert not dark.observation.is_trusted
    assert lit.observation.is_trusted
    assert dark.tile_jpeg is not None
    assert dark.tile_jpeg[:2] == b"\xff\xd8"


def test_untrusted_picture_is_scored_for_those_who_measure(detector: Detector) -> None:
    """With ``score_unhealthy`` a dark picture keeps its health and has a score, and still is not trusted."""
    measuring = Inspector(detector, {}, score_unhealthy=True)
    seen = measuring.inspect([frame(jpeg(plain(3, 640, 480)))])[0].observation
    assert Health.DARK is seen.health
    assert pytest.approx(3 / 255, abs=0.005) == seen.score
    assert not seen.is_trusted


def test_picture_whose_lower_part_is_missing_is_unreadable(detector: Detector) -> None:
    """Cut off on the way and closed by an end marker, it decodes: half of it is the decoder's invention."""
    data = jpeg(scene())
    cut = frame(data[: len(data) // 2] + b"\x00\xff\xd9")
    (inspection,) = inspector(detector).inspect([cut])
    assert (Health.UNREADABLE, None) == (inspection.observation.health, inspection.observation.score)
    assert "missing" in inspection.observation.detail
    assert inspection.tile_jpeg is not None
    measured = Inspector(detector, {}, score_unhealthy=True).inspect([cut])[0].observation
    assert Health.UNREADABLE is measured.health
    assert measured.score is not None


@pytest.mark.parametrize(("top", "bottom"), [(0, 0), (255, 255), (128, 128), (90, 0)])
def test_drawn_bars_are_not_missing_parts(detector: Detector, top: int, bottom: int) -> None:
    """Letterboxed pictures are whole."""
    image = scene()
    image[:60], image[-60:] = top, bottom
    (inspection,) = inspector(detector).inspect([frame(jpeg(image))])
    assert Health.OK is inspection.observation.health


def test_frozen_is_judged_by_printer(detector: Detector) -> None:
    """The same bytes from two cameras freeze neither; from one, for 30 s, they freeze that one."""
    looking, data = inspector(detector), jpeg(scene())
    looking.inspect([frame(data, "a", 0.0), frame(data, "b", 29.0)])
    later = looking.inspect([frame(data, "a", 31.0), frame(data, "b", 32.0)])
    assert [Health.FROZEN, Health.OK] == [i.observation.health for i in later]


def test_inspectors_share_what_cameras_showed_last(detector: Detector) -> None:
    """A camera that is inspected by another worker the next time is the same camera."""
    last_looks, data = LastLooks(), jpeg(scene())
    one, other = (Inspector(detector, {}, last_looks) for _ in range(2))
    one.inspect([frame(data, "a", 0.0)])
    assert Health.FROZEN is other.inspect([frame(data, "a", 31.0)])[0].observation.health


def test_region_and_rotation_of_each_printer_are_used(detector: Detector) -> None:
    """Two printers before one camera: the left half is bright, the right half dim."""
    image = scene(1, level=60)
    image[:, :320] = cv2.add(image[:, :320], np.full_like(image[:, :320], 120))
    left = PrinterSettings(region=Region(width=0.5))
    turned = PrinterSettings(rotate=180, region=Region(width=0.5))
    data = jpeg(image)
    inspections = inspector(detector, left=left, turned=turned).inspect([frame(data, "left"), frame(data, "turned")])
    bright, dim = (i.observation.score for i in inspections)
    assert bright is not None
    assert dim is not None
    assert bright > dim + 0.3


def test_boxes_are_fractions_of_the_whole_view(detector: Detector) -> None:
    """A bright part in the middle of the region is boxed where it lies in the whole picture."""
    image = scene(1, level=40)
    image[360:420, 480:560] = 255  # 75 % to 87.5 % of both axes
    region = PrinterSettings(region=Region(x=0.5, y=0.5, width=0.5, height=0.5))
    (inspection,) = inspector(detector, p1=region).inspect([frame(jpeg(image))])
    box = max(inspection.observation.boxes, key=lambda b: b.score)
    assert FailureClass.SPAGHETTI is box.failure_class
    assert pytest.approx((0.75, 0.75, 0.125, 0.125), abs=0.07) == (box.x, box.y, box.width, box.height)


def test_no_frames_give_no_inspections(detector: Detector) -> None:
    """An idle farm."""
    assert [] == inspector(detector).inspect([])


def test_without_a_detector_pictures_are_checked_and_shown_but_not_scored() -> None:
    """A missing model leaves people their eyes; nothing is trusted."""
    looking = Inspector(None, {}, batch_size=2)
    inspections = looking.inspect([frame(jpeg(scene(i)), f"p{i}") for i in range(3)])
    assert [Health.OK] * 3 == [i.observation.health for i in inspections]
    assert not any(i.observation.is_trusted for i in inspections)
    assert all(i.tile_jpeg for i in inspections)
