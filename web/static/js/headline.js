/**
 * The bar's line, its colour, and the tab: whether anyone must get up.
 */

import { setBadge } from "./badge.js";
import { summarise } from "./summary.js";
import { shownState } from "./why.js";
import { t } from "./words.js";

const SUMMARY = document.getElementById("summary");
const REST = document.getElementById("rest");
const BAR = document.getElementById("bar");

/** @param {object[]} printers @param {boolean} isTroubled whether the monitor itself lacks something */
export function tellHeadline(printers, isTroubled) {
  const { urgency, line, rest, needing, worst, mark = "" } = summarise(printers, isTroubled);
  if (SUMMARY.textContent !== line) SUMMARY.textContent = line;
  document.body.dataset.urgency = urgency;
  REST.replaceChildren(...rest.map((textContent) => Object.assign(document.createElement("li"), { textContent })));
  fit();
  [BAR.dataset.state, BAR.dataset.shown] = [worst?.state ?? "", worst ? shownState(worst) : mark];
  document.title = needing ? t("title.alarm", { n: needing }) : t("title.wall");
  setBadge(urgency, needing);
}

/** Says that nothing is known any more. */
export function loseHeadline() {
  document.title = t("title.lost");
  document.body.dataset.urgency = "none";
  SUMMARY.textContent = t("summary.unknown");
  setBadge("lost", 0);
}

/** The sentence comes first: it grows smaller only when it has the whole line, and then takes two. */
function fit() {
  REST.hidden = false;
  SUMMARY.dataset.long = "false";
  if (SUMMARY.scrollWidth <= SUMMARY.clientWidth && REST.scrollHeight <= REST.clientHeight * 1.5) return;
  REST.hidden = true;
  for (const long of ["false", "some", "true", "very"]) {
    SUMMARY.dataset.long = long;
    if (SUMMARY.scrollWidth <= SUMMARY.clientWidth) return;
  }
}
