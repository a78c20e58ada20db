/**
 * Which pictures are stored, and which of them lies nearest to a moment.
 *
 * Of up to a day all are listed, so that the chart can show where they lie. A week has ten thousand: there, those
 * around the cursor are asked for when it rests.
 */

import { ask } from "./http.js";
import { nearestOf } from "./nearest.js";
import { width } from "./span.js";
import { ID, now } from "./watch.js";

export const SAME_FRAME_S = 0.0015; // addresses of frames have three decimals
const ALL_OF_S = 1.2 * 86400;
const LAG_S = 60; // so long a list speaks of what is newer than it
const AROUND_S = 1800;
const RESTED_MS = 200;

let all = { from: Infinity, to: -Infinity, frames: [] };
let around = all;
let resting;

/** The stored pictures that the chart shows, oldest first. */
export function listed() {
  return all.frames;
}

/** Asks for those of a span. Rejects as ``ask`` does. @param {import("./span.js").Span} span */
export async function loadFrames(span, signal) {
  all = width(span) <= ALL_OF_S ? await framesBetween(span.from, span.to, signal) : { from: Infinity, to: -Infinity, frames: [] };
}

/**
 * The stored picture nearest to a moment, null when none lies within reach; ``onLoaded`` is called when more is known.
 * @param {number} at @param {number} within_s @param {() => void} onLoaded
 */
export function nearestFrame(at, within_s, onLoaded) {
  const known = [all, around].find(({ from, to }) => at >= from && at <= to + LAG_S);
  if (!known) look(at, onLoaded);
  const nearest = nearestOf((known ?? around).frames, at, (frame) => frame.taken_at);
  return nearest && Math.abs(nearest.taken_at - at) <= within_s ? nearest : null;
}

/** The stored picture before (-1) or after (1) one; null when none is known. */
export function frameBeside(takenAt, direction) {
  for (const { frames } of [all, around]) {
    const place = frames.findIndex((frame) => Math.abs(frame.taken_at - takenAt) < SAME_FRAME_S);
    if (place >= 0) return frames[place + direction] ?? null;
  }
  return null;
}

function look(at, onLoaded) {
  clearTimeout(resting);
  resting = setTimeout(async () => {
    try {
      around = await framesBetween(at - AROUND_S, Math.min(at + AROUND_S, now()));
      onLoaded();
    } catch (error) {
      console.info("stored pictures not answered:", error.message);
    }
  }, RESTED_MS);
}

/** Those of a time. Rejects as ``ask`` does. @returns {Promise<{from: number, to: number, frames: object[]}>} */
export async function framesBetween(from, to, signal) {
  const { frames } = await ask(`/api/printers/${ID}/frames?from=${from.toFixed(3)}&to=${to.toFixed(3)}`, { signal });
  return { from, to, frames };
}
