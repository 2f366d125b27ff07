"use strict";
// Lets what is said of deadlines go on by itself, from the clock of the bridge, in the words in which it was said.
(() => {
  const clock = () => document.getElementById("clock").dataset;
  let moment = "";
  let ahead = 0; // milliseconds of the bridge's clock before this one

  const span = (seconds) => {
    const minutes = Math.floor(seconds / 60);
    const parts = [[Math.floor(minutes / 1440), "d"], [Math.floor(minutes / 60) % 24, "h"], [minutes % 60, "min"]];
    return parts.filter(([number]) => number).slice(0, 2).map(([number, unit]) => `${number} ${unit}`).join(" ");
  };

  const away = (seconds) => {
    if (Math.abs(seconds) < 60) return clock().now;
    return (seconds > 0 ? clock().in : clock().over).replace("{span}", span(Math.abs(seconds)));
  };

  const tick = () => {
    if (clock().moment !== moment) {
      moment = clock().moment;
      ahead = Number(moment) * 1000 - Date.now();
    }
    for (const each of document.querySelectorAll("[data-due]")) {
      const seconds = Number(each.dataset.due) - (Date.now() + ahead) / 1000;
      const said = away(seconds);
      if (each.textContent !== said) each.textContent = said;
      for (const whole of [each.closest(".due"), each.closest("li")]) {
        if (whole) whole.classList.toggle("late", seconds <= 0);
      }
    }
  };

  document.addEventListener("htmx:afterSwap", tick);
  setInterval(tick, 1000);
  tick();
})();
