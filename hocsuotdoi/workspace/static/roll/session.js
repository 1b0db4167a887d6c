// One session's roll, by thumb; and closing it.
import { alertBox, announce, button, h, show } from "./dom.js";
import { note } from "./journal.js";
import { cellKey, rollOf } from "./roll.js";
import { seconds } from "./status.js";
import { changed, soon, state, tellOthers } from "./sync.js";
import { dayWithin, found, list, momentWords, say, timeOf } from "./wording.js";

const OPENS_BEFORE = 2 * 3600;

/** Notes an act, shows it, sends it when it can. False, and said on the screen, when the phone could not keep it. */
export const act = async (session, what, said) => {
  try {
    const entry = await note(session.id, what, said, state.device);
    state.journal.push(entry);
  } catch (error) {
    console.warn(error);
    state.notKept = true;
    announce(say("not_kept"));
    changed();
    return false;
  }
  state.notKept = false;
  tellOthers();
  changed("roll");
  soon();
  return true;
};

export const sessionOf = (id) => state.carry?.sessions.find((session) => session.id === id);
export const rollOfSession = (session) => rollOf(session, state.journal, state.carry);
const when = (session) => `${timeOf(session.starts)}–${timeOf(session.ends)}, ${dayWithin(session.starts)}`;

export const gone = () =>
  show([backLink(), h("h1", {}, say("gone")), h("p", {}, say("gone_text"))]);

const backLink = (href = "#/", words = say("back")) => h("p", { class: "back" }, h("a", { href }, `‹ ${words}`));

const head = (session) => [
  h("h1", {}, session.title),
  h("p", { class: "lead" }, [when(session), session.place].filter(Boolean).join(" · ")),
];

const figures = (roll) =>
  h(
    "div",
    { class: "tally-line", role: "status" },
    h("p", { class: "big" }, say("here_of", { here: roll.here, expected: roll.expected })),
    roll.people > roll.here ? h("p", { class: "soft" }, say("also_counted", { people: roll.people - roll.here })) : null,
  );

const keptWarning = () => (state.notKept ? alertBox("attention", say("not_kept")) : null);

/** The screen; returns what brings it up to date without losing what is being typed. */
export const sessionScreen = (session) => {
  const roll = rollOfSession(session);
  const top = h("div", { class: "stack" });
  const rows = h("ul", { role: "list", class: "roll", "aria-label": say("registered") });
  const empty = h("p", { class: "soft", hidden: true });
  const search = h("input", {
    type: "search",
    id: "search",
    autocomplete: "off",
    enterkeyhint: "search",
    oninput: () => filter(),
  });
  const [tally, tallyTotal] = tallySection(session);
  const noteBox = h("textarea", { id: "note", rows: 3, maxlength: 2000 });
  noteBox.value = roll.note ?? "";
  const end = h("div", { class: "sticky-end" });
  const byKey = new Map();
  let current = roll;

  const filter = () => {
    let seen = 0;
    for (const [key, row] of byKey) {
      const line = current.lines.get(key);
      row.item.hidden = search.value.trim() !== "" && !matches(line, search.value);
      seen += row.item.hidden ? 0 : 1;
    }
    empty.hidden = seen > 0;
    empty.textContent = byKey.size ? say("nobody_found") : say("nobody_registered");
  };

  const update = () => {
    current = rollOfSession(sessionOf(session.id) ?? session);
    const opens = session.starts - OPENS_BEFORE;
    const early = seconds() < opens;
    top.replaceChildren(
      ...[
        keptWarning(),
        early ? alertBox("gold", say("opens_at", { time: momentWords(opens, seconds()) })) : null,
        current.session.left_out ? alertBox("gold", say("left_out")) : null,
        figures(current),
      ].filter(Boolean),
    );
    for (const line of current.lines.values()) {
      if (!byKey.has(line.key)) {
        byKey.set(line.key, lineRow(session, line));
        rows.append(byKey.get(line.key).item);
      }
      byKey.get(line.key).update(line, early);
    }
    for (const [key, row] of byKey) {
      if (!current.lines.has(key)) {
        row.item.remove();
        byKey.delete(key);
      }
    }
    tallyTotal.textContent = current.others ? say("tally_others", { people: current.tallied }) : "";
    for (const control of document.querySelectorAll("#main [data-early]")) control.disabled = early;
    end.replaceChildren(
      ...(current.closed
        ? [h("p", { class: "strong" }, say("closed_words", { people: current.people }))]
        : closing(session, current)),
    );
    filter();
  };

  show([
    backLink(),
    head(session),
    top,
    h(
      "div",
      { class: "acts" },
      button(say("all_here"), () => allHere(session), "secondary", { "data-early": true, title: say("then_untick") }),
      h("a", { class: "button button-secondary", href: `#/s/${session.id}/scan` }, say("scan")),
    ),
    h("p", { class: "soft small after-acts" }, say("then_untick")),
    h("div", { class: "field" }, h("label", { for: "search" }, say("search")), search),
    rows,
    empty,
    walkInForm(session),
    tally,
    h(
      "details",
      {},
      h("summary", {}, say("note")),
      h(
        "div",
        { class: "field" },
        h("label", { for: "note", class: "only-screen-reader" }, say("note")),
        noteBox,
        button(say("keep_note"), async () => {
          if (await act(session, "note", { note: noteBox.value.trim() })) announce(say("note_kept"));
        }),
      ),
    ),
    end,
  ]);
  update();
  return update;
};

