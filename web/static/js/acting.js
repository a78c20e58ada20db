/**
 * Acting from the wall: with the buttons of a card, with a tile's menu, with the keyboard.
 */

import { act, say } from "./act.js";
import { startKeys } from "./keys.js";
import { fullName } from "./lines.js";
import { openMenu } from "./menu.js";
import { isAnswer, offers } from "./offers.js";
import { may } from "./rights.js";
import { undoLast } from "./said.js";
import { t } from "./words.js";

const LONG_PRESS_MS = 550;
const ACT_KEYS = { a: "acknowledge", p: "pause", r: "resume", f: "false_alarm", l: "let_print", m: "mute" };

/**
 * @param {Map<string, object>} printers by id
 * @param {import("./floor.js").Floor} floor
 * @param {import("./siren.js").Siren} siren
 */
export function startActing(printers, floor, siren) {
  const wish = (printer, kind) => ask(printer, kind, floor);
  const tileOf = (target) => target.closest?.("[data-printer]");
  const menuOf = (tile) => may("act") && openMenu(tile, printers.get(tile.dataset.printer), wish);
  document.addEventListener("click", ({ target }) => {
    const tile = tileOf(target);
    const kind = target.closest("[data-answer]")?.dataset.answer;
    if (tile && kind) wish(printers.get(tile.dataset.printer), kind);
    if (tile && target.closest("[data-part=more]")) menuOf(tile);
  });
  document.addEventListener("contextmenu", (event) => {
    if (!tileOf(event.target) || !may("act")) return;
    event.preventDefault();
    menuOf(tileOf(event.target));
  });
  watchLongPress(tileOf, menuOf);
  const keys = Object.fromEntries(
    Object.entries(ACT_KEYS).map(([key, kind]) => [key, (id) => wish(printers.get(id) ?? null, kind)]),
  );
  startKeys({
    ...keys,
    u: () => undoLast() || say(t("act.nothing_undone")),
    s: () => siren.toggle(),
    PageUp: () => floor.go(-1),
    PageDown: () => floor.go(1),
  });
}

/** Asks for an act if it makes sense; without a printer it goes to the one alarm that is meant. */
function ask(printer, kind, floor) {
  if (!may("act")) return say(t("act.forbidden"), true);
  const meant = printer ?? meantBy(kind, floor);
  if (!meant) return say(t(kind === "acknowledge" ? "act.nothing" : "act.choose"));
  const offered = offers(meant);
  const wanted = kind === "mute" && offered.includes("unmute") ? "unmute" : kind;
  if (!offered.includes(wanted)) return say(t("act.not_now", { name: fullName(meant) }));
  return act(meant, wanted, {}, !isAnswer(meant, wanted));
}

/** Nobody has the focus: the first that waits for an answer is acknowledged; anything else needs the only alarm. */
function meantBy(kind, floor) {
  const waiting = floor.alarms().filter((printer) => printer.needs_person && printer.incident);
  return kind === "acknowledge" || waiting.length === 1 ? waiting[0] : undefined;
}

/** A finger that stays on a tile opens its menu, and not the page behind it. */
function watchLongPress(tileOf, menuOf) {
  let timer;
  let pressed = false;
  document.addEventListener("pointerdown", ({ target, pointerType }) => {
    pressed = false;
    clearTimeout(timer);
    if (pointerType !== "touch" || !tileOf(target) || target.closest("button")) return;
    timer = setTimeout(() => {
      pressed = true;
      menuOf(tileOf(target));
    }, LONG_PRESS_MS);
  });
  for (const kind of ["pointerup", "pointercancel", "pointermove", "scroll"]) {
    document.addEventListener(kind, (event) => {
      if (kind !== "pointermove" || Math.hypot(event.movementX, event.movementY) > 4) clearTimeout(timer);
    }, { passive: true });
  }
  // The finger that opened the menu is lifted over one of its entries: that chooses nothing.
  document.addEventListener("click", (event) => {
    if (!pressed) return;
    pressed = false;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
}
