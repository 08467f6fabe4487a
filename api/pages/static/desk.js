/* Keys of the desk: j/k/Enter in lists, number keys while a call is logged. Pages work without it but for the preview. */
"use strict";

function typing(target) {
  return target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");
}

/* lists: one row is "here" */
const table = document.querySelector("[data-rows]");
const rows = table ? [...table.querySelectorAll("tbody tr")] : [];
let here = -1;

function goTo(place) {
  if (!rows.length) return;
  here = Math.max(0, Math.min(rows.length - 1, place));
  rows.forEach((row, index) => row.classList.toggle("is-here", index === here));
  rows[here].querySelector("[data-open]").focus();
}

/* the call form: one posting is "here" */
const call = document.querySelector("[data-call]");
const answers = call ? [...call.querySelectorAll("[data-answer]")] : [];
let asked = 0;

function showAnswer(answer) {
  const said = answer.querySelector("[data-said]:checked");
  const value = said ? said.dataset.said : "";
  answer.querySelector("[data-reasons]").hidden = value !== "unsuitable";
  answer.querySelector("[data-refusal]").hidden = value !== "refused";
  const refused = call.querySelector("[data-said=refused]:checked") !== null;
  call.querySelector("textarea[name=note]").required = refused;
}

function moveTo(place) {
  asked = Math.max(0, Math.min(answers.length - 1, place));
  answers.forEach((answer, index) => answer.classList.toggle("is-here", index === asked));
}

function say(value) {
  if (!answers.length) return;
  const input = answers[asked].querySelector(`[data-said=${value}]`);
  input.checked = true;
  showAnswer(answers[asked]);
  if (value === "unsuitable") {
    answers[asked].querySelector("[data-reasons] input").focus();
  } else {
    moveTo(asked + 1);
  }
}

function reached() {
  const no = call.querySelector("[name=reached][value=no]").checked;
  const part = call.querySelector("[data-when-reached]");
  part.hidden = no;
  part.querySelectorAll("input").forEach((input) => { input.disabled = no; });
}

if (call) {
  answers.forEach((answer, index) => {
    answer.addEventListener("change", () => showAnswer(answer));
    answer.addEventListener("focusin", () => moveTo(index));
  });
  call.addEventListener("change", (event) => { if (event.target.name === "reached") reached(); });
  moveTo(0);
}

const CALL_KEYS = {
  1: () => { call.querySelector("[data-hot='1']").checked = true; reached(); },
  2: () => { call.querySelector("[data-hot='2']").checked = true; reached(); },
  3: () => say("interested"),
  4: () => say("unsuitable"),
  5: () => say("told"),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key === "Enter" && call) {
    call.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const reasons = event.target.closest("[data-reasons]");
  const number = "1234567890".indexOf(event.key);
  if (reasons && event.key.length === 1 && number >= 0) {
    const chosen = reasons.querySelectorAll("input")[number];
    event.preventDefault();
    if (chosen) {
      chosen.checked = true;
      call.querySelector("textarea[name=note]").focus();
    }
    return;
  }
  if (call && CALL_KEYS[event.key]) {
    event.preventDefault();
    CALL_KEYS[event.key]();
  } else if (call && event.key === "c") {
    event.preventDefault();
    call.scrollIntoView({ block: "start" });
    call.querySelector("input:checked").focus();
  } else if (rows.length && event.key === "j") {
    goTo(here + 1);
  } else if (rows.length && event.key === "k") {
    goTo(here - 1);
  } else if (event.key === "/") {
    const find = document.getElementById("words");
    if (find) { event.preventDefault(); find.focus(); }
  }
});

/* the preview: a dialog around whatever the server answers */
const dialog = document.getElementById("desk-dialog");

document.addEventListener("htmx:afterSwap", (event) => {
  if (dialog && event.detail.target.id === "desk-dialog-body") {
    if (!dialog.open) dialog.showModal();
    const first = dialog.querySelector("[autofocus], a.primary, a.button");
    if (first) first.focus();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) dialog.close();
});

/* how many are picked */
const pushForm = document.getElementById("push-form");

function countPicked() {
  const picked = pushForm.querySelectorAll("input[name=posting]:checked").length;
  pushForm.querySelector("[data-picked]").textContent = picked ? `（${picked} 个）` : "";
  pushForm.querySelector("button").disabled = picked === 0;
}

if (pushForm && pushForm.querySelector("[data-picked]")) {
  pushForm.addEventListener("change", countPicked);
  countPicked();
}
