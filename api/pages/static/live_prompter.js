// The prompter: asks anew on every signal, and covers its words when nothing has vouched for them for a while.
"use strict";

(function () {
  const page = document.getElementById("prompter");
  const card = document.getElementById("card");
  const COVER_MS = 20000; // long enough to end a sentence, shorter than a script
  const AGAIN_MS = 2000;

  let asking = false;
  let askAgain = false;
  let shownAt = performance.now();
  let cover = null;
  let guest = false;

  async function load() {
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    try {
      const answer = await askPiece(`${page.dataset.address}/prompter/card`);
      if (answer.ok) {
        card.innerHTML = answer.html;
        shownAt = performance.now();
        if (signals.isConnected()) card.classList.remove("covered");
        arrange();
      } else {
        setTimeout(load, AGAIN_MS);
      }
    } catch {
      signals.cut();
    }
    asking = false;
    if (askAgain) {
      askAgain = false;
      load();
    }
  }

  function arrange() {
    const script = document.getElementById("script");
    if (!script) return;
    script.hidden = guest;
    document.getElementById("guest").hidden = !guest;
    document.getElementById("guest-button").setAttribute("aria-pressed", String(guest));
    tick();
  }

  function tick() {
    const posting = card.querySelector(".posting");
    if (!posting) return;
    const seconds = Number(posting.dataset.elapsed) + Math.floor((performance.now() - shownAt) / 1000);
    document.getElementById("elapsed").textContent = seconds;
    posting.classList.toggle("long", seconds > Number(posting.dataset.seconds) + 10);
  }

  function turn() {
    guest = !guest;
    arrange();
  }

  function say(state, text) {
    document.getElementById("link").dataset.state = state;
    document.getElementById("link-text").textContent = text;
  }

  document.addEventListener("click", (event) => event.target.closest("#guest-button") && turn());
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "g" && !event.ctrlKey && !event.metaKey && !event.altKey) turn();
  });

  const signals = followSignals(page.dataset.address, Number(page.dataset.after), {
    heard: load,
    lost: () => {
      say("lost", "连接中断，正在重连");
      cover = setTimeout(() => card.classList.add("covered"), COVER_MS);
    },
    back: () => {
      clearTimeout(cover);
      say("open", "已连接");
      load();
    },
  });
  setInterval(tick, 1000);
  arrange();
})();
