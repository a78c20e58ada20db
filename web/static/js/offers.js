/**
 * What a person may ask of a printer now, and how it is taken back. Pure; for the wall and the printer's page.
 */

import { shownState } from "./why.js";

/** Every act, in the order in which it is offered. "unmute" is a mute of no minutes. */
export const ACTS = ["let_print", "acknowledge", "false_alarm", "pause", "resume", "mute", "unmute", "disarm", "arm", "camera_right", "camera_put_right"];

/**
 * The acts that make sense now, in order.
 * @param {object} printer as the server describes it
 * @returns {string[]}
 */
export function offers(printer) {
  const makesSense = {
    let_print: ["held", "asking", "pausing"].includes(printer.incident?.status),
    acknowledge: printer.incident !== null && !printer.incident.acknowledged_by,
    false_alarm: printer.incident !== null,
    pause: printer.job_state === "printing",
    resume: printer.job_state === "paused",
    mute: printer.muted_until === null && printer.incident === null,
    unmute: printer.muted_until !== null,
    disarm: printer.armed,
    arm: !printer.armed && printer.on_failure !== "alert",
    camera_right: printer.belongs === "asked",
    camera_put_right: ["asked", "does-not-belong"].includes(printer.belongs),
  };
  return ACTS.filter((kind) => makesSense[kind]);
}

/** Whether an act answers what Vigie asks: the clock runs, and nobody is asked back. */
export function isAnswer(printer, kind) {
  return shownState(printer) === "asking" && ["let_print", "pause"].includes(kind);
}

/**
 * The command that takes an act back, or null where there is none.
 * @param {object} printer as it was when the act was asked for
 * @param {string} kind
 * @param {{minutes?: number}} [more] what went with the act
 * @returns {{kind: string, minutes?: number, incident?: string} | null}
 */
export function takesBack(printer, kind, more = {}) {
  if (kind === "mute") return more.minutes ? { kind: "mute", minutes: 0 } : null;
  const incident = printer.incident?.id;
  const commands = {
    acknowledge: { kind: "unacknowledge" },
    disarm: { kind: "arm" },
    arm: { kind: "disarm" },
    pause: { kind: "resume" },
    false_alarm: incident && { kind: "withdraw", incident },
  };
  return commands[kind] || null;
}
