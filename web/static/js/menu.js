/**
 * A tile's menu: what makes sense for the printer now, each with its key.
 */

import { fullName } from "./lines.js";
import { offers } from "./offers.js";
import { t } from "./words.js";

const MENU = document.getElementById("acts");
const KEYS = { let_print: "L", acknowledge: "A", false_alarm: "F", pause: "P", resume: "R", mute: "M", unmute: "M" };
let opener = null;

/**
 * Opens the menu beside a tile.
 * @param {HTMLElement} tile
 * @param {object} printer
 * @param {(printer: object, kind: string) => void} wish called with what was chosen
 */
export function openMenu(tile, printer, wish) {
  opener = tile;
  const items = offers(printer).map((kind) => item(kind, () => wish(printer, kind)));
  const page = document.createElement("a");
  page.href = `/printer/${encodeURIComponent(printer.id)}`;
  page.textContent = t("act.open");
  page.setAttribute("role", "menuitem");
  MENU.setAttribute("aria-label", t("act.menu", { name: fullName(printer) }));
  MENU.querySelector("[data-part=name]").textContent = fullName(printer);
  MENU.querySelector("[role=menu]").replaceChildren(...items, page);
  if (!MENU.open) MENU.showModal();
  place(tile);
  (items[0] ?? page).focus();
}

function item(kind, choose) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.act = kind;
  button.setAttribute("role", "menuitem");
  button.textContent = t(kind === "pause" ? "act.pause" : `act.${kind}`);
  if (KEYS[kind]) button.append(" ", Object.assign(document.createElement("kbd"), { textContent: KEYS[kind] }));
  button.addEventListener("click", () => {
    MENU.close();
    choose();
  });
  return button;
}

/** Over the tile, but never beyond the screen's edge. */
function place(tile) {
  const { left, top, width } = tile.getBoundingClientRect();
  const x = Math.max(8, Math.min(left + width / 2 - MENU.offsetWidth / 2, innerWidth - MENU.offsetWidth - 8));
  const y = Math.max(8, Math.min(top + 8, innerHeight - MENU.offsetHeight - 8));
  MENU.style.setProperty("--x", `${x}px`);
  MENU.style.setProperty("--y", `${y}px`);
}

MENU.addEventListener("click", ({ target }) => target === MENU && MENU.close()); // beside it
MENU.addEventListener("close", () => opener?.querySelector("a").focus({ preventScroll: true }));
MENU.addEventListener("keydown", (event) => {
  const items = [...MENU.querySelectorAll("[role=menuitem]")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const at = items.indexOf(document.activeElement);
  if (step) {
    event.preventDefault();
    items[(at + step + items.length) % items.length].focus();
    return;
  }
  const chosen = items.find((element) => element.querySelector("kbd")?.textContent === event.key.toUpperCase());
  if (chosen) {
    event.preventDefault();
    chosen.click();
  }
});
