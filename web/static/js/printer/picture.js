/**
 * Canvases that show the newest picture: drawn upright, and only while somebody can see them.
 */

import { drawBitmap, drawUpright } from "../upright.js";
import { onPicture, watched } from "./watch.js";

/**
 * Lets a canvas show every new picture, without boxes; its holder learns the picture's shape as ``--ratio``.
 * @param {HTMLCanvasElement} canvas
 * @param {(printer: object) => number} [rotateOf] degrees clockwise
 * @returns {() => Promise<void>} draws the newest one anew
 */
export function onNewPicture(canvas, rotateOf = (printer) => printer.rotate) {
  let isSeen = false;
  let isDrawn = false;
  const shape = () => canvas.parentElement.style.setProperty("--ratio", canvas.width / canvas.height);
  new IntersectionObserver((entries) => {
    isSeen = entries.at(-1).isIntersecting;
  }).observe(canvas);
  onPicture((bitmap, printer) => {
    if (isDrawn && !isSeen) return;
    drawBitmap(canvas, bitmap, rotateOf(printer), []);
    shape();
    canvas.dataset.drawn = "true";
    isDrawn = true;
  });
  return async () => {
    if (watched.jpeg === null) return;
    await drawUpright(canvas, watched.jpeg, rotateOf(watched.printer), []);
    shape();
  };
}
