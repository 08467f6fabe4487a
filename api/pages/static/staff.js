/* What every page for staff does: errors of htmx are shown, double submits and stale copies are not. */
(function () {
  "use strict";

  /* an answer with an error still holds a sentence for the person */
  document.addEventListener("htmx:beforeSwap", function (event) {
    var answer = event.detail.xhr;
    if (answer.status < 400 || answer.getResponseHeader("HX-Redirect")) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    if (answer.status === 422 && event.detail.target.hasAttribute("data-own-errors")) return;
    event.detail.target = document.getElementById("problems");
    event.detail.swapOverride = "innerHTML";
  });
  document.addEventListener("htmx:sendError", function () {
    var place = document.getElementById("problems");
    place.innerHTML = '<p class="notice bad" role="alert">连不上服务器；请检查网络后再试</p>';
  });
  document.addEventListener("htmx:beforeRequest", function () {
    document.getElementById("problems").innerHTML = "";
  });

  /* a form is sent once */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.hasAttribute("hx-post") || form.target) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
  });

  /* a page that comes back from the browser's memory may belong to somebody who has signed out */
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) window.location.reload();
  });

  /* <button data-print> prints; <form data-confirm="…"> asks first */
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener(
    "submit",
    function (event) {
      var question = event.target.dataset.confirm;
      if (question && !window.confirm(question)) {
        event.preventDefault();
        event.stopPropagation();
      }
    },
    true
  );
})();
