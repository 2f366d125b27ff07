"use strict";
// Runs in a browser whose page is closed. Shows that something is due and opens the list; keeps and asks for nothing.
const LIST = "/cases";

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  let said = {};
  try { said = event.data ? event.data.json() : {}; } catch (error) { said = {}; }
  const title = String(said.title || "Urgent Case Bridge");
  const body = String(said.body || "Something is due at the bridge. Open it.");
  // One tag: a further one takes the place of the one before, and is heard all the same.
  event.waitUntil(self.registration.showNotification(title, { body, tag: "due", renotify: true, requireInteraction: true }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const open = pages.find((page) => new URL(page.url).pathname === LIST);
    if (open) await open.focus(); else await self.clients.openWindow(LIST);
  })());
});
