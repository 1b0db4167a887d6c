// The words of a report: kept on the device as they are typed, sent when one saves, sent by themselves once there is a
// connection again. Whoever else has saved meanwhile: the server shows both texts, and what was typed here is in it.
import { drop, forgetOthers, keep, kept } from "./store.js";

const form = document.getElementById("words-form");
const line = document.getElementById("words-status");
const TRY_AGAIN = 20_000; // milliseconds: `online` is not told on every device

let waiting; // whether something is kept that the server has not got
let wanted = false; // whether the person has said that it is to be saved; typing on takes that back no more
let sending = false;

const fields = () => [...form.querySelectorAll("textarea")];
const texts = () => Object.fromEntries(fields().map((field) => [field.name, field.value]));
/** `but`: fields that hold something else than this by now keep what they hold. */
const put = (given, but) => {
  for (const field of fields()) {
    const isTypedOn = but && field.value !== but[field.name];
    if (field.name in given && !isTypedOn) field.value = given[field.name];
  }
};
const version = () => Number(form.elements.version.value);
const hour = (at) => new Date(at).toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" });

const say = (what, at = Date.now()) => {
  line.textContent = line.dataset[what].replace("{time}", hour(at));
  line.dataset.state = what;
  line.hidden = false;
};

/** `asked`: the person has said that it is to be saved; `over`: the version that it was written over. */
const note = async (asked, over = version()) => {
  const { report, whose } = form.dataset;
  wanted ||= asked;
  await keep({ report, whose, version: over, fields: texts(), at: Date.now(), wanted });
  waiting = true;
};

/** Posts as the form would. What comes back: "saved", "conflict", "wrong", "signed out", or "offline". */
const post = async (token) => {
  const body = new FormData(form);
  if (token) body.set("csrfmiddlewaretoken", token);
  const headers = { Accept: "application/json" };
  let response;
  try {
    response = await fetch(form.action, { method: "POST", body, headers, credentials: "same-origin", redirect: "manual" });
  } catch {
    return { became: "offline" };
  }
  if (response.type === "opaqueredirect") return { became: "signedOut" };
  if (response.status === 403 && !token) {
    const fresh = await freshToken();
    return fresh ? post(fresh) : { became: "signedOut" };
  }
  if (response.ok) return { became: "saved", ...(await response.json()) };
  if (response.status >= 500) return { became: "offline" };
  return { became: response.status === 409 ? "conflict" : "wrong" };
};

/** A page that was kept carries an old token. */
const freshToken = async () => {
  try {
    const response = await fetch(form.dataset.page, { credentials: "same-origin", redirect: "manual" });
    if (!response.ok) return "";
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    return fresh.querySelector("#words-form [name=csrfmiddlewaretoken]")?.value ?? "";
  } catch {
    return "";
  }
};

const send = async () => {
  if (sending) return;
  sending = true;
  try {
    const before = texts();
    const result = await post();
    if (result.became === "saved") await saved(result, before);
    else if (result.became === "conflict" || result.became === "wrong") leave();
    else say(result.became);
  } finally {
    sending = false;
  }
};

const saved = async (result, before) => {
  form.elements.version.value = result.version;
  const typedOn = JSON.stringify(texts()) !== JSON.stringify(before);
  // What others wrote into other fields comes in even where this person has typed on in theirs: what is sent next is
  // sent over the version that holds it.
  put(result.words, before);
  await drop(form.dataset.report);
  waiting = wanted = false;
  if (typedOn) await note(true);
  say("saved");
  if (result.said) line.textContent += ` ${result.said}`;
  if (result.reload) location.reload();
};

/** The page that the server answers with holds both texts; what was typed stays in its fields. */
const leave = () => {
  form.removeEventListener("submit", onSubmit);
  form.submit();
};

const onSubmit = async (event) => {
  event.preventDefault();
  await note(true);
  await send();
};

const onUse = (event) => {
  const button = event.target.closest("[name=use]");
  if (!button) return;
  event.preventDefault();
  const field = form.elements[button.value];
  field.value = document.getElementById(`suggestion-${button.value}`).innerText.trim();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
};

const start = async () => {
  await forgetOthers(form.dataset.whose);
  if (form.dataset.conflict) {
    // Both texts are on the page, and nothing is saved before this person has decided. Left and opened again, what is
    // kept stands over the old version still: so the two meet again.
    await note(false, (await kept(form.dataset.report))?.version);
  } else {
    const draft = await kept(form.dataset.report);
    if (draft) {
      const same = fields().every((field) => field.value.trim() === (draft.fields[field.name] ?? "").trim());
      if (same) await drop(form.dataset.report);
      else {
        put(draft.fields);
        form.elements.version.value = draft.version; // what the words were written over: the server compares
        waiting = true;
        wanted = draft.wanted;
        say("unsent", draft.at);
        if (draft.wanted) await send();
      }
    }
  }
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      await note(!navigator.onLine);
      say("unsent");
    }, 300);
  });
  form.addEventListener("submit", onSubmit);
  form.addEventListener("click", onUse);
  const sendWanted = async () => waiting && (await kept(form.dataset.report))?.wanted && send();
  addEventListener("online", sendWanted);
  setInterval(sendWanted, TRY_AGAIN);
};

if (form) {
  start().catch(() => form.removeEventListener("submit", onSubmit)); // without a store it is an ordinary form
}

// The page itself opens without a connection, too.
const worker = document.body.querySelector("[data-report-worker]")?.dataset.reportWorker;
if (worker && "serviceWorker" in navigator) {
  navigator.serviceWorker
    .register(worker, { scope: new URL(worker, location.href).pathname.replace(/[^/]*$/, "") })
    .then(() => navigator.serviceWorker.ready)
    .then((registration) => {
      const files = performance.getEntriesByType("resource").map((each) => each.name);
      registration.active?.postMessage({ page: location.pathname, files });
    })
    .catch(() => {});
}
const notice = document.getElementById("kept-page");
if (notice) {
  fetch(notice.dataset.now, { credentials: "same-origin" })
    .then((response) => response.text()) // read to its end, or the connection stays taken
    .catch(() => {
      notice.hidden = false;
    });
}
