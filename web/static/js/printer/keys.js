/**
 * The keys that act on this printer: the same as on the wall, where they act on the tile in focus.
 */

import { act, say } from "../act.js";
import { onKey } from "../keys.js";
import { isAnswer, offers } from "../offers.js";
import { may } from "../rights.js";
import { undoLast } from "../said.js";
import { t } from "../words.js";
import { watched } from "./watch.js";

const ACT_KEYS = { a: "acknowledge", p: "pause", r: "resume", f: "false_alarm", l: "let_print", m: "mute" };

/** @param {() => boolean} mayLeave whether Escape may lead back to the wall: not while something drawn is unsaved */
export function startKeys(mayLeave) {
  onKey((key) => {
    if (key === "Escape" && mayLeave()) location.href = "/";
    if (key === "u" && !undoLast()) say(t("act.nothing_undone"));
    if (key in ACT_KEYS && watched.printer) wish(watched.printer, ACT_KEYS[key]);
    return key === "u" || key in ACT_KEYS;
  });
}

/** Asks for an act if it makes sense. */
function wish(printer, kind) {
  if (!may("act")) return say(t("act.forbidden"), true);
  const offered = offers(printer);
  const wanted = kind === "mute" && offered.includes("unmute") ? "unmute" : kind;
  if (!offered.includes(wanted)) return say(t("act.not_now", { name: printer.name }));
  return act(printer, wanted, {}, !isAnswer(printer, wanted));
}
