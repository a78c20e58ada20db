/**
 * The bar's clock and theme switch, on every page.
 */

import { clock, t } from "./words.js";

const THEMES = ["auto", "light", "dark"];
const ROOT = document.documentElement;

/** Wires the switch and starts the clock. */
export function startBar() {
  const button = document.getElementById("theme");
  const name = () => {
    button.title = t(`theme.${ROOT.dataset.theme}`);
    button.setAttribute("aria-label", button.title);
  };
  button.addEventListener("click", () => {
    ROOT.dataset.theme = THEMES[(THEMES.indexOf(ROOT.dataset.theme) + 1) % THEMES.length];
    name();
    try {
      localStorage.setItem("vigie.theme", ROOT.dataset.theme);
    } catch {
      // holds until the page is left
    }
  });
  name();
}

/** Writes the time of day. @param {number} now on the server's clock */
export function tickBar(now) {
  const element = document.getElementById("clock");
  const text = clock(now).slice(0, 5);
  if (element.textContent !== text) element.textContent = text;
}
