/**
 * A stored frame as a picture on the page: upright, with the boxes that belong to it.
 */

import { drawUpright } from "../upright.js";
import { answerOf } from "./http.js";
import { ID, watched } from "./watch.js";

/** Where a stored frame lies. @param {number} takenAt unix seconds */
function frameUrl(takenAt) {
  return `/frame/${ID}/${takenAt.toFixed(3)}.jpg`;
}

/**
 * Draws a stored frame; ``data-taken-at`` says which one is drawn, ``data-missing`` that it is not stored any more.
 * When a canvas is asked for another one meanwhile, only the last is drawn.
 * @param {HTMLCanvasElement} canvas @param {number} takenAt @param {object[]} [boxes]
 */
export async function drawStored(canvas, takenAt, boxes = []) {
  const wanted = takenAt.toFixed(3);
  if (canvas.dataset.wanted === wanted) return;
  canvas.dataset.wanted = wanted;
  try {
    const jpeg = await (await answerOf(frameUrl(takenAt))).blob();
    if (canvas.dataset.wanted !== wanted) return;
    await drawUpright(canvas, jpeg, watched.printer?.rotate ?? 0, boxes);
    canvas.dataset.takenAt = wanted;
    delete canvas.dataset.missing;
  } catch (error) {
    console.info("no stored picture:", error.message);
    if (canvas.dataset.wanted !== wanted) return;
    delete canvas.dataset.wanted; // the next question may be answered
    canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    canvas.dataset.missing = wanted;
  }
}

const SOON_SEEN = { rootMargin: "600px" };

/** Does something with a picture once it nearly comes into view: a long list must not fetch hundreds at once. */
export function onlyWhenSeen(canvas, draw) {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    draw();
  }, SOON_SEEN);
  observer.observe(canvas);
}
