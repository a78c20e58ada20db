/**
 * What the person in front of the page may do: what they may not do is not offered. The server checks it all the same.
 */

const RIGHTS = new Set((document.body.dataset.rights ?? "").split(" "));

/** @param {"metrics" | "view" | "act" | "administer"} right */
export function may(right) {
  return RIGHTS.has(right);
}
