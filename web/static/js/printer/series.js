/**
 * What is remembered of a span of time: scores, states and events. One question at a time is open; whoever moves on
 * leaves the old one behind.
 */

import { loadFrames } from "./frames.js";
import { ask } from "./http.js";
import { nearestOf } from "./nearest.js";
import { width } from "./span.js";
import { ID } from "./watch.js";

const POINTS_AT_LEAST = 120;
const POINTS_AT_MOST = 1200;
const STATES_LAG_S = 15; // the newest state goes on while the next answer is on its way

/** The newest answer; null before there is one. @type {object | null} */
export let series = null;

let asking = null;

/**
 * Asks for a span. Rejects as ``ask`` does; resolves to false when a newer question has overtaken this one.
 * @param {import("./span.js").Span} span @param {number} pixels how wide it is drawn
 */
export async function remember(span, pixels) {
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  const asked = Math.round(Math.min(Math.max(pixels, POINTS_AT_LEAST), POINTS_AT_MOST));
  const part = `from=${span.from.toFixed(3)}&to=${span.to.toFixed(3)}`;
  try {
    const scores = ask(`/api/printers/${ID}/series?${part}&points=${asked}`, { signal: mine.signal });
    const [answer] = await Promise.all([scores, loadFrames(span, mine.signal)]);
    series = { ...answer, asked };
    return true;
  } catch (error) {
    if (mine.signal.aborted) return false;
    throw error;
  }
}

/** How soon a live span is worth asking for again: when a pixel's time has passed, not more often than each 3 s. */
export function freshFor_s(span, pixels) {
  return Math.min(Math.max(width(span) / pixels, 3), 60);
}

/** What is known of a moment. @param {number} at @param {number} reach_s how far events beside it count */
export function momentAt(at, reach_s) {
  if (series === null) return { at, point: null, state: null, events: [] };
  const point = nearestOf(series.points, at, (one) => one[0]);
  const near = point && Math.abs(point[0] - at) <= Math.max(reach_s, (2 * (series.to - series.from)) / series.asked);
  const state = series.states.findLast(([from, to]) => at >= from && at <= to + STATES_LAG_S)?.[2] ?? null;
  const events = series.events.filter((event) => Math.abs(event.at - at) <= reach_s);
  return { at, point: near ? point : null, state, events };
}

/** The event after (1) or before (-1) a moment; null when there is none in the span. */
export function eventBeside(at, direction) {
  const times = (series?.events ?? []).map((event) => event.at).sort((a, b) => a - b);
  const found = direction > 0 ? times.find((time) => time > at + 0.5) : times.findLast((time) => time < at - 0.5);
  return found ?? null;
}
