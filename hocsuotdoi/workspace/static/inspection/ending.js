// The end of a visit on the spot: conclusion, the institution's opinion, and the names of those who are there and agree.
import { alertBox, announce, button, h, show } from "../roll/dom.js";
import { say } from "../roll/wording.js";
import { wordsOf } from "./status.js";
import { closingOf, draftOf, dropDraft, findingsOf, forget, keepClosing, keepDraft, state, toMend } from "./sync.js";
import { answeredOf, frame, gone, holding, visitOf } from "./visit.js";

const PAUSE = 400;

/** What stands in the way, in words. */
const obstacles = (visit) => {
  const open = visit.items.length - answeredOf(visit);
  const rows = findingsOf(visit);
  return [
    open ? say("still_open", { count: open }) : null,
    rows.some((row) => row.outcome === "changed") ? say("contested_first") : null,
    rows.some((row) => row.outcome === "refused") ? say("refused_first") : null,
    draftOf(`${visit.id}:finding:new`) ? say("draft_first") : null,
  ].filter(Boolean);
};

export const endScreen = (id) => {
  const visit = visitOf(id);
  if (!visit) return gone();
  const closing = closingOf(id);
  if (closing?.outcome === "taken") return gone();
  if (closing?.outcome === "") return shut(visit, closing);
  const place = `${id}:ending`;
  const draft = {
    visit: id,
    conclusion: "",
    opinion: visit.opinion,
    team: visit.team,
    guests: [{ name: "", post: "" }],
    unsigned_reason: "",
    ...(closing ? asDraft(closing) : {}),
    ...draftOf(place),
  };
  delete draft.key;
  const error = h("p", { class: "error", role: "alert" });
  let timer;
  const keep = () =>
    keepDraft(place, draft).catch((failure) => {
      console.warn(failure);
      error.textContent = say("not_kept");
    });
  const noted = () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  };
  const area = (name, label, rows) => {
    const input = h("textarea", {
      id: `e-${name}`,
      rows,
      maxlength: name === "unsigned_reason" ? 300 : 4000,
      oninput: () => {
        draft[name] = input.value;
        noted();
      },
    });
    input.value = draft[name];
    return h("div", { class: "field" }, h("label", { for: `e-${name}` }, label), input);
  };
  const guests = h("div", { class: "stack" });
  const showGuests = () =>
    guests.replaceChildren(
      ...draft.guests.map((guest, order) =>
        h(
          "div",
          { class: "guest stack" },
          [["name", say("guest_name")], ["post", say("guest_post")]].map(([name, label]) => {
            const input = h("input", {
              type: "text",
              id: `e-guest-${order}-${name}`,
              maxlength: 120,
              autocomplete: "off",
              value: guest[name],
              oninput: () => {
                guest[name] = input.value;
                noted();
              },
            });
            return h("div", { class: "field" }, h("label", { for: `e-guest-${order}-${name}` }, label), input);
          }),
        ),
      ),
      button(
        say("guest_add"),
        () => {
          draft.guests.push({ name: "", post: "" });
          noted();
          showGuests();
        },
        "quiet",
      ),
    );
  showGuests();
  const members = visit.team.map((name) => {
    const input = h("input", {
      type: "checkbox",
      checked: draft.team.includes(name),
      onchange: () => {
        draft.team = visit.team.filter((each) => (each === name ? input.checked : draft.team.includes(each)));
        noted();
      },
    });
    return h("label", { class: "choice" }, input, h("span", {}, name));
  });
  const way = h("div", { class: "stack" });
  const commit = async () => {
    clearTimeout(timer);
    const guestsNamed = draft.guests.map(({ name, post }) => ({ name: name.trim(), post: post.trim() })).filter(({ name }) => name);
    error.textContent = "";
    const first = obstacles(visitOf(id) ?? visit)[0];
    if (first) error.textContent = first;
    else if (!draft.conclusion.trim()) error.textContent = say("missing_conclusion");
    else if (!draft.team.length) error.textContent = say("missing_team");
    else if (!guestsNamed.length && !draft.unsigned_reason.trim()) error.textContent = say("missing_guest");
    else if (window.confirm(say("end_sure"))) {
      const fresh = visitOf(id) ?? visit;
      const signed = [
        ...draft.team.map((name) => ({ side: "team", name, post: "" })),
        ...guestsNamed.map((guest) => ({ side: "institution", ...guest })),
      ];
      const ending = {
        conclusion: draft.conclusion.trim(),
        opinion: draft.opinion.trim(),
        signed,
        unsigned_reason: guestsNamed.length ? "" : draft.unsigned_reason.trim(),
      };
      const answers = fresh.items
        .map((item) => ({ item: item.id, seen_at: holding(fresh, item).holds?.seen_at }))
        .filter(({ seen_at }) => seen_at);
      try {
        await keepClosing(fresh, ending, answers);
        await dropDraft(place);
        announce(say("closed_waits"));
      } catch (failure) {
        console.warn(failure);
        error.textContent = say("not_kept");
      }
    }
  };
  show([
    ...frame(visit, "end"),
    closing?.outcome === "changed"
      ? alertBox("attention", say("changed_title"), h("ul", {}, closing.changes.map((each) => h("li", {}, each))), h("p", {}, say("changed_text")))
      : null,
    closing?.outcome === "refused" ? alertBox("attention", say("refused", { reason: closing.reason })) : null,
    way,
    h(
      "div",
      { class: "stack" },
      h("p", { class: "soft" }, say("end_lead")),
      area("conclusion", say("conclusion"), 4),
      area("opinion", say("opinion"), 4),
      h("h2", {}, say("signed_title")),
      h("p", { class: "soft" }, say("signed_lead")),
      h("fieldset", { class: "question stack" }, h("legend", {}, say("signed_team")), h("div", { class: "choices" }, members)),
      h("fieldset", { class: "question stack" }, h("legend", {}, say("signed_institution")), guests, area("unsigned_reason", say("unsigned_reason"), 2)),
      error,
      button(say("end_act"), commit, "primary", { class: "button button-primary full" }),
    ),
  ]);
  const update = () => {
    const now = closingOf(id);
    // Sent, answered or opened again: the screen is another one.
    if ((now?.outcome ?? null) !== (closing?.outcome ?? null)) return location.hash.endsWith("/end") ? again(id) : null;
    const found = obstacles(visitOf(id) ?? visit);
    way.replaceChildren(found.length ? alertBox("gold", say("in_the_way"), h("ul", {}, found.map((each) => h("li", {}, each)))) : "");
    return null;
  };
  update();
  return update;
};

