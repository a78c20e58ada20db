/**
 * The dialog that lists the keys, in the page's language.
 */

const HELP = document.getElementById("help");

/** Opens it. */
export function openHelp() {
  if (HELP && !HELP.open) HELP.showModal();
}

HELP?.addEventListener("click", ({ target }) => target === HELP && HELP.close()); // beside it
document.getElementById("help-open")?.addEventListener("click", openHelp);
