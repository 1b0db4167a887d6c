// Submitting, where the connection may be lost in the middle: then nobody knows whether it arrived. The page asks until it
// knows, and says which.
const form = document.querySelector("form[data-submit-report]");
const line = document.getElementById("submit-status");
const AGAIN = 4_000; // milliseconds

const say = (what, words = {}) => {
  line.textContent = line.dataset[what].replace(/\{(\w+)\}/g, (_all, name) => words[name] ?? "");
  line.dataset.state = what;
  line.hidden = false;
};

const ask = async () => {
  try {
    const response = await fetch(form.dataset.now, { credentials: "same-origin", redirect: "manual" });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
};

const findOut = async () => {
  const now = await ask();
  if (!now) return setTimeout(findOut, AGAIN);
  if (now.state === "submitted" || now.state === "approved") {
    say("arrived", now);
    const link = document.createElement("a");
    link.href = form.dataset.page;
    link.textContent = line.dataset.open;
    line.append(" ", link);
    form.hidden = true;
  } else {
    say("notArrived");
    form.querySelector("button").disabled = false;
  }
  return undefined;
};

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  form.querySelector("button").disabled = true;
  say("sending");
  let response;
  try {
    const given = { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual" };
    response = await fetch(form.action || location.href, given);
  } catch {
    say("lost");
    setTimeout(findOut, AGAIN);
    return;
  }
  // A refusal is shown by the page itself: the form is sent as it would have been, and refused again.
  if (response.type === "opaqueredirect") location.assign(form.dataset.page);
  else form.submit();
});
