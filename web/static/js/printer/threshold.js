/**
 * Between the slider's position and the threshold: plain numbers, no page. 0 is the model's own threshold.
 */

const LOGITS_A_STEP = 0.3;
const NEAREST_TO_AN_END = 0.001;

/** @param {number} score between 0 and 1 */
function logit(score) {
  return Math.log(score / (1 - score));
}

/** So many log-odds more or less. @param {number} score @param {number} logits */
export function shifted(score, logits) {
  return 1 / (1 + Math.exp(-(logit(score) + logits)));
}

/** @param {number} position below 0: more sensitive @param {number} own the model's threshold */
export function thresholdAt(position, own) {
  const threshold = shifted(own, position * LOGITS_A_STEP);
  return Number(Math.min(Math.max(threshold, NEAREST_TO_AN_END), 1 - NEAREST_TO_AN_END).toFixed(4));
}

/** Where a threshold lies on the slider. @param {number | null} threshold null: the model's own */
export function positionOf(threshold, own) {
  return threshold === null ? 0 : (logit(threshold) - logit(own)) / LOGITS_A_STEP;
}
