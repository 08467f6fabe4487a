// The list of calls renews itself, unless somebody is in the middle of one.
"use strict";

setInterval(() => {
  const list = document.getElementById("calls");
  const busy = list.querySelector("[data-revealed]") || list.contains(document.activeElement);
  if (!busy && !document.hidden) htmx.ajax("GET", "/desk/leads", { target: "#calls", swap: "innerHTML" });
}, 30000);
