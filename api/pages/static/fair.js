/* Fairs: reasons and decisions over the timetable, the camera at the door, a wall that never shows what is old. */
"use strict";

/* on a phone the tabs are wider than the screen */
const tab = document.querySelector(".fair-tabs [aria-current]");
if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - tab.offsetWidth;

/* timetable: reasons of the card under the pointer or the focus */
const why = document.getElementById("fair-why");

function part(label, words) {
  const made = document.createElement("span");
  const head = document.createElement("b");
  head.textContent = label;
  made.append(head, words);
  return made;
}

function tellWhy(card) {
  const { who, title, reasons, wants } = card.dataset;
  why.replaceChildren(
    part(`${who} × ${title}`, ""),
    part("本人看", reasons || "未写理由"),
    part("单位看", wants || "未写理由"),
  );
}

if (why) {
  for (const happening of ["focusin", "mouseover"]) {
    document.addEventListener(happening, (event) => {
      const card = event.target.closest("[data-card]");
      if (card) tellWhy(card);
    });
  }
}

/* timetable: a card is pinned elsewhere or left out, by pointer or by keyboard */
const dialog = document.getElementById("fair-decide");

function decide(card, booth, slot) {
  const form = dialog.querySelector("form");
  form.reset();
  form.elements.worker.value = card.dataset.worker;
  dialog.querySelector("h2").textContent = card.dataset.who;
  dialog.querySelector("[data-now]").textContent = `现在：${card.dataset.title}`;
  const own = card.closest("td").dataset.booth;
  const first = form.elements.posting.querySelector(`optgroup[data-booth="${booth}"] option`);
  form.elements.posting.value = booth === own || !first ? card.dataset.posting : first.value;
  form.elements.slot.value = slot;
  form.dataset.own = card.dataset.posting;
  kindChosen(form);
  dialog.showModal();
}

function kindChosen(form) {
  const ban = form.elements.kind.value === "ban";
  form.querySelector("[data-slot-field]").hidden = ban;
  if (ban) form.elements.posting.value = form.dataset.own;
}

if (dialog) {
  let dragged = null;
  document.addEventListener("click", (event) => {
    const card = event.target.closest("[data-card]");
    if (card) decide(card, card.closest("td").dataset.booth, card.dataset.slot);
    if (event.target.closest("[data-close]")) dialog.close();
  });
  dialog.addEventListener("change", () => kindChosen(dialog.querySelector("form")));
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-card]");
    if (!dragged) return;
    dragged.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  document.addEventListener("dragend", () => {
    if (dragged) dragged.classList.remove("is-dragged");
    document.querySelectorAll(".is-over").forEach((cell) => cell.classList.remove("is-over"));
    dragged = null;
  });
  document.querySelectorAll("[data-target]").forEach((cell) => {
    cell.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      cell.classList.add("is-over");
    });
    cell.addEventListener("dragleave", () => cell.classList.remove("is-over"));
    cell.addEventListener("drop", (event) => {
      event.preventDefault();
      if (dragged) decide(dragged, cell.dataset.booth, cell.dataset.slot);
    });
  });
}

/* planning takes seconds: say so, and take no second press */
document.addEventListener("submit", (event) => {
  const button = event.target.matches("[data-wait]") && event.target.querySelector("button[type=submit]");
  if (!button || event.defaultPrevented) return;
  button.textContent = event.target.dataset.wait;
  setTimeout(() => { button.disabled = true; }, 0);
});

/* door: a slip's code by the camera, where the browser can read one */
const scan = document.querySelector("[data-scan]");
const LOOK_AGAIN_MS = 250;

async function read(video, detector, form) {
  const found = await detector.detect(video);
  const code = found.map((one) => one.rawValue).find((value) => value.startsWith("ZPH-"));
  if (!code) {
    setTimeout(() => read(video, detector, form), LOOK_AGAIN_MS);
    return;
  }
  video.srcObject.getTracks().forEach((track) => track.stop());
  form.elements.said.value = code;
  form.requestSubmit();
}

if (scan && "BarcodeDetector" in window && navigator.mediaDevices) {
  scan.hidden = false;
  scan.addEventListener("click", async () => {
    const form = scan.form;
    const video = form.querySelector("[data-camera]");
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.hidden = false;
      scan.hidden = true;
      await video.play();
      await read(video, new window.BarcodeDetector({ formats: ["qr_code"] }), form);
    } catch {
      video.hidden = true;
      form.querySelector("[data-camera-problem]").hidden = false;
    }
  });
}

/* wall: without a fresh answer for a while nothing of the old one stays */
const OLD_AFTER_MS = 60000;
if (document.getElementById("fair-board")) {
  let fresh = Date.now();
  document.addEventListener("htmx:afterSwap", () => { fresh = Date.now(); });
  setInterval(() => {
    const table = document.querySelector("#fair-board table");
    if (!table || Date.now() - fresh < OLD_AFTER_MS) return;
    const told = document.createElement("p");
    told.className = "fair-wall-empty";
    told.textContent = "连不上服务器，岗位请到服务台问";
    table.replaceWith(told);
  }, 5000);
}
