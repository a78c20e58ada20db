/** The one of many, sorted by time, that is nearest to a moment. @returns {object | null} null when there is none */
export function nearestOf(sorted, at, timeOf) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(sorted[middle]) < at) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [sorted[low - 1], sorted[low]];
  if (!before || !after) return before ?? after ?? null;
  return at - timeOf(before) <= timeOf(after) - at ? before : after;
}
