/**
 * The stored pictures around a failure, as a strip: what was seen before it was decided, and after.
 */

import { t } from "../words.js";
import { framesBetween } from "./frames.js";
import { made } from "./made.js";
import { drawStored } from "./stored.js";
import { signed } from "./times.js";
import { showFrame } from "./viewer.js";

const BEFORE_S = 15;
const AFTER_S = 45;
const AT_MOST = 8;
const WRITTEN_AFTER_S = 60; // pictures reach the disk a while after they were taken

/** Fills a strip, also anew; under a focus it stays as it is. @param {HTMLOListElement} list @param {number} decidedAt */
export async function fillStrip(list, decidedAt) {
  try {
    const { frames } = await framesBetween(decidedAt - BEFORE_S, decidedAt + AFTER_S);
    const newest = String(frames.at(-1)?.taken_at ?? "");
    if (list.dataset.newest === newest || list.contains(document.activeElement)) return;
    list.dataset.newest = newest;
    list.replaceChildren(...spread(frames).map((frame) => item(frame, frames, decidedAt)));
    list.hidden = frames.length === 0;
  } catch (error) {
    console.info("no strip:", error.message);
  }
}

/** Whether more pictures of that time may still be stored. @param {number} decidedAt @param {number} now */
export function mayGrow(decidedAt, now) {
  return now - decidedAt < AFTER_S + WRITTEN_AFTER_S;
}

/** At most so many of them, evenly, the first and the last included. */
function spread(frames) {
  if (frames.length <= AT_MOST) return frames;
  return Array.from({ length: AT_MOST }, (_, i) => frames[Math.round((i * (frames.length - 1)) / (AT_MOST - 1))]);
}

function item(frame, frames, decidedAt) {
  const after = t("printer.strip.after", { seconds: signed(frame.taken_at - decidedAt) });
  const canvas = made("canvas", { width: 320, height: 240, ariaHidden: "true" });
  const button = made("button", { type: "button", className: "picture" }, canvas, made("span", { className: "picture__text" }, after));
  button.setAttribute("aria-label", `${t("printer.frame.enlarge")}: ${after}`);
  button.addEventListener("click", () => showFrame(frame, frames));
  drawStored(canvas, frame.taken_at);
  return made("li", {}, button);
}
