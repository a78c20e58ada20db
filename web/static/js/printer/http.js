/**
 * Questions to the server, and what can go wrong with them told apart: nothing of ours is lost by any of it.
 */

const WAITS_MS = 8000;

/** The server has answered, and said no. */
export class Refused extends Error {
  /** @param {number} status @param {string} detail in the server's words */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** No answer came: the network or the server is gone. What was asked for may or may not have been done. */
class Unanswered extends Error {}

/**
 * The JSON that a question is answered with.
 * @param {string} url
 * @param {{method?: string, body?: object, headers?: Record<string, string>, signal?: AbortSignal}} [more]
 * @throws {Refused | Unanswered} or the AbortError of ``signal``
 */
export async function ask(url, more = {}) {
  return (await answerOf(url, more)).json().catch(() => {
    throw new Unanswered(url);
  });
}

/** The answer itself, for pictures and headers. Takes and throws what ``ask`` does. */
export async function answerOf(url, { method = "GET", body, headers = {}, signal } = {}) {
  const patience = AbortSignal.timeout(WAITS_MS);
  const request = { method, headers: { ...headers }, cache: "no-store", signal: signal ? AbortSignal.any([signal, patience]) : patience };
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  const answer = await fetch(url, request).catch((error) => {
    if (signal?.aborted) throw error;
    throw new Unanswered(url, { cause: error });
  });
  if (answer.ok || answer.status === 304) return answer;
  throw new Refused(answer.status, await detailOf(answer));
}

async function detailOf(answer) {
  try {
    return (await answer.json()).error.detail;
  } catch {
    return `${answer.status} ${answer.statusText}`.trim();
  }
}