// Nothing to close yet: the way there is open (nobody may have come), but does not look like the next thing to do.
const closing = (session, roll) => {
  const open = [...roll.lines.values()].filter((line) => line.present === null || line.present === undefined).length;
  const early = seconds() < session.starts;
  const missing = early ? say("close_early") : roll.untouched ? say("close_missing") : open ? say("close_open", { count: open }) : "";
  const kind = early || roll.untouched ? "secondary" : "primary";
  return [
    missing ? h("p", { class: "small closing-missing" }, missing) : null,
    h("a", { class: `button button-${kind} full`, href: `#/s/${session.id}/close` }, say("close")),
  ].filter(Boolean);
};

const matches = (line, typed) =>
  found(`${line.name} ${line.party}`, typed) ||
  line.codes.some((code) => code.startsWith(typed.trim().replace(/[^0-9a-z]/gi, "").toUpperCase() || "-"));

const allHere = (session) => {
  const { lines } = rollOfSession(session);
  const missing = [...lines.values()].filter((line) => !line.walkIn && line.present !== line.size);
  if (!missing.length) return null;
  return act(session, "all", { present: Object.fromEntries(missing.map((line) => [line.key, line.size])) });
};

export const mark = (session, line, people) =>
  act(session, "line", { present: { [line.key]: people }, name: line.name });

const detailOf = (line) =>
  [
    line.walkIn ? say("walk_in") : "",
    line.party,
    line.size > 1 ? say("group_of", { size: line.size }) : "",
    line.waits ? say("waits") : "",
  ]
    .filter(Boolean)
    .join(" · ");

const lineRow = (session, line) => (line.size > 1 ? groupRow(session, line) : personRow(session, line));

const personRow = (session, first) => {
  const box = h("input", { type: "checkbox" });
  const detail = h("span", { class: "roll-detail" });
  const name = h("span", { class: "roll-name" }, first.name, detail);
  box.addEventListener("change", () => mark(session, first, box.checked ? 1 : 0));
  const tick = h("span", { class: "roll-box", "aria-hidden": "true" });
  return {
    item: h("li", {}, h("label", { class: "roll-row" }, box, tick, name)),
    update: (line, early) => {
      box.checked = Boolean(line.present);
      box.disabled = early;
      detail.textContent = detailOf(line);
    },
  };
};

const groupRow = (session, first) => {
  let people = 0;
  const change = (by) => mark(session, first, Math.min(first.size, Math.max(0, people + by)));
  const output = h("output", { class: "number" });
  const detail = h("span", { class: "roll-detail" });
  const [less, more] = [-1, 1].map((by) =>
    h("button", { type: "button", onclick: () => change(by) }, by < 0 ? "−" : "+"),
  );
  less.setAttribute("aria-label", say("one_less", { name: first.name }));
  more.setAttribute("aria-label", say("one_more", { name: first.name }));
  return {
    item: h(
      "li",
      { class: "roll-group" },
      h("span", { class: "roll-name" }, first.name, detail),
      h("span", { class: "stepper" }, less, output, more),
    ),
    update: (line, early) => {
      people = line.present ?? 0;
      output.textContent = `${people}/${line.size}`;
      [less.disabled, more.disabled] = [early || people === 0, early || people === line.size];
      detail.textContent = detailOf(line);
    },
  };
};