const again = () => window.dispatchEvent(new HashChangeEvent("hashchange"));

const asDraft = ({ conclusion, opinion, signed, unsigned_reason }) => {
  const guests = signed.filter(({ side }) => side === "institution").map(({ name, post }) => ({ name, post }));
  return {
    conclusion,
    opinion,
    unsigned_reason,
    team: signed.filter(({ side }) => side === "team").map(({ name }) => name),
    guests: guests.length ? guests : [{ name: "", post: "" }],
  };
};

/** Closed here; the server does not know it yet. */
const shut = (visit, closing) => {
  const reopen = async () => {
    await keepDraft(`${visit.id}:ending`, { visit: visit.id, ...asDraft(closing) });
    await forget(state.closings.find(({ key }) => key === closing.key) ?? closing);
  };
  const held = h("div", {});
  show([
    ...frame(visit, "end"),
    held,
    alertBox("gold", say("closed_waits"), h("p", {}, say("closed_waits_text", { time: wordsOf(closing.closed_at) }))),
    h("div", { class: "stack" }, h("p", { class: "strong" }, closing.conclusion), closing.opinion ? h("p", {}, say("opinion_words", { text: closing.opinion })) : null),
    h("ul", { class: "plain", role: "list" }, closing.signed.map(({ name, post }) => h("li", { class: "mark" }, [name, post].filter(Boolean).join(", ")))),
    closing.unsigned_reason ? h("p", {}, closing.unsigned_reason) : null,
    button(say("reopen"), reopen, "quiet"),
  ]);
  const update = () => {
    if (closingOf(visit.id)?.outcome !== "") return again();
    held.replaceChildren(toMend(visit.id) ? alertBox("attention", say("refused_holds")) : "");
    return null;
  };
  update();
  return update;
};
