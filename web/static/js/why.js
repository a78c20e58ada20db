/**
 * What is wrong with a printer, in the words of the page. Shared by the tiles, the summary and the printer's page.
 */

import { clock, duration, scorePercent, t } from "./words.js";

/**
 * The printer's state as it is shown: what is held or asked is told apart from other failures, and "warned" is one that
 * looks well and could not be paused.
 */
export function shownState(printer) {
  if (printer.is_known === false && !printer.incident) return "unheard";
  const status = printer.state === "failing" ? printer.incident?.status : "";
  if (["held", "asking"].includes(status)) return status;
  return isWarned(printer) ? "warned" : printer.state;
}

/** The word for it on a tile. */
export function shownWord(printer) {
  return t(isWarned(printer) ? `state.${printer.warnings[0]}` : `state.${shownState(printer)}`);
}

function isWarned({ level, state, warnings, incident }) {
  return level === "look" && warnings.length > 0 && !incident && ["idle", "watching", "paused"].includes(state);
}

/** The short form for a list: "failing", "cannot be paused". */
export function saying(printer) {
  if (printer.state === "pausing" && printer.incident?.is_heard === false) return t("saying.nobody-listens");
  if (isWarned(printer)) return t(`saying.${printer.warnings[0]}`);
  return t(`saying.${shownState(printer)}`);
}

/** One line on what is seen or what is missing; empty when all is well. */
export function why(printer) {
  if (shownState(printer) === "unheard") return t("tile.not_told");
  const lines = {
    failing: () => seen(printer),
    pausing: () => seen(printer),
    paused: () => (printer.incident ? seen(printer) : pausedBy(printer)),
    "pause-failed": () => seen(printer),
    suspect: () => seenInBoxes(printer),
    blind: () => blindness(printer),
    muted: () => (printer.muted_until ? t("tile.muted_until", { time: clock(printer.muted_until).slice(0, 5) }) : ""),
  };
  const line = lines[printer.state]?.() ?? "";
  return line || (printer.warnings.length ? warning(printer) : "");
}

/** What is asked about the camera; empty when nothing is. Nothing is proven: it is no warning. */
export function asked({ belongs, perhaps_shows: other }) {
  return belongs === "asked" ? t("belonging.asked", { printer: other }) : "";
}

function warning({ warnings: [first], perhaps_shows: other }) {
  return first === "other-printer" && other ? t("warning.other-printer.named", { printer: other }) : t(`warning.${first}`);
}

/**
 * What has become of the pause; empty where there is none.
 * @param {number | null} now on the server's clock
 * @param {typeof causeInWords} inWords how a cause is said: on a tile briefly, as its picture matters more
 */
export function whatNow(printer, now, inWords = causeInShort) {
  const { incident } = printer;
  const lines = {
    "pause-failed": () => `${t("tile.not_paused")}${detail(printer)}`,
    pausing: () => t(incident?.is_heard === false ? "tile.unheard" : "tile.pausing"),
    paused: () => (incident ? pausedBy(printer) || t("tile.paused") : ""),
    asking: () => asking(incident, now),
    held: () => t("tile.held", { cause: inWords(incident.cause) }),
    failing: () => (incident ? unpaused(incident, inWords) : printer.goes_on ? t("tile.goes_on") : ""),
  };
  return lines[shownState(printer)]?.() ?? "";
}

/**
 * What many printers' alarms have in common.
 * @param {{groups: {kind: string, name: string}[], alarms: number, of: number, news: string | null} | null} cause
 */
export function causeInWords(cause) {
  if (!cause?.groups.length) return t("cause.unknown");
  const groups = cause.groups.map(({ kind, name }) => t(`cause.${kind}`, { name })).join(t("cause.and"));
  const look = t(`cause.look.${cause.groups[0].kind}`);
  const line = t("cause.line", { alarms: cause.alarms, of: cause.of, groups, look });
  return cause.news ? t("cause.news", { line, news: t(`cause.news.${cause.news}`) }) : line;
}

/** The same for a tile, which stands below a bar that says all. */
function causeInShort(cause) {
  if (!cause?.groups.length) return t("cause.unknown");
  const [{ kind, name }] = cause.groups;
  return t("cause.short", { alarms: cause.alarms, of: cause.of, group: t(`cause.${kind}`, { name }) });
}

function asking({ acts_at: actsAt }, now) {
  const left = actsAt === null || now === null ? 0 : Math.ceil(actsAt - now);
  return left > 0 ? t("tile.asking", { duration: duration(left) }) : t("tile.pausing");
}

function unpaused({ action, cause }, inWords) {
  if (action === "alert") return t("tile.alert_only");
  return cause ? t("tile.undecided", { cause: inWords(cause) }) : "";
}

/** Who made it stand still, where the printer tells and it was not Vigie. */
function pausedBy(printer) {
  if (!["person", "printer"].includes(printer.paused_by)) return "";
  const why = printer.printer_detail ? ` (${printer.printer_detail})` : "";
  return `${t(`tile.paused_by_${printer.paused_by}`)}${why}`;
}

function detail(printer) {
  const text = printer.incident?.detail || printer.printer_detail;
  return text ? ` (${text})` : "";
}

function seen(printer) {
  if (!printer.incident) return seenInBoxes(printer);
  return `${t(`class.${printer.incident.class}`)} · ${t("tile.score", { percent: scorePercent(printer.incident.score) })}`;
}

function seenInBoxes(printer) {
  return printer.boxes.length ? t(`class.${printer.boxes[0].class}`) : "";
}

function blindness(printer) {
  if (printer.camera_problem) return printer.camera_problem;
  return t(`health.${printer.health && printer.health !== "ok" ? printer.health : "none"}`);
}
