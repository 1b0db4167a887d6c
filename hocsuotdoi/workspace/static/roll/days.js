// The days, and the sessions on them.
import { button, h, show } from "./dom.js";
import { rollOf } from "./roll.js";
import { seconds } from "./status.js";
import { state, sync } from "./sync.js";
import { dayKey, dayWords, say, timeOf } from "./wording.js";

export const daysScreen = (fresh) => {
  const { carry } = state;
  const closed = (carry?.closed ?? []).map((session) => ({ ...session, closedHere: true }));
  const sessions = [...(carry?.sessions ?? []), ...closed].sort((one, other) => one.starts - other.starts);
  const days = Map.groupBy ? Map.groupBy(sessions, (each) => dayKey(each.starts)) : grouped(sessions);
  show(
    [
      h("h1", {}, say("days_title")),
      h("p", { class: "lead" }, state.device.institution),
      [...days.values()].map(day),
      carry?.more_sessions ? h("p", { class: "soft" }, say("more_sessions")) : null,
      sessions.length ? null : nothing(carry),
      h("p", { class: "foot" }, h("a", { href: "#/status" }, say("status_title"))),
    ],
    { fresh },
  );
};

const grouped = (sessions) => {
  const days = new Map();
  for (const session of sessions) {
    const key = dayKey(session.starts);
    days.set(key, [...(days.get(key) ?? []), session]);
  }
  return days;
};

const nothing = (carry) =>
  h(
    "div",
    { class: "empty" },
    h("p", { class: "strong" }, say(carry ? "no_sessions" : "not_carried")),
    h("p", {}, say(carry ? "no_sessions_text" : "not_carried_text")),
    button(say("sync_now"), () => sync(), "primary"),
  );

const day = (sessions) =>
  h(
    "section",
    { class: "day" },
    h("h2", {}, dayWords(sessions[0].starts, seconds())),
    h("ul", { role: "list", class: "plain" }, sessions.map((session) => h("li", {}, row(session)))),
  );

const row = (session) => {
  const roll = rollOf(session, state.journal, state.carry);
  const closed = session.closedHere || roll.closed;
  const late = !closed && session.ends < seconds();
  const people = session.closedHere ? session.people : roll.people;
  const title = h("span", { class: "session-title" }, session.title);
  return h(
    closed ? "div" : "a",
    { class: "session", href: closed ? null : `#/s/${session.id}` },
    h("span", { class: "session-time" }, timeOf(session.starts), h("small", {}, `–${timeOf(session.ends)}`)),
    h(
      "span",
      { class: "session-words" },
      title,
      session.place ? h("span", { class: "soft small" }, session.place) : null,
      h(
        "span",
        { class: "small row" },
        h("span", {}, people || closed ? say("came", { people }) : say("expected", { people: session.expected })),
        closed ? h("span", { class: "badge" }, say("closed_here")) : null,
        late ? h("span", { class: "badge badge-gold" }, say("to_close")) : null,
      ),
    ),
  );
};
