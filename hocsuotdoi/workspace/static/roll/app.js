// The offline roll: starts, enrols, shows the screen that the address names.
import { daysScreen } from "./days.js";
import { alertBox, announce, h, show } from "./dom.js";
import { keepDecoder, scanScreen } from "./scan.js";
import { closeScreen, gone, rollOfSession, sessionOf, sessionScreen } from "./session.js";
import { statusLine, statusScreen, warnings } from "./status.js";
import { enrol, load, onChange, state, sync } from "./sync.js";
import { persist } from "./store.js";
import { say } from "./wording.js";

const head = document.getElementById("head");
const bar = h("div", { class: "under-head" });
head.append(bar);

let update = null; // brings the screen up to date
let leave = null; // ends what the screen has running

const showBar = () => bar.replaceChildren(...(state.device ? [statusLine(), ...warnings()].filter(Boolean) : []));

const go = () => {
  leave?.();
  [update, leave] = [null, null];
  const [, place, id, act] = location.hash.split("/");
  showBar();
  if (!state.device || place === "enrol" || codeInAddress()) return enrolScreen(codeInAddress());
  if (place === "status") {
    statusScreen(true);
    update = () => statusScreen(false);
  } else if (place === "s") sessionScreens(id, act);
  else {
    daysScreen(true);
    update = () => daysScreen(false);
  }
  return null;
};

const sessionScreens = (id, act) => {
  const session = sessionOf(id);
  if (!session || (rollOfSession(session).closed && act)) return gone();
  if (act === "close") closeScreen(session);
  else if (act === "scan") leave = scanScreen(session);
  else update = sessionScreen(session);
  return null;
};

const codeInAddress = () => {
  const code = location.hash.slice(1);
  return /^[0-9A-Za-z-]{10,12}$/.test(code) ? code : "";
};

const enrolScreen = (given) => {
  const code = h("input", {
    type: "text",
    id: "code",
    value: given,
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    maxlength: 20,
  });
  const error = h("p", { class: "error", role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    error.textContent = "";
    try {
      await enrol(code.value);
    } catch (failure) {
      error.textContent = failure.message || say("enrol_offline");
      return code.focus();
    }
    // The code is used up; the address is that of the program, which is what one installs.
    history.replaceState(null, "", "/roll/#/");
    state.persistent = await persist();
    go();
    announce(say("enrolled", { institution: state.device.institution }));
    return sync();
  };
  show([
    h("h1", {}, say("enrol_title")),
    h("p", { class: "lead" }, say("enrol_lead")),
    state.device ? alertBox("gold", say("enrol_again", { institution: state.device.institution })) : null,
    h(
      "form",
      { class: "panel", onsubmit: submit, novalidate: true },
      h("div", { class: "field" }, h("label", { for: "code" }, say("enrol_code")), code, error),
      h("button", { class: "button button-primary", type: "submit" }, say("enrol_act")),
    ),
    h("p", { class: "soft" }, say("enrol_where")),
    state.device ? h("p", {}, h("a", { href: "#/" }, say("back"))) : null,
    h("p", {}, h("a", { href: "/workspace/activities/" }, say("ordinary_roll"))),
  ]);
};

// A new version waits until somebody wants it; the journal is not its affair.
const serveOffline = async () => {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/roll/worker.js", { scope: "/roll/" });
  const ready = () => {
    state.update = navigator.serviceWorker.controller ? registration.waiting : null;
    showBar();
  };
  ready();
  registration.addEventListener("updatefound", () =>
    registration.installing?.addEventListener("statechange", () => ready()),
  );
  let taken = !navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!taken) location.reload();
    taken = false;
  });
  await keepDecoder((await navigator.serviceWorker.ready).active);
};

const start = async () => {
  if (!window.isSecureContext || !window.indexedDB || !crypto.subtle) {
    return show([h("h1", {}, say("enrol_title")), alertBox("attention", say("insecure"))]);
  }
  try {
    await load();
  } catch {
    return show([h("h1", {}, say("enrol_title")), alertBox("attention", say("no_store"))]);
  }
  window.addEventListener("hashchange", go);
  window.addEventListener("online", sync);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sync());
  onChange((what) => {
    showBar();
    if (what !== "status") update?.();
  });
  go();
  serveOffline().catch((error) => console.warn(error));
  if (state.device) state.persistent = await persist();
  return sync();
};

start();
