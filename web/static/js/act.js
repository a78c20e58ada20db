/**
 * What people ask for: sends a command, says what became of it, and offers to take it back.
 */

import { askMute, whoAsks } from "./ask.js";
import { IS_HUB, fullName } from "./lines.js";
import { takesBack } from "./offers.js";
import { say } from "./said.js";
import { t } from "./words.js";

export { say } from "./said.js";

/**
 * Sends a command for a printer; asks for a name first, and for a confirmation where the words have one. A mute
 * without minutes asks for them.
 * @param {object} printer as the server describes it
 * @param {string} kind as in js/offers.js, or a command of the server's
 * @param {{minutes?: number, reason?: string, incident?: string, verdict?: string, frame_taken_at?: number}} [more]
 * @param {boolean} [asks] false for the answer to a question that Vigie has asked, which has no time to lose
 * @returns {Promise<object | null>} the server's answer; null when it was cancelled or not taken, which has been said
 */
export async function act(printer, kind, more = {}, asks = true) {
  if (kind === "unmute") return act(printer, "mute", { minutes: 0 }, asks);
  const details = kind === "mute" && more.minutes === undefined ? await askMute(printer) : more;
  if (details === null) return null;
  const question = t(`act.sure.${kind}`, { name: fullName(printer) });
  const by = await whoAsks(asks && question !== `act.sure.${kind}` ? question : "");
  if (!by) return null;
  const { problem, answer } = await send(printer, { kind, by, ...details });
  say(problem || told(printer, kind, details), problem !== "", problem ? null : undoing(printer, kind, details));
  return answer;
}

/** Sends it; returns the answer, or what went wrong, in words. */
async function send(printer, command) {
  if (IS_HUB) say(t("hub.waiting", { name: fullName(printer), site: siteOf(printer) }), false, null, true);
  try {
    const answer = await fetch(`/api/printers/${encodeURIComponent(printer.id)}/commands`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(command),
    });
    const content = await answer.json();
    if (answer.ok) return { problem: "", answer: content };
    return { problem: notDone(printer, content.error), answer: null };
  } catch {
    return { problem: t("act.unreachable"), answer: null };
  }
}

function siteOf(printer) {
  return printer.site?.name ?? t("hub.the_site");
}

/** What was not answered must not be taken for done, nor for not done. */
function notDone(printer, { reason, detail }) {
  if (reason) return t(`hub.no_answer.${reason}`, { site: siteOf(printer) });
  return t("act.failed", { detail });
}

function told(printer, kind, { minutes }) {
  return t(`act.sent.${kind === "mute" && minutes === 0 ? "unmute" : kind}`, { name: fullName(printer) });
}

/** What takes the act back: sent at once, for whoever takes back has no doubt, and says so without a way back again. */
function undoing(printer, kind, details) {
  const back = takesBack(printer, kind, details);
  if (back === null) return null;
  return async () => {
    const { kind: undone, ...more } = back;
    const { problem } = await send(printer, { kind: undone, by: await whoAsks(""), ...more });
    say(problem || t("act.undone", { name: fullName(printer), what: t(`act.${kind}`) }), problem !== "");
  };
}
