// Sets the theme before anything is drawn, so that a dark room never sees a white flash. A classic script, on purpose.
(function () {
  "use strict";
  let chosen = "auto";
  try {
    chosen = localStorage.getItem("vigie.theme") || "auto";
  } catch {
    // a browser that keeps nothing follows the system
  }
  document.documentElement.dataset.theme = chosen;
})();
