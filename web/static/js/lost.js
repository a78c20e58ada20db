/**
 * Says in large letters that the server is gone: stale pictures must never look live.
 */

import { clock, duration, t } from "./words.js";

const CURTAIN = document.getElementById("lost");
const OLD = document.getElementById("lost-old");

/** Shows or hides the curtain. @param {boolean} isLost */
export function setLost(isLost) {
  document.body.dataset.link = isLost ? "lost" : "live";
  CURTAIN.hidden = !isLost;
}

/** Writes how old the news are. @param {number | null} lastNewsAt @param {number | null} now on the server's clock */
export function tickLost(lastNewsAt, now) {
  if (CURTAIN.hidden) return;
  OLD.textContent =
    lastNewsAt === null ? t("lost.never") : t("lost.old", { time: clock(lastNewsAt), age: duration(now - lastNewsAt) });
}
