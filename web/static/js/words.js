/**
 * The page's words in its language, and times as people say them.
 * The table is a JSON block of the page, so that no second request can fail.
 */

const TABLE = JSON.parse(document.getElementById("words").textContent);
const LANGUAGE = document.documentElement.lang;
const PLURALS = new Intl.PluralRules(LANGUAGE);
const CLOCK = new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const DATE_AND_TIME = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
const PERCENT = new Intl.NumberFormat(LANGUAGE, { style: "percent", maximumFractionDigits: 0 });

/**
 * The text for a key, with its placeholders filled in; the key itself when the table lacks it.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const text = TABLE[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * The text for a number of things: key.one or key.other, as the language wants it.
 * @param {string} key
 * @param {number} n
 * @param {Record<string, string | number>} [values]
 */
export function plural(key, n, values = {}) {
  const form = PLURALS.select(n) === "one" ? "one" : "other";
  return t(`${key}.${form}`, { n, ...values });
}

/** A duration, in at most two units. @param {number} seconds */
export function duration(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return t("unit.s", { n: s });
  if (s < 3600) return t("unit.min", { n: Math.floor(s / 60) });
  const h = Math.floor(s / 3600);
  if (h < 24) return t("unit.h", { h, min: String(Math.floor((s % 3600) / 60)).padStart(2, "0") });
  return t("unit.d", { d: Math.floor(h / 24), h: h % 24 });
}

/** A time of day. @param {number} unixSeconds */
export function clock(unixSeconds) {
  return CLOCK.format(unixSeconds * 1000);
}

/** A date with its time. @param {number} unixSeconds */
export function dateAndTime(unixSeconds) {
  return DATE_AND_TIME.format(unixSeconds * 1000);
}

/** A number with a fixed count of decimals. @param {number} value @param {number} [digits] */
export function decimal(value, digits = 2) {
  return value.toLocaleString(LANGUAGE, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A score in percent, which is no probability; never all the way. @param {number} score 0 to 1 */
export function scorePercent(score) {
  return PERCENT.format(Math.min(score, 0.99));
}

/** How likely, as people count: so many in a hundred. @param {number} probability 0 to 1 */
export function chance(probability) {
  const n = Math.min(Math.round(100 * probability), 99);
  return n < 1 ? t("printer.probability_few") : t("printer.probability_some", { n });
}

/** A fraction as a percentage. @param {number} fraction */
export function percent(fraction) {
  return PERCENT.format(fraction);
}
