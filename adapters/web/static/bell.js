"use strict";
// A list of cases that stands open rings. The sound is made here, and only once the person switched it on.
(() => {
  const EVERY = 10000; // milliseconds
  const LOST_AFTER = 60000; // without an answer; from then on the page says that it cannot ring
  const PATIENCE = 30000; // for one answer: a line that swallows everything must not keep the next look from going out
  const TIMES = 3;
  const bell = document.getElementById("bell");
  if (!bell || !window.AudioContext) return;
  const button = bell.querySelector("button");
  const state = bell.querySelector("[role=status]");
  const title = document.title;
  let sound = null;
  let known = null;
  let news = false;
  let unseen = []; // most urgent cases that nobody has acknowledged: these ring until somebody touches the page
  let heardAt = Date.now();

  const isOn = () => button.getAttribute("aria-pressed") === "true";

  const say = () => {
    const isLost = Date.now() - heardAt > LOST_AFTER;
    state.textContent = isLost ? bell.dataset.lost : news ? bell.dataset.news : isOn() ? bell.dataset.on : "";
    state.className = isLost ? "problem" : "";
    bell.dataset.mark = isLost || news ? "(!) " : "";
    if (!document.getElementById("board")) document.title = bell.dataset.mark + title; // the board sets its own
  };

  const ring = () => {
    if (!isOn() || sound === null) return;
    for (let beep = 0; beep < TIMES * 2; beep += 1) {
      const at = sound.currentTime + beep * 0.45;
      const tone = sound.createOscillator();
      const loudness = sound.createGain();
      tone.frequency.value = beep % 2 ? 660 : 880;
      loudness.gain.setValueAtTime(0.0001, at);
      loudness.gain.exponentialRampToValueAtTime(0.5, at + 0.03);
      loudness.gain.exponentialRampToValueAtTime(0.0001, at + 0.4);
      tone.connect(loudness).connect(sound.destination);
      tone.start(at);
      tone.stop(at + 0.42);
    }
  };

  const turn = async (on) => {
    button.setAttribute("aria-pressed", String(on));
    sessionStorage.setItem("bell", on ? "on" : "");
    if (on && sound === null) sound = new AudioContext();
    if (on) await sound.resume();
    say();
  };

  const look = async () => {
    try {
      const patience = AbortSignal.timeout(PATIENCE);
      const answer = await fetch(document.hidden ? "/bells?away=1" : "/bells", { redirect: "error", signal: patience });
      const found = (await answer.json()).bells;
      heardAt = Date.now();
      const added = known === null ? [] : found.filter((name) => !known.includes(name));
      if (added.length) news = true;
      unseen = [...unseen, ...added.filter((name) => name.endsWith(".U1"))].filter((name) => found.includes(name));
      if (added.length || unseen.length) ring();
      known = found;
    } catch (error) {
      // Signed out, or no way to the bridge: after a minute the page says so.
    }
    say();
  };

  button.addEventListener("click", async () => {
    await turn(!isOn());
    ring(); // so that they hear what they will hear
  });
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, () => { unseen = []; });
  bell.hidden = false;
  if (sessionStorage.getItem("bell") === "on") {
    // A browser may want a tap on this page first; until then the button says that it is off.
    const last = new AudioContext();
    if (last.state === "running") { sound = last; turn(true); } else { last.close(); }
  }
  look();
  setInterval(() => {
    say(); // also while an answer is waited for
    look();
  }, EVERY);
})();
