"use strict";
// Only comfort: the chat works without this file, by forms and redirects.
(() => {
  const byId = (id) => document.getElementById(id);
  const title = document.title;
  let sent = "";
  let unread = 0;
  let noticeIsFromPoll = false;
  let news = 0;
  let tapped = null;

  const isPoll = (event) => event.detail.elt && event.detail.elt.id === "lines";
  const isComposer = (event) => event.detail.elt && event.detail.elt.id === "composer";
  const toEnd = () => { byId("scroller").scrollTop = byId("scroller").scrollHeight; };

  const grow = () => {
    const box = byId("text");
    box.rows = Math.min(8, Math.max(1, box.value.split("\n").length));
  };

  const showUnread = () => { document.title = unread ? `(${unread}) ${title}` : title; };

  document.addEventListener("htmx:configRequest", (event) => {
    // A page in the background proves nothing about who has read what.
    if (isPoll(event) && document.hidden) event.detail.parameters.away = "1";
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isComposer(event)) sent = byId("text").value;
    const button = isPoll(event) || isComposer(event) ? null : event.detail.elt.querySelector("button");
    tapped = button && { id: button.id, top: button.getBoundingClientRect().top };
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) {
      noticeIsFromPoll = isPoll(event);
      return;
    }
    const notice = byId("notice");
    if (!isPoll(event) || noticeIsFromPoll) notice.replaceChildren();
    if (isComposer(event)) {
      const box = byId("text");
      // What was typed while the message was on its way stays.
      if (box.value === sent) box.value = "";
      grow();
    }
    if (isComposer(event) || (!isPoll(event) && news)) toEnd();
    else if (tapped && byId(tapped.id)) {
      // The tap only changed its own message: the buttons stay under the thumb.
      byId("scroller").scrollTop += byId(tapped.id).getBoundingClientRect().top - tapped.top;
    }
    tapped = null;
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (!isPoll(event)) return; // once an answer: parts of it are swapped on their own before
    news = Number(byId("announce").dataset.news || 0);
    if (document.hidden && news) {
      unread += news;
      showUnread();
    }
  });

  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      const notice = byId("notice");
      const sentence = document.createElement("p");
      sentence.className = "problem";
      sentence.setAttribute("role", "alert");
      sentence.textContent = isPoll(event) ? notice.dataset.lost : notice.dataset.offline;
      notice.replaceChildren(sentence);
      noticeIsFromPoll = isPoll(event);
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    unread = 0;
    showUnread();
  });

  byId("text").addEventListener("input", grow);
  byId("text").addEventListener("keydown", (event) => {
    const isPlainEnter = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (isPlainEnter && matchMedia("(pointer: fine)").matches) {
      event.preventDefault();
      byId("composer").requestSubmit();
    }
  });
  toEnd();
})();
