/**
 * Times as a chart and a list need them. Always by the clock of 24 hours: 03:12 at night is not 3:12 in the afternoon.
 */

const LANGUAGE = document.documentElement.lang;
const format = (options) => new Intl.DateTimeFormat(LANGUAGE, { hourCycle: "h23", ...options });

const SIGNED = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 0, signDisplay: "exceptZero" });
const SECONDS = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const MINUTES = format({ hour: "2-digit", minute: "2-digit" });
const DAY = format({ weekday: "short", day: "numeric", month: "short" });
const DAY_AND_SECONDS = format({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** A whole number with its sign. @param {number} value */
export function signed(value) {
  return SIGNED.format(value);
}

/** @param {number} at unix seconds @param {number} step_s how far the marks of the axis are apart */
export function mark(at, step_s) {
  const isMidnight = new Date(at * 1000).getHours() === 0 && at % 3600 === 0;
  if (step_s >= 86400 || (isMidnight && step_s >= 3600)) return DAY.format(at * 1000);
  return (step_s < 60 ? SECONDS : MINUTES).format(at * 1000);
}

/** A moment of today by its time, an older one with its day. @param {number} at @param {number} now both unix seconds */
export function moment(at, now) {
  const isToday = new Date(at * 1000).toDateString() === new Date(now * 1000).toDateString();
  return (isToday ? SECONDS : DAY_AND_SECONDS).format(at * 1000);
}
