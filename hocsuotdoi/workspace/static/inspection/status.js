// How the phone stands with the server: a line on every screen, and a screen of its own.
import { alertBox, button, h, show } from "../roll/dom.js";
import { list, momentWords, number, say, told } from "../roll/wording.js";
import { contested, forget, ofOthers, refused, state, sync, unsent } from "./sync.js";

export const seconds = () => Math.round((Date.now() + state.skew) / 1000);
export const wordsOf = (iso) => momentWords(Math.round(Date.parse(iso) / 1000), seconds());

const connection = () => {
  if (state.syncing) return say("syncing");
  if (state.wrong) return say("server_problem");
  if (state.reached === null) return "";
  return state.reached ? say("online") : say("offline");
};

const synced = () =>
  state.lastSync ? say("synced_at", { time: momentWords(state.lastSync, seconds()) }) : say("never_synced");

export const statusLine = () => {
  const open = unsent().length;
  const others = refused().length;
  const kind = state.wrong || state.signedOut ? "wrong" : state.reached ? "on" : "off";
  return h(
    "div",
    { class: `status status-${kind}` },
    h("span", { class: "status-dot", "aria-hidden": "true" }),
    h(
      "p",
      {},
      h("span", { class: "status-now" }, connection()),
      h("span", {}, synced()),
      h("a", { href: "#/status", class: open ? "strong" : "" }, open ? say("unsent", { count: open }) : say("all_sent")),
      contested().length
        ? h("a", { href: `#/v/${contested()[0].visit}/${contested()[0].key ? "end" : "found"}`, class: "strong" }, say("contested_count", { count: contested().length }))
        : null,
      others ? h("a", { href: "#/status", class: "strong" }, say("refused_count", { count: others })) : null,
    ),
    button(say("sync_now"), () => sync(), "quiet", { disabled: state.syncing }),
  );
};

export const warnings = () => [
  state.signedOut ? alertBox("attention", say("signed_out"), h("p", {}, h("a", { href: told.signIn }, say("sign_in")))) : null,
  state.problem ? alertBox("attention", state.problem) : null,
  state.carry && ofOthers().length ? alertBox("gold", say("other_person", { count: ofOthers().length })) : null,
  state.update
    ? alertBox("gold", say("update"), button(say("update_act"), () => state.update.postMessage("take over")))
    : null,
];

const fact = (label, ...value) => h("div", {}, h("dt", {}, label), h("dd", {}, value));

/** A note, a finding or an ending in words. */
export const said = (row) => {
  if (row.severity) return `${list("severities").find(([value]) => value === row.severity)?.[1] ?? ""}: ${row.text}`;
  if (row.conclusion !== undefined) return say("ending_words", { text: row.conclusion });
  const seen = list("seen").find(([value]) => value === row.seen)?.[1] ?? "";
  const figure = row.number === null || row.number === undefined ? "" : number(row.number);
  return [seen || figure, row.words].filter(Boolean).join(": ");
};

export const statusScreen = (fresh) => {
  const left = refused();
  show(
    [
      h("p", { class: "back" }, h("a", { href: "#/" }, say("back"))),
      h("h1", {}, say("status_title")),
      h(
        "dl",
        { class: "facts" },
        state.carry ? fact(say("person"), state.carry.person_name) : null,
        fact(say("last_sync"), state.lastSync ? momentWords(state.lastSync, seconds()) : say("never_synced")),
        fact(say("to_send"), String(unsent().length)),
        fact(say("kept_for_good"), state.persistent ? say("yes") : say("no_persist")),
        fact(say("version"), told.version),
      ),
      rowsOf(say("refused_title"), say("refused_lead"), left, true),
      left.length ? button(say("export_act"), () => exported(left)) : null,
      rowsOf(say("to_send"), "", unsent(), false),
      h("p", {}, h("a", { href: told.office }, say("office"))),
    ],
    { fresh },
  );
};

const rowsOf = (title, lead, rows, mayDrop) =>
  rows.length
    ? h(
        "section",
        { class: "stack" },
        h("h2", {}, title),
        lead ? h("p", { class: "soft" }, lead) : null,
        h(
          "ul",
          { class: "plain", role: "list" },
          rows.map((row) =>
            h(
              "li",
              { class: "mark stack" },
              h("p", { class: "strong" }, row.place),
              row.question ? h("p", {}, row.question) : null,
              row.preview
                ? h("img", { class: "preview", src: row.preview, alt: say("photo", { time: wordsOf(row.taken_at) }) })
                : h("p", {}, said(row)),
              row.reason ? h("p", { class: "error" }, row.reason) : null,
              h("p", { class: "soft small" }, wordsOf(momentOf(row))),
              mayDrop
                ? button(say("drop"), () => window.confirm(say("drop_sure")) && forget(row), "quiet")
                : null,
            ),
          ),
        ),
      )
    : null;

const momentOf = (row) => row.seen_at ?? row.taken_at ?? row.noted_at ?? row.closed_at;

// One page that any browser opens, pictures inside: for whoever leads the team.
const exported = (rows) => {
  const page = document.implementation.createHTMLDocument(say("refused_title"));
  page.head.append(Object.assign(page.createElement("meta"), { httpEquiv: "content-type", content: "text/html; charset=utf-8" }));
  for (const row of rows) {
    const part = page.createElement("section");
    const lines = [row.place, row.question, row.preview ? "" : said(row), row.demand, row.opinion, row.reason, wordsOf(momentOf(row))];
    for (const line of lines.filter(Boolean)) part.append(Object.assign(page.createElement("p"), { textContent: line }));
    if (row.bytes) {
      let text = "";
      for (const byte of new Uint8Array(row.bytes)) text += String.fromCharCode(byte);
      part.append(Object.assign(page.createElement("img"), { src: `data:image/jpeg;base64,${btoa(text)}` }));
    }
    page.body.append(part, page.createElement("hr"));
  }
  const address = URL.createObjectURL(new Blob([page.documentElement.outerHTML], { type: "text/html" }));
  const link = h("a", { href: address, download: "kiem-tra-chua-gui.html" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};
