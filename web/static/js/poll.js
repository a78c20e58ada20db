/**
 * The fallback where a stream is refused: asks for the states once a second, and for the tiles that can be seen, those
 * that call for somebody first. What has not changed costs a 304 without a body.
 */

const EVERY_MS = 1000;
const AT_A_TIME = 4;

/**
 * Polls until a request fails; the caller then tries the stream again.
 * @param {object} messages what to call with each kind of news
 * @param {() => string[] | null} visible ids of the printers whose tiles can be seen; null: all
 */
export async function pollForever({ states, tile, alive }, visible) {
  const etags = new Map();
  let printers = [];
  for (let round = 0; round < 60; round += 1) {
    const answer = await fetchIfNew("/api/printers", etags);
    if (answer.status === 304) {
      alive(Number(answer.headers.get("X-Now")));
    } else {
      const content = await answer.json();
      printers = [...content.printers].sort((a, b) => a.rank - b.rank).map(({ id }) => id);
      states({ ...content, order: content.printers.map(({ id }) => id) });
    }
    const seen = visible();
    await fetchTiles(seen === null ? printers : printers.filter((id) => seen.includes(id)), etags, tile);
    await new Promise((wake) => setTimeout(wake, EVERY_MS));
  }
}

async function fetchTiles(printers, etags, tile) {
  const waiting = [...printers];
  const worker = async () => {
    for (let printer = waiting.shift(); printer !== undefined; printer = waiting.shift()) {
      const answer = await fetchIfNew(`/tile/${encodeURIComponent(printer)}.jpg`, etags, [404]);
      if (answer.status === 200) tile(printer, Number(answer.headers.get("X-Taken-At")), await answer.blob());
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

async function fetchIfNew(url, etags, tolerated = []) {
  const known = etags.get(url);
  const answer = await fetch(url, { cache: "no-store", headers: known ? { "If-None-Match": known } : {} });
  if (!answer.ok && answer.status !== 304 && !tolerated.includes(answer.status)) {
    throw new Error(`${url} answered ${answer.status}`);
  }
  if (answer.headers.has("ETag")) etags.set(url, answer.headers.get("ETag"));
  return answer;
}
