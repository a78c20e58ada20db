/**
 * Who stands where. How urgent a printer is the server decides (monitor/wall/attention.py); here it is only sorted.
 */

const MOVES_AT_MOST_SHARE = 0.3;
const MOVES_AT_LEAST = 6;

/** Printers in their own places: by site and room, as cameras.yaml lists them. @param {object[]} printers */
export function homeOrder(printers) {
  const places = new Map();
  for (const printer of printers) {
    const place = placeOf(printer);
    if (!places.has(place)) places.set(place, []);
    places.get(place).push(printer);
  }
  return [...places.values()].flat();
}

/** The place of a printer, as a key. */
export function placeOf(printer) {
  return `${printer.site.id}/${printer.room.id}`;
}

/**
 * Printers that leave their places for the top of the wall, most urgent first, the newest first among equals.
 * When very many are to be looked at, it has one cause (the light went off): then they stay where they are, coloured.
 * @param {object[]} printers
 */
export function firstOrder(printers) {
  const alarms = printers.filter((printer) => printer.level === "alarm");
  const looks = printers.filter((printer) => printer.level === "look");
  const most = Math.max(MOVES_AT_LEAST, printers.length * MOVES_AT_MOST_SHARE);
  return { alarms: alarms.sort(byUrgency), looks: looks.length <= most ? looks.sort(byUrgency) : [] };
}

function byUrgency(a, b) {
  return a.rank - b.rank || Number(b.needs_person) - Number(a.needs_person) || b.since - a.since;
}
