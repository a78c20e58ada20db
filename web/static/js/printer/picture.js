/**
 * Canvases that show the newest picture: drawn upright, and only while somebody can see them.
 */

import { drawBitmap } from "../upright.js";
import { onPicture } from "./watch.js";

/** Lets a canvas show every new picture, without boxes; its holder learns the picture's shape as ``--ratio``. */
export function onNewPicture(canvas) {
  let isSeen = false;
  let isDrawn = false;
  new IntersectionObserver((entries) => {
    isSeen = entries.at(-1).isIntersecting;
  }).observe(canvas);
  onPicture((bitmap, printer) => {
    if (isDrawn && !isSeen) return;
    drawBitmap(canvas, bitmap, printer.rotate, []);
    canvas.parentElement.style.setProperty("--ratio", canvas.width / canvas.height);
    canvas.dataset.drawn = "true";
    isDrawn = true;
  });
}
