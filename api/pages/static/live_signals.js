// The signals of a livestream: numbers, no words. A console that was cut off catches up by the last number it heard.
"use strict";

const SILENT_MS = 8000;
const AGAIN_MS = 1000;
const KINDS = ["aired", "taken_off", "headcount", "leads", "sheet", "state", "reset"];

/* heard(kind): something changed. lost(): nothing vouches for the screen any more. back(): it does again. */
window.followSignals = function (address, after, { heard, lost, back }) {
  let last = after;
  let heardAt = Date.now();
  let connected = true;
  let source = null;

  function alive() {
    heardAt = Date.now();
    if (!connected) {
      connected = true;
      back();
    }
  }

  function cut() {
    if (connected) {
      connected = false;
      lost();
    }
  }

  function listen() {
    source = new EventSource(`${address}/signals?after=${last}`);
    source.addEventListener("beat", alive);
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        last = Number(event.lastEventId);
        alive();
        heard(kind);
      });
    }
    const mine = source;
    source.addEventListener("error", () => {
      cut();
      if (mine.readyState === EventSource.CLOSED) {
        setTimeout(() => mine === source && listen(), AGAIN_MS);
      }
    });
  }

  setInterval(() => {
    if (Date.now() - heardAt > SILENT_MS) {
      cut();
      heardAt = Date.now();
      source.close();
      listen();
    }
  }, AGAIN_MS);
  window.addEventListener("offline", cut);
  listen();
  return { cut, isConnected: () => connected };
};

/* A piece of a page. Whoever is signed out meanwhile is led to the sign-in page. Rejects when nobody answers. */
window.askPiece = async function (address, options = {}) {
  const answer = await fetch(address, {
    credentials: "same-origin",
    cache: "no-store",
    ...options,
    headers: { "HX-Request": "true", ...options.headers },
  });
  if (answer.status === 401) {
    window.location.assign(answer.headers.get("HX-Redirect") || "/sign-in");
  }
  return { ok: answer.ok, status: answer.status, html: await answer.text() };
};
