/**
 * What the pages of the past share: figures in the reader's form, a button that prints, a language switch that keeps
 * what was asked for, and evidence pictures that may be gone.
 */

import "./localize.js";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

const language = document.querySelector("a[hreflang]");
if (language) {
  const asked = new URLSearchParams(location.search);
  asked.set("lang", language.hreflang);
  language.search = asked.toString();
}

for (const picture of document.querySelectorAll(".thumb img, .frames img")) {
  if (picture.complete && !picture.naturalWidth && picture.currentSrc) gone(picture);
  picture.addEventListener("error", () => gone(picture));
}

function gone(picture) {
  picture.parentElement.classList.add("gone");
  picture.hidden = true;
}
