/**
 * Where marks of a time axis lie: at times that people say, in their own time zone. Times are unix seconds.
 */

const STEPS_S = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800];

/** The step between two marks when at most ``most`` have room. @param {number} seconds @param {number} most */
export function stepFor(seconds, most) {
  return STEPS_S.find((step) => seconds / step <= most) ?? STEPS_S.at(-1);
}

/** The marks inside a span, each a whole step after midnight. @returns {number[]} */
export function marks(from, to, step) {
  const midnight = new Date(from * 1000).setHours(0, 0, 0, 0) / 1000;
  const found = [];
  for (let at = midnight + Math.ceil((from - midnight) / step) * step; at <= to; at += step) found.push(at);
  return found;
}
