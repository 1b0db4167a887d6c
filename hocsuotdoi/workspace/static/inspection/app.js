// The visit on the phone: starts, shows the screen that the address names.
import { alertBox, h, show } from "../roll/dom.js";
import { dayKey, dayWords, list, say, told } from "../roll/wording.js";
import { seconds, statusLine, statusScreen, warnings, wordsOf } from "./status.js";
import { persist } from "./store.js";
import { endScreen } from "./ending.js";
import { findingScreen, foundScreen } from "./findings.js";
import { closedHere, closingOf, load, onChange, state, sync } from "./sync.js";
import { answeredOf, visitScreen } from "./visit.js";

const head = document.getElementById("head");
const bar = h("div", { class: "under-head" });
head.append(bar);
let update = null;

const showBar = () => bar.replaceChildren(...[statusLine(), ...warnings()].filter(Boolean));

const go = () => {
  update = null;
  const [, place, id, part, key] = location.hash.split("/");
  showBar();
  if (place === "status") {
    statusScreen(true);
    update = () => statusScreen(false);
  } else if (place === "v" && part === "found") update = key ? findingScreen(id, key) : foundScreen(id);
  else if (place === "v" && part === "end") update = endScreen(id);
  else if (place === "v") update = visitScreen(id);
  else {
    visitsScreen(true);
    update = () => visitsScreen(false);
  }
};

const visitsScreen = (fresh) => {
  const visits = state.carry?.visits ?? [];
  const stateWords = new Map(list("states"));
  show(
    [
      h("h1", {}, say("title")),
      state.carry ? h("p", { class: "lead" }, state.carry.person_name) : null,
      visits.length
        ? h(
            "ul",
            { class: "plain visits", role: "list" },
            visits.map((visit) => {
              const noon = Date.parse(`${visit.planned_on}T12:00:00+07:00`) / 1000;
              return h(
                "li",
                {},
                h(
                  "a",
                  { class: "visit", href: `#/v/${visit.id}` },
                  h("span", { class: "session-title" }, visit.institution_name),
                  h("span", {}, `${visit.place} · ${dayWords(noon, seconds())}`),
                  h(
                    "span",
                    { class: "row small" },
                    h(
                      "span",
                      { class: dayKey(noon) === dayKey(seconds()) ? "badge badge-gold" : "badge" },
                      closingOf(visit.id)?.outcome === "" ? say("closed_waits") : stateWords.get(visit.state),
                    ),
                    say("answered_of", { answered: answeredOf(visit), asked: visit.items.length }),
                  ),
                ),
              );
            }),
          )
        : h(
            "div",
            { class: "empty" },
            h("p", { class: "strong" }, say(state.carry ? "nothing" : "not_carried")),
            h("p", {}, say(state.carry ? "nothing_text" : "not_carried_text")),
            state.carry ? null : h("p", {}, h("a", { class: "button button-primary", href: told.signIn }, say("sign_in"))),
          ),
      closedList(),
      h("p", { class: "foot" }, h("a", { href: told.office }, say("office"))),
    ],
    { fresh },
  );
};

// What this phone has closed and the server has: so that nobody wonders where the visit has gone.
const closedList = () => {
  const rows = closedHere();
  return rows.length
    ? h(
        "section",
        { class: "part stack" },
        h("h2", {}, say("closed_title")),
        h(
          "ul",
          { class: "plain", role: "list" },
          rows.map((row) =>
            h("li", { class: "mark stack" }, h("p", { class: "strong" }, row.place), h("p", { class: "soft small" }, wordsOf(row.closed_at))),
          ),
        ),
      )
    : null;
};

// A new version waits until somebody wants it; notes are not its affair.
const serveOffline = async () => {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register(told.worker, { scope: told.page });
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
};

const start = async () => {
  if (!window.isSecureContext || !window.indexedDB) {
    return show([h("h1", {}, say("title")), alertBox("attention", say("insecure"))]);
  }
  try {
    await load();
  } catch {
    return show([h("h1", {}, say("title")), alertBox("attention", say("no_store"))]);
  }
  window.addEventListener("hashchange", go);
  window.addEventListener("online", sync);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sync());
  onChange((what) => {
    showBar();
    // The server has just brought the visit whose screen still says that it is not there.
    if (what !== "status") (update ?? go)();
  });
  go();
  serveOffline().catch((error) => console.warn(error));
  state.persistent = await persist();
  return sync();
};

start();
