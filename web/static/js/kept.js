/**
 * What this browser keeps for its person: their name, the theme, whether there is sound. One that keeps nothing forgets
 * it when the page is left, and nothing worse.
 */

/** @param {string} key @returns {string} empty when nothing is kept */
export function recall(key) {
  try {
    return localStorage.getItem(`vigie.${key}`) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} key @param {string} value @returns {string} the value */
export function keep(key, value) {
  try {
    localStorage.setItem(`vigie.${key}`, value);
  } catch {
    // holds until the page is left
  }
  return value;
}
