/**
 * What went wrong with a question or a change, in words, and what that means for whoever asked.
 */

import { t } from "../words.js";
import { Refused } from "./http.js";

/** @param {Error} error of http.js @returns {string} */
export function problem(error) {
  if (!(error instanceof Refused)) return t("printer.problem.unanswered");
  if (error.status === 401) return t("printer.problem.logged_out");
  if (error.status === 403) return t("printer.problem.forbidden");
  if (error.status === 404) return t("printer.problem.gone", { detail: error.message });
  if (error.status === 409) return t("printer.problem.conflict", { detail: error.message });
  return t("act.failed", { detail: error.message });
}
