// What the team concludes, noted on the spot: kept while it is typed, sent when there is a connection. Where somebody else
// has written meanwhile, both stand side by side and this person decides.
import { alertBox, announce, button, h, show } from "../roll/dom.js";
import { dayOf, list, say } from "../roll/wording.js";
import { wordsOf } from "./status.js";
import {
  closingOf,
  draftOf,
  dropDraft,
  findingsOf,
  forget,
  keepDraft,
  keepFinding,
  moment,
  seenMeanwhile,
  state,
  sync,
  uuid7,
} from "./sync.js";
import { frame, gone, isShut, renewTabs, visitOf } from "./visit.js";

const TO_MEND = ["shortcoming", "violation"];
const DAYS_TO_MEND = 30;
const PAUSE = 400;

const severity = (value) => list("severities").find(([each]) => each === value)?.[1] ?? value;
const VIET_NAM = 7 * 3_600_000; // ahead of universal time: before seven in the morning that is a day behind
const dayAhead = (days) =>
  new Date(Date.parse(moment()) + days * 86_400_000 + VIET_NAM).toISOString().slice(0, 10);
const capital = (words) => words.slice(0, 1).toUpperCase() + words.slice(1);
const dayShort = (iso) => dayOf(Date.parse(`${iso}T12:00:00+07:00`) / 1000);

export const foundScreen = (id) => {
  const visit = visitOf(id);
  if (!visit) return gone();
  const place = h("div", { class: "stack" });
  show([...frame(visit, "found"), place]);
  const update = () => {
    const fresh = visitOf(id) ?? visit;
    const rows = findingsOf(fresh);
    if (!document.activeElement?.closest(".visit-tabs")) renewTabs(fresh, "found");
    place.replaceChildren(
      h("p", { class: "soft" }, say("found_lead")),
      rows.length
        ? h("ul", { class: "plain stack", role: "list" }, rows.map((row) => h("li", { class: "finding stack" }, card(fresh, row))))
        : h("p", { class: "strong" }, say("found_none")),
      isShut(fresh) ? "" : h("p", {}, h("a", { class: "button button-primary full", href: `#/v/${id}/found/new` }, say("found_add"))),
      h("p", { class: "soft small" }, fresh.mends ? say("mends", { name: fresh.mends }) : say("mends_nobody")),
    );
  };
  update();
  return update;
};

const words = (row) => [
  h("p", {}, h("span", { class: TO_MEND.includes(row.severity) ? "badge badge-gold" : "badge" }, severity(row.severity))),
  h("p", { class: "strong" }, row.text),
  row.demand ? h("p", {}, say("demand_words", { text: row.demand })) : null,
  row.due_on ? h("p", { class: "soft" }, say("due_words", { day: dayShort(row.due_on) })) : null,
];

const card = (visit, row) => {
  if (row.outcome === "changed") return contest(visit, row);
  const question = visit.items.find((item) => item.id === row.item)?.question;
  return [
    ...words(row),
    question ? h("p", { class: "soft small" }, question) : null,
    row.outcome === "refused" ? h("p", { class: "error" }, say("refused", { reason: row.reason })) : null,
    h(
      "p",
      { class: row.outcome ? "soft small" : "strong small" },
      row.theirs && row.noted_by
        ? say("by", { name: row.noted_by, time: wordsOf(row.noted_at) })
        : `${row.outcome === "taken" ? say("sent") : say("kept")}, ${wordsOf(row.noted_at)}`,
    ),
    isShut(visit)
      ? null
      : h(
          "p",
          { class: "row" },
          h("a", { class: "button button-secondary", href: `#/v/${visit.id}/found/${row.id}` }, say("change")),
          button(say("take_out"), () => window.confirm(say("take_out_sure")) && takeOut(visit, row), "quiet"),
        ),
  ];
};

const takeOut = async (visit, row) => {
  await dropDraft(`${visit.id}:finding:${row.id}`);
  const standing = visit.findings.find(({ id }) => id === row.id);
  // The server never had it: then nobody needs to hear of it.
  if (!standing && row.outcome !== "taken") return forget(state.findings.find(({ id }) => id === row.id) ?? row);
  return keepFinding(visit, { ...fields(row), id: row.id, base: baseOf(visit, row), is_removed: true });
};

const fields = ({ item, severity: kind, text, demand, due_on }) => ({ item: item ?? null, severity: kind, text, demand, due_on });
const baseOf = (visit, row) => visit.findings.find(({ id }) => id === row.id)?.noted_at ?? row.stands ?? row.base ?? null;

