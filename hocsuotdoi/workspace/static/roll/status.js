// How the phone stands with the server: a line on every screen, and a screen of its own.
import { alertBox, button, h, show } from "./dom.js";
import { now } from "./journal.js";
import { ofOthers, refused, state, sync, unsent, waiting } from "./sync.js";
import { dayOf, momentWords, say, told } from "./wording.js";

export const seconds = () => Math.round(now(state.clock) / 1000);

const connection = () => {
  if (state.syncing) return say("syncing");
  if (state.problem) return say("refused_device");
  if (state.wrong) return say("server_problem");
  if (state.reached === null) return "";
  return state.reached ? say("online") : say("offline");
};

const synced = () =>
  state.lastSync ? say("synced_at", { time: momentWords(state.lastSync, seconds()) }) : say("never_synced");

/** The line under the head of every screen. */
export const statusLine = () => {
  const open = unsent().length;
  const others = waiting().length + refused().length;
  const kind = state.problem || state.wrong ? "wrong" : state.reached ? "on" : "off";
  return h(
    "div",
    { class: `status status-${kind}` },
    h("span", { class: "status-dot", "aria-hidden": "true" }),
    h(
      "p",
      {},
      h("span", { class: "status-now" }, connection()),
      h("span", {}, synced()),
      h("span", { class: open ? "strong" : "" }, open ? say("unsent", { count: open }) : say("all_sent")),
      others ? h("a", { href: "#/status", class: "strong" }, say("waiting", { count: others })) : null,
    ),
    button(say("sync_now"), () => sync(), "quiet", { disabled: state.syncing }),
  );
};

/** What must be seen wherever one is. */
export const warnings = () => [
  state.problem ? alertBox("attention", say("refused_device"), h("p", {}, state.problem), enrolLink()) : null,
  state.update
    ? alertBox("gold", say("update"), button(say("update_act"), () => state.update.postMessage("take over")))
    : null,
];

const enrolLink = () => h("p", {}, h("a", { href: "#/enrol" }, say("enrol_new")));
const fact = (label, ...value) => h("div", {}, h("dt", {}, label), h("dd", {}, value));

export const statusScreen = (fresh) => {
  const { device, carry, clock } = state;
  const off = Math.round((clock?.skew ?? 0) / 60_000);
  const elsewhere = ofOthers().length;
  show(
    [
      h("h1", {}, say("status_title")),
      h(
        "dl",
        { class: "facts" },
        fact(say("device"), device.name),
        fact(say("institution"), device.institution),
        carry?.enrolled_by ? fact(say("enrolled_by"), carry.enrolled_by) : null,
        fact(say("ends"), dayOf(carry?.ends_at ?? device.ends_at)),
        fact(say("last_sync"), state.lastSync ? momentWords(state.lastSync, seconds()) : say("never_synced")),
        fact(say("to_send"), String(unsent().length)),
        fact(say("kept_for_good"), state.persistent ? say("yes") : say("no_persist")),
        fact(say("clock"), off ? say("clock_wrong", { minutes: Math.abs(off) }) : say("clock_right")),
        fact(say("version"), told.version),
      ),
      elsewhere ? alertBox("gold", say("elsewhere", { count: elsewhere })) : null,
      marks(say("waiting_title"), say("waiting_lead"), waiting()),
      marks(say("refused_title"), "", refused()),
      marks(say("to_send"), "", [...unsent(), ...ofOthers()]),
      state.journal.length
        ? h(
            "section",
            { class: "stack" },
            h("h2", {}, say("export_title")),
            h("p", { class: "soft" }, say("export_help")),
            button(say("export_act"), exported),
          )
        : null,
      h("p", {}, h("a", { href: "#/enrol" }, say("enrol_new"))),
      h("p", {}, h("a", { href: "/workspace/activities/" }, say("ordinary_roll"))),
    ],
    { fresh },
  );
};

const marks = (title, lead, found) =>
  found.length &&
  h(
    "section",
    { class: "stack" },
    h("h2", {}, title),
    lead ? h("p", { class: "soft" }, lead) : null,
    h(
      "ul",
      { class: "plain", role: "list" },
      found.map(({ mark, reason }) =>
        h(
          "li",
          { class: "mark" },
          h("p", { class: "strong" }, words(mark)),
          reason ? h("p", {}, reason) : null,
          h("p", { class: "soft small" }, `${momentWords(Math.round(mark.noted_at / 1000), seconds())}`),
        ),
      ),
    ),
  );

const words = ({ act, said, session }) => {
  const [people] = Object.values(said.present ?? {});
  if (act === "line" && said.name) return `${said.name}: ${people}`;
  if (act === "all") return `${say("all_here")}: ${Object.keys(said.present ?? {}).length}`;
  if (act === "tally") return `${say("tally")}: ${said.count}`;
  if (act === "note") return said.note;
  if (act === "close") return `${say("close_act")}: ${titleOf(session)}`;
  return said.name ?? titleOf(session);
};

// The whole journal as it is sent, for the manager to read in (activities/formats/journal.py) where this phone never
// gets through again.
const exported = () => {
  const { id, name, institution, institution_id } = state.device;
  const marks = state.journal.map(({ mark, institution, device, outcome, reason }) => ({
    ...mark,
    institution,
    device,
    outcome,
    reason,
  }));
  const file = new Blob([JSON.stringify({ device: { id, name, institution, institution_id }, marks }, null, 1)], {
    type: "application/json",
  });
  const address = URL.createObjectURL(file);
  h("a", { href: address, download: `diem-danh-${id.slice(0, 8)}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};

const titleOf = (id) =>
  [...(state.carry?.sessions ?? []), ...(state.carry?.closed ?? [])].find((session) => session.id === id)?.title ?? "–";
