// What a person writes into a report: kept on this device until the server has it. And the page itself, which opens without
// a connection.
import { answers, listenToAll, withoutQuestion } from "./answers.js";
import { place, refresh } from "./kept.js";
import { forgetOthers, kept } from "./store.js";
import { totals } from "./totals.js";
import { words } from "./words.js";

const TRY_AGAIN = 20_000; // milliseconds: `online` is not told on every device
const STILL_TYPING = 3_000;

const forms = [...words, ...totals, ...answers];
let isSending = false;

const isWaiting = async (each) => {
  if (!each.waiting || Date.now() - each.typedAt < STILL_TYPING) return false;
  const draft = await kept(each.id); // another window may have sent it
  return Boolean(draft?.wanted && each.owns(draft));
};

/** One after the other, until one says that there is no connection. */
const sendAll = async () => {
  const sent = [];
  for (const each of forms) {
    if (!(await isWaiting(each))) continue;
    const result = await each.send(false);
    if (result.became === "conflict") return; // the page is being left
    if (result.became === "offline" || result.became === "signedOut") break;
    if (result.became === "saved") sent.push(each.refreshes || result.reload);
  }
  const isTyping = document.activeElement?.matches("textarea, input[type=text]");
  if (sent.some(Boolean) && !isTyping) refresh();
  else if (sent.length) document.dispatchEvent(new Event("report-saved"));
};

const sendWaiting = async () => {
  if (isSending) return;
  isSending = true;
  await sendAll().finally(() => {
    isSending = false;
  });
};

const start = async () => {
  await forgetOthers(place.whose);
  for (const each of forms) await each.start();
  forms.push(...(await withoutQuestion()));
  listenToAll();
  addEventListener("online", sendWaiting);
  document.addEventListener("report-saved", () => keepPage().catch(() => {}));
  setInterval(sendWaiting, TRY_AGAIN);
  await sendWaiting();
};

/** The page itself opens without a connection, too: as it is now. */
const keepPage = async () => {
  if (!place.reportWorker || !("serviceWorker" in navigator)) return;
  const { active } = await navigator.serviceWorker.ready;
  const files = performance.getEntriesByType("resource").map((each) => each.name);
  active?.postMessage({ page: place.page, files });
};

if (place.report) start().catch(() => forms.forEach((each) => each.stop())); // without a store they are ordinary forms
if (place.reportWorker && "serviceWorker" in navigator) {
  const scope = new URL(place.reportWorker, location.href).pathname.replace(/[^/]*$/, "");
  navigator.serviceWorker
    .register(place.reportWorker, { scope })
    .then(keepPage)
    .catch(() => {});
}
if (place.now) {
  fetch(place.now, { credentials: "same-origin" })
    .then((response) => response.text()) // read to its end, or the connection stays taken
    .catch(() => {
      document.getElementById("kept-page").hidden = false;
    });
}
