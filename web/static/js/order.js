/**
 * Who stands where. How urgent a printer is the server decides (monitor/wall/attention.py); here it is only sorted.
 */

const MOVES_AT_MOST_SHARE = 0.3;
const MOVES_AT_LEAST = 6;

/** Printers by site and room, as cameras.yaml lists them. @param {object[]} printers @returns {object[][]} */
export function roomsOf(printers) {
  const sites = new Map();
  for (const printer of printers) {
    if (!sites.has(printer.site.id)) sites.set(printer.site.id, new Map());
    const rooms = sites.get(printer.site.id);
    if (!rooms.has(printer.room.id)) rooms.set(printer.room.id, []);
    rooms.get(printer.room.id).push(printer);
  }
  return [...sites.values()].flatMap((rooms) => [...rooms.values()]);
}

/** The place of a printer, as a key. */
export function placeOf(printer) {
  return `${printer.site.id}/${printer.room.id}`;
}

/**
 * The shortest name of each room that tells it from the others: of a site's only room the site's name, where there are
 * several sites. @param {object[]} printers @returns {Map<string, string>} by placeOf
 */
export function roomNames(printers) {
  const firsts = roomsOf(printers).map(([first]) => first);
  const several = new Set(firsts.map(({ site }) => site.id)).size > 1;
  const short = (printer) => {
    const isOnly = firsts.filter(({ site }) => site.id === printer.site.id).length === 1;
    return several && isOnly ? printer.site.name : printer.room.name;
  };
  return new Map(firsts.map((printer) => {
    const isTold = firsts.filter((other) => short(other) === short(printer)).length === 1;
    return [placeOf(printer), isTold ? short(printer) : `${printer.site.name} · ${printer.room.name}`];
  }));
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
