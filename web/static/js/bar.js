/**
 * The bar's clock and theme switch, and the keys that every page has.
 */

import { openHelp } from "./help.js";
import { keep } from "./kept.js";
import { onKey } from "./keys.js";
import { say } from "./said.js";
import { clock, t } from "./words.js";

const THEMES = ["auto", "light", "dark", "contrast"];
const ROOT = document.documentElement;
const BUTTON = document.getElementById("theme");

let hasStarted = false;

/** Wires the switch and the keys; once, however often it is called. Every page does so (js/everywhere.js). */
export function startBar() {
  if (hasStarted) return;
  hasStarted = true;
  BUTTON.addEventListener("click", nextTheme);
  onKey((key) => {
    if (key === "t") nextTheme();
    if (key === "?") openHelp();
    return ["t", "?"].includes(key);
  });
  nameTheme();
}

function nextTheme() {
  ROOT.dataset.theme = THEMES[(THEMES.indexOf(ROOT.dataset.theme) + 1) % THEMES.length];
  nameTheme();
  say(BUTTON.title);
  keep("theme", ROOT.dataset.theme);
}

function nameTheme() {
  BUTTON.title = t(`theme.${ROOT.dataset.theme}`);
  BUTTON.setAttribute("aria-label", BUTTON.title);
}

/** Writes the time of day. @param {number} now on the server's clock */
export function tickBar(now) {
  const element = document.getElementById("clock");
  const text = clock(now).slice(0, 5);
  if (element.textContent !== text) element.textContent = text;
}
