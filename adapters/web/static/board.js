"use strict";
// The duty board: asks for what changed, says when it may be old, and works by keyboard.
(() => {
  const LOST_AFTER = 60000; // milliseconds without an answer; from then on the page says that it may be old
  const byId = (id) => document.getElementById(id);
  const title = document.title;
  const words = byId("news").dataset;
  let tag = byId("board").dataset.tag;
  let heardAt = Date.now();
  let refused = false;
  let unread = 0;
  let chosen = "";

  const rows = () => [...document.querySelectorAll("[data-case]")];
  const late = () => new Set(rows().filter((row) => row.classList.contains("late")).map((row) => row.dataset.case));

  const tick = () => {
    byId("lost").hidden = !refused && Date.now() - heardAt <= LOST_AFTER;
    const rung = (byId("bell") || { dataset: {} }).dataset.mark || "";
    document.title = (byId("lost").hidden ? (unread ? `(${unread}) ` : rung) : "(!) ") + title;
  };

  const announce = (sentence, cases) => {
    const said = document.createElement("p");
    said.textContent = sentence.replace("{cases}", cases.join(", "));
    byId("news").append(said);
  };

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["If-None-Match"] = tag;
    if (document.hidden && !document.body.classList.contains("wall")) event.detail.parameters.away = "1";
  });

  let before = null;
  document.addEventListener("htmx:beforeSwap", () => {
    const focused = document.activeElement && document.activeElement.closest("[data-case]");
    before = { cases: new Set(rows().map((row) => row.dataset.case)), late: late(), focused: Boolean(focused) };
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const status = event.detail.xhr.status;
    refused = status >= 400 || status === 286;
    if (status === 200 || status === 304) heardAt = Date.now();
    tick();
  });

  document.addEventListener("htmx:afterSwap", () => {
    tag = byId("board").dataset.tag;
    const added = rows().map((row) => row.dataset.case).filter((name) => !before.cases.has(name));
    const overdue = [...late()].filter((name) => !before.late.has(name));
    byId("news").replaceChildren();
    if (added.length) announce(words.new, added);
    if (overdue.length) announce(words.late, overdue);
    if (document.hidden) unread += added.length + overdue.length;
    choose(chosen, before.focused);
    tick();
  });

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    unread = 0;
    tick();
  });

  const choose = (name, focus) => {
    const row = rows().find((each) => each.dataset.case === name);
    for (const each of rows()) each.classList.toggle("chosen", each === row);
    chosen = row ? name : "";
    if (row && focus) row.focus();
  };

  const step = (by) => {
    const names = rows().map((row) => row.dataset.case);
    if (!names.length) return;
    const now = names.indexOf(chosen);
    choose(names[now < 0 ? 0 : Math.min(names.length - 1, Math.max(0, now + by))], true);
  };

  const opened = (selector) => {
    const details = document.querySelector(selector);
    if (details) details.open = true;
    return details;
  };

  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    Enter: (row) => row && row.querySelector("a").click(),
    a: (row) => row && row.querySelector("form") && row.querySelector("form").requestSubmit(),
    "/": () => opened(".search") && byId("wanted").focus(),
    "?": () => opened(".keys") && document.querySelector(".keys summary").focus(),
  };

  document.addEventListener("keydown", (event) => {
    const row = rows().find((each) => each.dataset.case === chosen);
    const isTyping = event.target.closest("input, textarea, select, button, a, summary");
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !KEYS[event.key]) return;
    if (isTyping && (event.key === "Enter" || event.target.closest("input, textarea, select"))) return;
    event.preventDefault();
    KEYS[event.key](row);
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-case]");
    if (row) choose(row.dataset.case, false);
  });
  for (const each of document.querySelectorAll(".filters select, .filters input")) {
    each.addEventListener("change", () => each.form.requestSubmit());
  }
  setInterval(tick, 1000);
  tick();
})();
