/**
 * Where to go when the session has ended: to the log-in, and from there back to this page.
 */

/** Leaves for the log-in. */
export function toLogin() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}
