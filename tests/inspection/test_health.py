"""Image health: what cannot be trusted is told apart, and what can is never refused."""

import cv2
import numpy as np
import pytest

from monitor.config.model import FilesCamera, MjpegCamera, SnapshotCamera
from monitor.decode import decode
from monitor.health import HealthCheck, Limits, judge_picture
from monitor.health.placeholders import KNOWN, signature
from monitor.last_looks import LastLooks, limits_for
from monitor.looking import Inspection
from monitor.records import Health, Observation
from tests.inspection.pictures import Pixels, frame, jpeg, pixels, plain, scene
from tests.support import require_real_images

LIMITS = Limits()


def judged(image: Pixels) -> Health:
    """Health of a picture as a camera would send it."""
    return judge_picture(decode(jpeg(image), (96, 128)).sample, LIMITS)


def noisy(levels: Pixels, gain: float = 1.0, offset: float = 0.0, sigma: float = 4.0) -> Pixels:
    """Change the light, then add a sensor's noise."""
    noise = np.random.default_rng(7).normal(0, sigma, levels.shape)
    return pixels(levels.astype(np.float64) * gain + offset + noise)


def covered(image: Pixels) -> Pixels:
    """The picture through a cover in front of the lens: nothing but soft light."""
    height, width = image.shape[:2]
    small = cv2.GaussianBlur(
        cv2.resize(image, (width // 8, height // 8), interpolation=cv2.INTER_AREA), (0, 0), width / 48
    )
    return noisy(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.uint8))


def written(background: int, ink: int, text: str = "CAMERA OFFLINE") -> Pixels:
    """A placeholder as servers draw them."""
    image = plain(background, 640, 480)
    cv2.putText(image, text, (140, 250), cv2.FONT_HERSHEY_SIMPLEX, 1.3, (ink,) * 3, 3)
    return image


def no_signal() -> Pixels:
    """ustreamer's picture, redrawn: letters in the middle quarter of a black frame."""
    image = plain(0, 640, 480)
    cv2.putText(image, "NO SIGNAL", (196, 262), cv2.FONT_HERSHEY_DUPLEX, 1.55, (170,) * 3, 3)
    return image


@pytest.mark.parametrize("seed", range(5))
def test_lit_scene_is_ok(seed: int) -> None:
    """The everyday picture."""
    assert Health.OK is judged(scene(seed))


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_coloured_light_is_ok(channel: int) -> None:
    """A chamber lit in one colour has low grey levels, and is seen well."""
    image = scene(2)
    image[..., [c for c in range(3) if c != channel]] //= 16
    assert Health.OK is judged(image)


def test_grey_night_picture_is_ok() -> None:
    """Infrared cameras send grey, with less light and more noise."""
    grey = cv2.cvtColor(cv2.cvtColor(scene(3), cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    assert Health.OK is judged(noisy(grey.astype(np.uint8), gain=0.4, sigma=8))


def test_plain_bed_with_edges_is_ok() -> None:
    """An empty bed is no covered lens: it has edges."""
    image = plain(60, 640, 480)
    cv2.fillConvexPoly(image, np.array([[100, 440], [540, 440], [470, 180], [170, 180]]), (95, 90, 85))
    assert Health.OK is judged(noisy(image))


def test_too_little_light_is_dark() -> None:
    """A tenth of the light leaves noise."""
    assert Health.DARK is judged(noisy(scene(4), gain=0.1))


def test_black_is_dark() -> None:
    """A picture of nothing but black is dark before it is blocked."""
    assert Health.DARK is judged(plain(0, 640, 480))


def test_a_status_light_does_not_light_a_room() -> None:
    """One bright spot in the dark shows nothing of the print."""
    image = noisy(plain(2, 640, 480), sigma=3)
    cv2.circle(image, (500, 100), 12, (255, 255, 255), -1)
    assert Health.DARK is judged(image)


def test_burnt_out_picture_is_over_exposed() -> None:
    """More than half of it is white."""
    assert Health.OVER_EXPOSED is judged(noisy(scene(5), gain=2.0, offset=110))


@pytest.mark.parametrize("level", [60, 120, 200])
def test_covered_lens_is_blocked(level: int) -> None:
    """A hand, a tape, a fallen cover: soft light and nothing sharp."""
    assert Health.BLOCKED is judged(covered(scene(6, level=level)))


def test_exactly_uniform_grey_is_blocked() -> None:
    """A flat picture without any writing shows nothing either."""
    assert Health.BLOCKED is judged(plain(128, 640, 480))


@pytest.mark.parametrize(("background", "ink"), [(128, 255), (255, 0), (60, 220), (200, 20)])
def test_writing_on_a_flat_background_is_a_placeholder(background: int, ink: int) -> None:
    """Nobody's printer stands in front of an exactly even wall."""
    assert Health.PLACEHOLDER is judged(written(background, ink))


def test_small_letters_in_the_corners_are_a_placeholder() -> None:
    """motion writes "UNABLE TO OPEN VIDEO DEVICE" and the time at the edges of a grey picture."""
    image = plain(128, 640, 480)
    for text, place in (("UNABLE TO OPEN VIDEO DEVICE", (10, 18)), ("2026-11-21 02:02:11", (470, 472))):
        cv2.putText(image, text, place, cv2.FONT_HERSHEY_PLAIN, 0.9, (0, 0, 0), 3)
        cv2.putText(image, text, place, cv2.FONT_HERSHEY_PLAIN, 0.9, (255, 255, 255), 1)
    assert Health.PLACEHOLDER is judged(image)


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (320, 240)])
def test_no_signal_on_black_is_known_at_any_size(size: tuple[int, int]) -> None:
    """ustreamer's frame is a placeholder, and not a dark room."""
    assert Health.PLACEHOLDER is judged(cv2.resize(no_signal(), size).astype(np.uint8))


def test_unknown_writing_on_black_is_untrusted_all_the_same() -> None:
    """It may be a lit display in a dark room: dark, and never OK."""
    assert Health.DARK is judged(written(0, 255, "offline"))


def test_every_known_placeholder_has_a_signature_of_its_own() -> None:
    """An empty signature would match every even picture."""
    assert len(KNOWN) == len({known.signature for known in KNOWN})
    assert all(known.signature.bit_count() >= 8 for known in KNOWN)
    assert 0 == signature(plain(128, 80, 60))


def test_unchanged_pixels_are_frozen_after_the_time_and_not_before() -> None:
    """Fresh time stamps do not make an old picture fresh."""
    check = HealthCheck(LIMITS)
    verdicts = [check.check(7, Health.OK, 1000.0 + t) for t in (0, 1, 29.9, 30, 300)]
    assert [Health.OK, Health.OK, Health.OK, Health.FROZEN, Health.FROZEN] == verdicts


def test_frozen_is_the_same_at_any_rate() -> None:
    """Seconds count, not pictures: 15 a second for 29 s are no freeze, two in 30 s are."""
    fast, slow = HealthCheck(LIMITS), HealthCheck(LIMITS)
    assert {Health.OK} == {fast.check(7, Health.OK, t / 15) for t in range(29 * 15)}
    assert [Health.OK, Health.FROZEN] == [slow.check(7, Health.OK, t) for t in (0.0, 30.0)]


def test_one_new_picture_ends_the_freeze() -> None:
    """A camera that lives again is trusted at once."""
    check = HealthCheck(LIMITS)
    assert Health.OK is [check.check(d, Health.OK, t) for d, t in ((7, 0.0), (7, 60.0), (8, 61.0))][-1]


def test_repeated_frames_of_a_living_stream_are_not_frozen() -> None:
    """ustreamer repeats its last frame once in a while."""
    check = HealthCheck(LIMITS)
    assert {Health.OK} == {check.check(t // 8, Health.OK, float(t)) for t in range(200)}


def test_a_dark_picture_that_stands_still_is_dark() -> None:
    """The picture's own fault is what a technician can mend."""
    check = HealthCheck(LIMITS)
    assert Health.DARK is [check.check(7, Health.DARK, t) for t in (0.0, 60.0)][-1]


def test_slow_cameras_have_time() -> None:
    """A snapshot a minute may stay the same for three of them."""
    assert 180 == limits_for(SnapshotCamera(type="snapshot", url="http://c/s.jpg", every_s=60)).frozen_after_s
    assert 30 == limits_for(SnapshotCamera(type="snapshot", url="http://c/s.jpg", every_s=1)).frozen_after_s
    assert 300 == limits_for(FilesCamera(type="files", path="x", frames_per_s=0.01)).frozen_after_s
    assert 30 == limits_for(MjpegCamera(type="mjpeg", url="http://c/stream")).frozen_after_s


def test_every_printer_keeps_its_own_check_and_limits() -> None:
    """The same bytes for a minute freeze one camera, and not the one that is slow on purpose."""
    last_looks = LastLooks({"slow": Limits(frozen_after_s=180)})
    verdicts = {p: [settled(last_looks, p, t) for t in (0.0, 60.0)][-1] for p in ("slow", "fast")}
    assert {"slow": Health.OK, "fast": Health.FROZEN} == verdicts


def settled(last_looks: LastLooks, printer: str, at: float) -> Health:
    """Health of a picture that was fine by itself, with the same bytes each time."""
    seen = Inspection(frame(b"", printer, at), Observation(printer, at, Health.OK, 0.1), None, digest=7)
    return last_looks.settled(seen).observation.health


def test_real_pictures_are_ok() -> None:
    """Pictures of real printers are trusted; made dark, burnt out or covered, none is."""
    files = sorted((require_real_images() / "train").rglob("*.jpg"))[::40]
    images = [image.astype(np.uint8) for file in files if (image := cv2.imread(str(file))) is not None]
    assert {Health.OK} == {judged(image) for image in images}
    assert {Health.DARK} == {judged(noisy(image, gain=0.1, sigma=3)) for image in images}
    assert {Health.BLOCKED} == {judged(covered(image)) for image in images}
    assert {Health.OVER_EXPOSED} == {judged(noisy(image, gain=2, offset=260)) for image in images}
