/**
 * The part of time that the chart shows, as plain facts: no clock, no page. Times are unix seconds.
 *
 * A span that is live ends now and moves on by itself; one that is not stands still, so that it can be studied.
 * @typedef {{from: number, to: number, isLive: boolean}} Span
 */

const SHORTEST_S = 60;
const LONGEST_S = 7 * 86400;

/** @param {number} seconds @param {number} now @returns {Span} */
export function last(seconds, now) {
  const width = Math.min(Math.max(seconds, SHORTEST_S), LONGEST_S);
  return { from: now - width, to: now, isLive: true };
}

/** @param {Span} span */
export function width(span) {
  return span.to - span.from;
}

/** The same width, up to now where it is live. @param {Span} span @param {number} now @returns {Span} */
export function follow(span, now) {
  return span.isLive ? last(width(span), now) : span;
}

/**
 * Nearer (factor below 1) or further, and what lies at ``at`` stays where it is.
 * @param {Span} span @param {number} factor @param {number} at @param {number} now @returns {Span}
 */
export function zoom(span, factor, at, now) {
  const wide = Math.min(Math.max(width(span) * factor, SHORTEST_S), LONGEST_S);
  const share = (at - span.from) / width(span);
  return within(at - share * wide, wide, now);
}

/** Earlier (below 0) or later, no further than there are scores. @returns {Span} */
export function pan(span, seconds, now) {
  return within(span.from + seconds, width(span), now);
}

/** Exactly what somebody has marked. @returns {Span} */
export function between(from, to, now) {
  const [first, second] = from < to ? [from, to] : [to, from];
  const wide = Math.min(Math.max(second - first, SHORTEST_S), LONGEST_S);
  return within((first + second) / 2 - wide / 2, wide, now);
}

function within(from, wide, now) {
  const first = Math.max(from, now - LONGEST_S);
  if (first + wide >= now) return last(wide, now);
  return { from: first, to: first + wide, isLive: false };
}
