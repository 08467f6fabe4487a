// The card on air. It is asked for anew on every signal, and hidden when nothing has vouched for it for a while:
// a card that may be stale is worse than none.
"use strict";

const SILENT_MS = 8000;
const AGAIN_MS = 1000;
const RELOAD = ["aired", "taken_off", "headcount", "sheet", "state", "reset"];

const stage = document.getElementById("stage");
const address = document.body.dataset.address;
let heardAt = 0;
let asking = false;
let askAgain = false;

function hide() {
  stage.classList.remove("shown");
}

function show(html) {
  if (stage.innerHTML !== html) {
    stage.innerHTML = html;
  }
  stage.classList.add("shown");
}

async function load() {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  try {
    const answer = await fetch(`${address}/card`, { credentials: "same-origin", cache: "no-store" });
    if (answer.status === 200) {
      show(await answer.text());
    } else {
      hide();
    }
  } catch {
    hide();
  }
  asking = false;
  if (askAgain) {
    askAgain = false;
    load();
  }
}

function heard() {
  heardAt = Date.now();
}

function listen() {
  const signals = new EventSource(`${address}/signals`);
  signals.addEventListener("open", () => {
    heard();
    load();
  });
  signals.addEventListener("beat", heard);
  for (const kind of RELOAD) {
    signals.addEventListener(kind, () => {
      heard();
      load();
    });
  }
  signals.addEventListener("error", () => {
    if (signals.readyState === EventSource.CLOSED) {
      hide();
      setTimeout(listen, AGAIN_MS);
    }
  });
}

setInterval(() => {
  if (Date.now() - heardAt > SILENT_MS) {
    hide();
  } else if (!stage.classList.contains("shown")) {
    load();
  }
}, 2000);
listen();
