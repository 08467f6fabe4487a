// The operator's console: number keys, edits of the run-sheet, and what happens to them while the line is down.
"use strict";

(function () {
  const place = document.getElementById("console");
  const address = place.dataset.address;
  const csrf = JSON.parse(document.body.getAttribute("hx-headers"));
  const notices = document.getElementById("notices");
  const keysOn = document.getElementById("keys-on");
  const typedBox = document.getElementById("typed");

  const WAIT_FOR_DIGIT_MS = 800;
  const KEPT_MS = 15000; // a key older than this was meant for another moment
  const DONE_MS = 8000; // what went well needs no answer; anything else stays until the next step

  let dragging = null;
  let pressed = false; // a button that is replaced between press and release hears no click
  let refreshWanted = false;
  let refreshing = null;
  let kept = []; // steps taken while the line was down, in order
  let chain = Promise.resolve(); // one step after another, each on the version that the last one left

  const board = () => document.getElementById("board").dataset;
  const held = () => dragging || pressed;

  /* words for the person */
  function tell(text, kind = "bad") {
    const line = document.createElement("p");
    line.className = `notice ${kind}`;
    line.textContent = text;
    notices.replaceChildren(line);
    if (kind === "good") setTimeout(() => line.remove(), DONE_MS);
  }

  function sentenceOf(html) {
    const piece = new DOMParser().parseFromString(html, "text/html").querySelector(".notice");
    if (!piece) return "没有做成，请再试一次";
    piece.querySelector("strong")?.remove();
    return piece.textContent.trim();
  }

  function named(step) {
    return { air: `${step.values.short_no}号上播`, off: `${step.values.short_no}号撤下` }[step.act];
  }

  function showLink() {
    const link = document.getElementById("link");
    const open = signals.isConnected();
    link.dataset.state = open ? "open" : "lost";
    const waiting = kept.length ? `（等着补发：${kept.map(named).join("、")}）` : "";
    document.getElementById("link-text").textContent = open ? "已连接" : `连接中断，正在重连${waiting}`;
  }

  /* the parts that change */
  function put(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const given = fresh.getElementById("board");
    const older = given && (Number(given.dataset.signal) < Number(board().signal) || Number(given.dataset.version) < Number(board().version));
    if (!given || older) return;
    const focused = document.activeElement && document.activeElement.id;
    const opened = [...document.querySelectorAll("#board details[open]")].map((one) => one.id);
    for (const part of fresh.querySelectorAll("[data-part]")) {
      document.getElementById(part.id).replaceWith(document.adoptNode(part));
    }
    for (const id of opened) {
      const again = document.getElementById(id);
      if (again) again.open = true;
    }
    const prepare = document.querySelector(".prepare");
    if (prepare && board().state === "running") prepare.remove();
    const version = document.querySelector("[data-versioned] input[name=version]");
    if (version) version.value = board().version;
    const back = focused && document.getElementById(focused);
    if (back && back !== document.activeElement) back.focus();
  }

  async function load() {
    do {
      refreshWanted = false;
      try {
        const answer = await askPiece(`${address}/board`);
        if (!answer.ok) signals.cut();
        else if (held()) refreshWanted = true;
        else put(answer.html);
      } catch {
        signals.cut();
      }
    } while (refreshWanted && !held());
    refreshing = null;
  }

  /* resolves when what is shown is newer than the call */
  function refresh() {
    refreshWanted = true;
    if (!held() && !refreshing) refreshing = load();
    return refreshing || Promise.resolve();
  }

  function letGo() {
    dragging = null;
    pressed = false;
    if (refreshWanted) refresh();
  }

  /* steps */
  async function send(step) {
    const body = new URLSearchParams({ ...step.values, version: step.version || board().version });
    const answer = await askPiece(`${address}/${step.act}`, { method: "POST", body, headers: csrf });
    if (answer.ok) {
      notices.replaceChildren();
      put(answer.html);
    } else {
      tell(sentenceOf(answer.html));
      await refresh();
    }
    return answer.ok;
  }

  function keep(step) {
    if (step.act === "air" || step.act === "off") {
      kept.push({ ...step, at: Date.now(), version: board().version });
    } else {
      tell("连接中断，这一步没有执行；连上后请再做一次");
    }
    showLink();
  }

  function take(act, values) {
    const step = { act, values };
    chain = chain.then(async () => {
      if (!signals.isConnected()) {
        keep(step);
        return;
      }
      try {
        await send(step);
      } catch {
        signals.cut();
        keep(step);
      }
    });
  }

  /* back on line: the kept steps go out once, in order, only if they are fresh and nobody edited meanwhile */
  async function flush() {
    await refresh();
    if (!signals.isConnected()) return;
    const steps = kept;
    kept = [];
    showLink();
    if (!steps.length) return;
    const late = Date.now() - steps[0].at > KEPT_MS;
    const edited = steps[0].version !== board().version;
    if (late || edited) {
      const why = edited ? "其间流程单被别人改过" : "断线超过 15 秒";
      tell(`断线时按的 ${steps.map(named).join("、")} 已作废（${why}）；请看清现在的画面再按`, "warn");
      return;
    }
    for (const [done, step] of steps.entries()) {
      let ok = false;
      try {
        ok = await send({ act: step.act, values: step.values });
      } catch {
        signals.cut();
      }
      if (!ok) {
        tell(`断线时按的 ${steps.slice(done).map(named).join("、")} 没有执行；请看清现在的画面再按`, "warn");
        return;
      }
    }
    tell(`断线时按的 ${steps.map(named).join("、")} 已补发`, "good");
  }

  /* clicks */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) {
      const { act, no, place: to, posting } = button.dataset;
      const values = { air: { short_no: no }, off: { short_no: no }, move: { short_no: no, place: to }, items: { posting_id: posting } };
      take(act, values[act]);
    }
    const copy = event.target.closest("[data-copy]");
    if (copy) copyFrom(document.getElementById(copy.dataset.copy), copy);
    if (event.target.closest("[data-dismiss]")) document.getElementById("overlay-link").replaceChildren();
  });

  async function copyFrom(field, button) {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // a page over plain http has no clipboard
    }
    button.textContent = "已复制";
  }

  /* keys */
  let typed = "";
  let timer = null;

  function showTyped() {
    typedBox.textContent = typed ? `${typed} 号` : "";
  }

  function airTyped() {
    clearTimeout(timer);
    const number = typed;
    typed = "";
    showTyped();
    if (!number) return;
    if (!board().numbers.split(" ").includes(number)) {
      tell(`流程单上没有 ${number} 号`);
      return;
    }
    take("air", { short_no: number });
  }

  function digit(key) {
    if (!typed && key === "0") return;
    typed += key;
    showTyped();
    clearTimeout(timer);
    const longer = board().numbers.split(" ").some((one) => one.startsWith(typed) && one !== typed);
    if (!longer) airTyped();
    else timer = setTimeout(airTyped, WAIT_FOR_DIGIT_MS);
  }

  function escape() {
    if (typed) {
      typed = "";
      clearTimeout(timer);
      showTyped();
    } else if (board().onAir) {
      take("off", { short_no: board().onAir });
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const writing = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (writing) {
      if (event.key === "Escape") writing.blur();
      return;
    }
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("ask").focus();
      return;
    }
    if (!keysOn || !keysOn.checked) return;
    if (/^[0-9]$/.test(event.key)) digit(event.key);
    else if (event.key === "Enter" && typed) {
      event.preventDefault();
      airTyped();
    } else if (event.key === "Escape") escape();
  });

  /* letters of a half-typed Chinese word are no question yet */
  const ask = document.getElementById("ask");
  document.addEventListener("input", (event) => event.target === ask && event.isComposing && event.stopPropagation(), true);
  ask.addEventListener("compositionend", () => ask.dispatchEvent(new Event("input", { bubbles: true })));

  /* drag */
  document.addEventListener("dragstart", (event) => {
    dragging = event.target.closest && event.target.closest(".item[draggable]");
    if (dragging) dragging.classList.add("dragged");
  });
  document.addEventListener("dragover", (event) => {
    const over = dragging && event.target.closest(".item[draggable]");
    document.querySelectorAll(".item.drop-here").forEach((one) => one.classList.remove("drop-here"));
    if (over && over !== dragging) {
      event.preventDefault();
      over.classList.add("drop-here");
    }
  });
  document.addEventListener("drop", (event) => {
    const over = dragging && event.target.closest(".item[draggable]");
    if (over && over !== dragging) {
      event.preventDefault();
      take("move", { short_no: dragging.dataset.no, place: over.dataset.place });
    }
  });
  document.addEventListener("dragend", () => {
    if (dragging) dragging.classList.remove("dragged");
    document.querySelectorAll(".item.drop-here").forEach((one) => one.classList.remove("drop-here"));
    letGo();
  });

  /* a press: the click comes after the release */
  document.addEventListener("pointerdown", (event) => {
    pressed = Boolean(event.target.closest("#console button"));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => pressed && !dragging && setTimeout(letGo));
  }
  window.addEventListener("blur", letGo);

  /* a paste that was taken down leaves no phone in its box */
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.querySelector("[data-done=leads]")) document.getElementById("paste").value = "";
  });

  const signals = followSignals(address, Number(place.dataset.after), {
    heard: (kind) => (kind === "reset" ? window.location.reload() : refresh()),
    lost: showLink,
    back: () => {
      chain = chain.then(flush);
    },
  });
})();