/** Both, and what to do: the words of the other are never gone unseen. */
const contest = (visit, row) => [
  alertBox("attention", row.reason, row.holds ? h("div", { class: "stack" }, words(row.holds)) : null),
  h("p", { class: "soft" }, row.is_removed ? say("yours_take_out") : say("yours")),
  ...words(row),
  h(
    "p",
    { class: "row" },
    button(
      say("keep_mine"),
      () =>
        row.holds
          ? keepFinding(visit, { ...fields(row), id: row.id, base: row.holds.noted_at, is_removed: row.is_removed })
          : forget(row).then(() => keepFinding(visit, { ...fields(row), id: uuid7() })),
      "secondary",
    ),
    button(
      say("keep_theirs"),
      async () => {
        await seenMeanwhile(visit.id, row.id, row.holds?.noted_at ?? null);
        await forget(row);
        sync();
      },
      "quiet",
    ),
  ),
];

export const findingScreen = (id, key) => {
  const visit = visitOf(id);
  if (!visit || isShut(visit)) return gone();
  const isNew = key.startsWith("new");
  // "new-12": to question 12. The key of a finding that stands may look like a number in the same place.
  const asked = isNew ? Number(key.split("-")[1]) || null : null;
  const known = isNew ? null : findingsOf(visit).find((row) => row.id === key);
  if (!isNew && !known) return gone();
  const place = `${id}:finding:${isNew ? "new" : key}`;
  const kept = draftOf(place);
  const draft = {
    id: known?.id ?? kept?.id ?? uuid7(),
    visit: id,
    item: asked ?? known?.item ?? null,
    severity: "shortcoming",
    text: "",
    demand: "",
    due_on: dayAhead(DAYS_TO_MEND),
    ...(known ? fields(known) : {}),
    ...(kept ? fields(kept) : {}),
    ...(asked ? { item: asked } : {}),
  };
  const error = h("p", { class: "error", role: "alert" });
  let timer;
  const keep = () =>
    keepDraft(place, draft).catch((failure) => {
      console.warn(failure);
      error.textContent = say("not_kept");
    });
  const typed = (name) => (event) => {
    draft[name] = name === "item" ? Number(event.target.value) || null : event.target.value;
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
    mending.hidden = !TO_MEND.includes(draft.severity);
  };
  const field = (name, label, input) => h("div", { class: "field" }, h("label", { for: `f-${name}` }, label), input);
  const area = (name, rows) => {
    const input = h("textarea", { id: `f-${name}`, rows, maxlength: 4000, oninput: typed(name), onchange: typed(name) });
    input.value = draft[name];
    return input;
  };
  const choice = (name, pairs) => {
    const input = h("select", { id: `f-${name}`, onchange: typed(name) }, pairs.map(([value, label]) => h("option", { value }, capital(label))));
    input.value = draft[name] ?? "";
    return input;
  };
  const mending = h(
    "div",
    { class: "stack", hidden: !TO_MEND.includes(draft.severity) },
    field("demand", say("demand"), area("demand", 3)),
    field(
      "due_on",
      say("due_on"),
      h("input", { type: "date", id: "f-due_on", min: dayAhead(1), value: draft.due_on ?? dayAhead(DAYS_TO_MEND), onchange: typed("due_on") }),
    ),
    h("p", { class: "soft small" }, visit.mends ? say("mends", { name: visit.mends }) : say("mends_nobody")),
  );
  const commit = async () => {
    clearTimeout(timer);
    const asks = TO_MEND.includes(draft.severity);
    draft.text = draft.text.trim();
    draft.demand = draft.demand.trim();
    if (!draft.text) error.textContent = say("missing_text");
    else if (asks && !draft.demand) error.textContent = say("missing_demand");
    else if (asks && (!draft.due_on || draft.due_on < dayAhead(1))) error.textContent = say("missing_due");
    else {
      try {
        const demand = asks ? draft.demand : "";
        const due = asks ? draft.due_on : null;
        await keepFinding(visit, { ...fields(draft), demand, due_on: due, id: draft.id, base: known ? baseOf(visit, known) : null });
        await dropDraft(place);
        announce(say("kept"));
        location.hash = `#/v/${id}/found`;
      } catch (failure) {
        console.warn(failure);
        error.textContent = say("not_kept");
      }
    }
  };
  show([
    h("p", { class: "back" }, h("a", { href: `#/v/${id}/found` }, say("found_tab"))),
    h("h1", {}, known ? say("finding_change") : say("found_add")),
    h("p", { class: "soft" }, visit.institution_name),
    kept ? h("p", { class: "known" }, say("draft_kept")) : null,
    h(
      "div",
      { class: "stack" },
      field("severity", say("severity"), choice("severity", list("severities"))),
      field("item", say("to_question"), choice("item", [["", say("no_question")], ...visit.items.map((item) => [item.id, item.question])])),
      field("text", say("finding_text"), area("text", 4)),
      mending,
      error,
      button(say("finding_keep"), commit, "primary", { class: "button button-primary full" }),
    ),
  ]);
  // A form is not rebuilt under the hands of whoever writes in it.
  return () => {
    if (closingOf(id)?.outcome === "") location.hash = `#/v/${id}/found`;
  };
};
