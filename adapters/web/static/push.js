"use strict";
// The switch that lets a browser be told when the page is closed. Without it, or without a script, nothing changes.
(() => {
  const WORKER = "/push/worker.js";
  const place = document.getElementById("push");
  if (!place || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  const button = place.querySelector("button");
  const state = place.querySelector("[role=status]");

  const say = (on, words) => {
    button.setAttribute("aria-pressed", String(on));
    state.textContent = words;
    state.className = words && words !== place.dataset.on ? "problem" : "";
  };

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };

  // Whether a subscription was made with the key that the bridge has now: with another one it is worth nothing.
  const isOurs = (subscription) => {
    const made = subscription.options && subscription.options.applicationServerKey;
    if (!made) return true;
    const wanted = bytes(place.dataset.key);
    return new Uint8Array(made).every((byte, at) => byte === wanted[at]);
  };

  const tell = async (subscription, what) => {
    const keys = subscription.toJSON().keys || {};
    const form = { csrf: place.dataset.csrf, do: what, endpoint: subscription.endpoint };
    if (what === "on") { form.public_key = keys.p256dh; form.secret = keys.auth; }
    const answer = await fetch("/push", { method: "POST", body: new URLSearchParams(form), redirect: "error" });
    if (answer.status !== 204) throw new Error(String(answer.status));
  };

  const ready = async () => {
    const registration = await navigator.serviceWorker.register(WORKER);
    const worker = registration.installing || registration.waiting;
    if (!registration.active && worker) {
      await new Promise((done) => worker.addEventListener("statechange", () => {
        if (worker.state === "activated" || worker.state === "redundant") done();
      }));
    }
    return registration;
  };

  const on = async () => {
    if (await Notification.requestPermission() !== "granted") { say(false, place.dataset.denied); return; }
    const { pushManager } = await ready();
    const applicationServerKey = bytes(place.dataset.key);
    let subscription;
    try {
      subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
    } catch (error) {
      // What was made with another key of ours is worth nothing any more.
      const old = await pushManager.getSubscription();
      if (old) await old.unsubscribe();
      subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
    }
    await tell(subscription, "on");
    say(true, place.dataset.on);
  };

  const off = async () => {
    const registration = await navigator.serviceWorker.getRegistration(WORKER);
    const subscription = registration && await registration.pushManager.getSubscription();
    if (subscription) {
      await tell(subscription, "off");
      await subscription.unsubscribe();
    }
    say(false, "");
  };

  button.addEventListener("click", async () => {
    const wasOn = button.getAttribute("aria-pressed") === "true";
    button.disabled = true;
    try { await (wasOn ? off() : on()); } catch (error) { say(wasOn, place.dataset.failed); }
    button.disabled = false;
  });

  // Switched on in this browser before: entered again, for whoever is signed in now.
  const again = async () => {
    const registration = await navigator.serviceWorker.getRegistration(WORKER);
    const subscription = registration && await registration.pushManager.getSubscription();
    if (!subscription || Notification.permission !== "granted") return;
    if (!isOurs(subscription)) { await subscription.unsubscribe(); return; }
    await tell(subscription, "on");
    say(true, place.dataset.on);
  };
  place.hidden = false;
  again().catch(() => say(false, place.dataset.failed));
})();
