/**
 * What is wrong with a printer, in the words of the page. Shared by the tiles, the summary and the printer's page.
 */

import { clock, scorePercent, t } from "./words.js";

/** The short form for a list: "failing", "cannot be paused". */
export function saying(printer) {
  const byState = ["failing", "pausing", "pause-failed", "suspect", "blind"].includes(printer.state) || printer.incident;
  return t(`saying.${byState || !printer.warnings.length ? printer.state : printer.warnings[0]}`);
}

/** One line on what is seen or what is missing; empty when all is well. */
export function why(printer) {
  const lines = {
    failing: () => seen(printer),
    pausing: () => seen(printer),
    paused: () => (printer.incident ? seen(printer) : ""),
    "pause-failed": () => seen(printer),
    suspect: () => seenInBoxes(printer),
    blind: () => blindness(printer),
    muted: () => (printer.muted_until ? t("tile.muted_until", { time: clock(printer.muted_until).slice(0, 5) }) : ""),
  };
  const line = lines[printer.state]?.() ?? "";
  return line || (printer.warnings.length ? t(`warning.${printer.warnings[0]}`) : "");
}

/** What has become of the pause; empty where there is none. */
export function whatNow(printer) {
  if (printer.state === "pause-failed") return `${t("tile.not_paused")}${detail(printer)}`;
  if (printer.state === "pausing") return t("tile.pausing");
  if (printer.state === "paused" && printer.incident) return t("tile.paused");
  if (printer.state === "failing" && printer.incident?.action === "alert") return t("tile.alert_only");
  return "";
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
