// The roll: ticks are sent one by one; what could not be sent stays on the page, is said so, and is sent again.
const form = document.getElementById("roll-form");
const notice = document.getElementById("roll-unsaved");
let unsent = false;
let timer;

const show = (failed) => {
  notice.hidden = !failed;
};

const sendAgain = () => {
  if (unsent) window.htmx.trigger(form, "roll:send");
};

const later = () => {
  show(true);
  clearTimeout(timer);
  timer = setTimeout(sendAgain, 5000);
};

if (form && notice) {
  form.addEventListener("change", () => {
    unsent = true;
  });
  form.addEventListener("htmx:beforeRequest", () => {
    unsent = false;
  });
  for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    form.addEventListener(failure, () => {
      unsent = true;
      later();
    });
  }
  form.addEventListener("htmx:afterOnLoad", () => show(false));
  form.addEventListener("submit", () => {
    unsent = false;
  });
  window.addEventListener("online", sendAgain);
  window.addEventListener("beforeunload", (event) => {
    if (unsent) event.preventDefault();
  });
}