const options = (values) => values.map(([value, label]) => h("option", { value: value ?? "" }, label));
const last = (values) => [values.at(-1), ...values.slice(0, -1)];

const walkInForm = (session) => {
  const name = h("input", { type: "text", id: "walk-name", maxlength: 120, autocomplete: "off", enterkeyhint: "done" });
  const sex = h("select", { id: "walk-sex" }, options(last(list("sexes"))));
  const age = h("select", { id: "walk-age" }, options(last(list("ages"))));
  const error = h("p", { class: "error", role: "alert", hidden: true }, say("name_missing"));
  const add = async (event) => {
    event.preventDefault();
    const given = name.value.replace(/\s+/g, " ").trim();
    error.hidden = /[\p{L}\p{N}]/u.test(given) && !/[<>]/.test(given);
    if (!error.hidden) return name.focus();
    const said = { name: given, sex: sex.value || null, age_band: age.value || null };
    if (await act(session, "walk_in", said)) {
      announce(say("added", { name: given }));
      name.value = "";
      name.focus();
    }
  };
  return h(
    "form",
    { class: "panel", onsubmit: add, novalidate: true },
    h("h2", {}, say("walk_ins")),
    h("div", { class: "field" }, h("label", { for: "walk-name" }, say("name")), name, error),
    h(
      "div",
      { class: "pair" },
      h("div", { class: "field" }, h("label", { for: "walk-sex" }, say("sex")), sex),
      h("div", { class: "field" }, h("label", { for: "walk-age" }, say("age")), age),
    ),
    h("button", { class: "button button-secondary", type: "submit", "data-early": true }, say("add")),
  );
};

const tallySection = (session) => {
  const total = h("p", { class: "soft small", role: "status" });
  const { cells } = rollOfSession(session);
  const input = (sex, sexWords, age, ageWords) => {
    const field = h("input", {
      type: "number",
      inputmode: "numeric",
      min: 0,
      max: 9999,
      value: cells.get(cellKey(sex, age)) || null,
      "aria-label": say("tally_cell", { sex: sexWords, age: ageWords }),
      "data-early": true,
    });
    field.addEventListener("change", () => {
      const people = Math.min(9999, Math.max(0, Math.trunc(Number(field.value) || 0)));
      field.value = people || "";
      act(session, "tally", { sex, age_band: age, count: people });
    });
    return h("td", {}, field);
  };
  const rows = list("ages").map(([age, ageWords]) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, ageWords),
      list("sexes").map(([sex, sexWords]) => input(sex, sexWords, age, ageWords)),
    ),
  );
  const columns = list("sexes").map(([, words]) => h("th", { scope: "col" }, words));
  const section = h(
    "details",
    { open: cells.size > 0 },
    h("summary", {}, say("tally")),
    h("p", { class: "soft small" }, say("tally_help")),
    h(
      "table",
      { class: "tally" },
      h("caption", { class: "only-screen-reader" }, say("tally")),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("age")), columns)),
      h("tbody", {}, rows),
    ),
    total,
  );
  return [section, total];
};

export const closeScreen = (session) => {
  const roll = rollOfSession(session);
  const nobody = h("input", { type: "checkbox", id: "nobody" });
  const error = h("p", { class: "error", role: "alert", hidden: true }, say("nobody_needed"));
  const early = seconds() < session.starts;
  const close = async () => {
    error.hidden = !roll.untouched || nobody.checked;
    if (!error.hidden) return nobody.focus();
    if (await act(session, "close", { nobody_came: roll.untouched })) location.hash = "#/";
  };
  show([
    backLink(`#/s/${session.id}`, say("close_back")),
    h("h1", {}, say("close_title")),
    h("p", { class: "lead" }, `${session.title}, ${when(session)}`),
    keptWarning(),
    h(
      "div",
      { class: "figures" },
      h("p", {}, h("span", { class: "huge" }, String(roll.people)), say("people")),
      h("p", {}, h("span", { class: "huge" }, String(Math.max(0, roll.expected - roll.here))), say("absent")),
    ),
    h("p", {}, say("close_text")),
    early ? alertBox("gold", say("close_early")) : null,
    roll.untouched ? h("label", { class: "check", for: "nobody" }, nobody, h("span", {}, say("nobody_came"))) : null,
    error,
    button(say("close_act"), close, "primary", { disabled: early, class: "button button-primary full" }),
  ]);
};
