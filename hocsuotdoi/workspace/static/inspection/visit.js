// One visit: its questions with what is known beside them, answers, pictures. Each answer is kept as it is given.
import { alertBox, announce, h, show } from "../roll/dom.js";
import { list, say } from "../roll/wording.js";
import { small } from "./picture.js";
import { said, wordsOf } from "./status.js";
import { closingOf, draftOf, dropDraft, findingsOf, keepDraft, keepPhoto, note, noteOf, photosOf, state } from "./sync.js";

export const visitOf = (id) => state.carry?.visits.find((visit) => visit.id === id);

const PAUSE = 400;
const backLink = () => h("p", { class: "back" }, h("a", { href: "#/" }, say("back")));

export const gone = () =>
  show([backLink(), h("h1", {}, say("gone")), h("p", {}, say("gone_text"))]);

/** What holds of a question as far as this phone knows: its own note, or what the server had later. */
export const holding = (visit, item) => {
  const own = noteOf(visit.id, item.id);
  const theirs = item.answer;
  if (own && (!own.outcome || own.outcome === "refused")) return { own, holds: own };
  if (own && theirs && Date.parse(theirs.seen_at) >= Date.parse(own.seen_at) - 1) return { own, theirs, holds: theirs };
  return { own, theirs, holds: own ?? theirs };
};

export const answeredOf = (visit) =>
  visit.items.filter((item) => {
    const { own, holds } = holding(visit, item);
    return holds && !(own === holds && own.outcome === "refused");
  }).length;

/** Closed on this phone, whether or not the server has it: nothing is noted any more. */
export const isShut = (visit) => ["", "taken"].includes(closingOf(visit.id)?.outcome);

/** The head of every screen of one visit, with the way between them. */
export const frame = (visit, here) => [backLink(), h("h1", {}, visit.institution_name), tabsOf(visit, here)];

/** How many are answered and found, as it is now. */
export const renewTabs = (visit, here) => document.querySelector(".visit-tabs")?.replaceWith(tabsOf(visit, here));

const tabsOf = (visit, here) => {
  const tabs = [
    ["", say("questions_tab"), `${answeredOf(visit)}/${visit.items.length}`],
    ["found", say("found_tab"), String(findingsOf(visit).length)],
    ["end", say("end_tab"), ""],
  ];
  return h(
    "nav",
    { class: "visit-tabs", "aria-label": say("parts") },
    tabs.map(([part, label, count]) =>
      h(
        "a",
        { href: `#/v/${visit.id}${part ? `/${part}` : ""}`, "aria-current": part === here ? "page" : null },
        h("span", {}, label),
        count ? h("span", { class: "count" }, count) : null,
      ),
    ),
  );
};

export const visitScreen = (id) => {
  const visit = visitOf(id);
  if (!visit) return gone();
  const updates = [];
  const parts = [];
  for (const item of visit.items) {
    if (!parts.length || parts.at(-1).name !== item.part) parts.push({ name: item.part, items: [] });
    parts.at(-1).items.push(item);
  }
  const foot = h("div", { class: "sticky-end" });
  const loose = h("section", { class: "part stack" });
  show([
    ...frame(visit, ""),
    isShut(visit) ? alertBox("gold", say("closed_waits"), h("p", {}, h("a", { href: `#/v/${id}/end` }, say("end_tab")))) : null,
    h("p", { class: "lead" }, [visit.place, visit.planned_words].filter(Boolean).join(" · ")),
    h("p", { class: "soft" }, visit.plan),
    h("p", { class: "soft small" }, say("team", { names: visit.team.join(", ") })),
    h("p", { class: "known" }, visit.hours),
    h("p", { class: "soft small" }, say("photo_care")),
    parts.map((part) =>
      h(
        "section",
        { class: "part" },
        h("h2", {}, part.name),
        part.items.map((item) => question(visit, item, updates)),
      ),
    ),
    loose,
    foot,
  ]);
  const update = () => {
    const fresh = visitOf(id) ?? visit;
    updates.forEach((each) => each(fresh));
    if (!document.activeElement?.closest(".visit-tabs")) renewTabs(fresh, "");
    loose.replaceChildren(
      h("h2", {}, say("other_photos")),
      fresh.photos ? h("p", { class: "soft small" }, say("photos_there", { count: fresh.photos })) : "",
      gallery(photosOf(id, null)) ?? "",
      isShut(fresh) ? "" : photoField(fresh, null),
    );
    const open = fresh.items.length - answeredOf(fresh);
    foot.replaceChildren(
      ...(open
        ? [h("p", { class: "strong" }, say("still_open", { count: open }))]
        : [
            h("p", {}, say("all_answered")),
            h("p", {}, h("a", { class: "button button-primary full", href: `#/v/${id}/found` }, say("to_findings"))),
          ]),
    );
  };
  update();
  return update;
};

const question = (visit, item, updates) => {
  const first = holding(visit, item).holds;
  const draft = `${visit.id}:note:${item.id}`;
  const said = { seen: first?.seen ?? "", number: first?.number ?? null, words: draftOf(draft)?.words ?? first?.words ?? "" };
  const error = h("p", { class: "error", role: "alert" });
  const state = h("div", { class: "small" });
  const pictures = h("div", { class: "stack" });
  const name = `item-${item.id}`;

  let timer;
  const lost = (failure) => {
    console.warn(failure);
    error.textContent = say("not_kept");
  };
  const commit = async () => {
    error.textContent = "";
    if (said.seen === "not_applicable" && !said.words) {
      error.textContent = say("missing_words");
      return;
    }
    if (said.seen !== "not_applicable") {
      if (item.kind === "number" && said.number === null) return;
      if (item.kind === "words" && !said.words) return;
      if (item.kind === "yes_no" && !said.seen) return;
    }
    try {
      await note(visit, item, { ...said });
      if (draftOf(draft)) await dropDraft(draft);
      announce(say("kept"));
    } catch (failure) {
      lost(failure);
    }
  };

  const choices = list("seen").filter(([value]) => item.kind === "yes_no" || value === "not_applicable");
  const radios = choices.map(([value, label]) => {
    const input = h("input", {
      type: item.kind === "yes_no" ? "radio" : "checkbox",
      name,
      value,
      checked: said.seen === value,
      onchange: () => {
        said.seen = input.checked ? value : "";
        if (value === "not_applicable" && input.checked && !said.words) words.focus();
        return commit();
      },
    });
    return h("label", { class: "choice" }, input, h("span", {}, label));
  });
  const figure =
    item.kind === "number"
      ? h("input", {
          type: "text",
          inputmode: "decimal",
          id: `${name}-number`,
          value: said.number === null ? "" : String(said.number).replace(".", ","),
          onchange: (event) => {
            const typed = event.target.value.trim().replace(/\s/g, "").replace(",", ".");
            said.number = /^\d{1,12}(\.\d{1,2})?$/.test(typed) ? Number(typed) : null;
            if (said.number === null && typed) error.textContent = say("missing_number");
            else return commit();
            return null;
          },
        })
      : null;
  const words = h("textarea", {
    id: `${name}-words`,
    rows: item.kind === "words" ? 3 : 2,
    maxlength: 4000,
    // Kept while it is typed: a phone goes dark in the middle of a sentence.
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(() => keepDraft(draft, { visit: visit.id, words: words.value }).catch(lost), PAUSE);
    },
    onchange: () => {
      clearTimeout(timer);
      said.words = words.value.trim();
      return commit();
    },
  });
  words.value = said.words;

  updates.push((fresh) => {
    const now = fresh.items.find((each) => each.id === item.id) ?? item;
    state.replaceChildren(...standing(fresh, now));
    box.disabled = isShut(fresh);
    pictures.replaceChildren(gallery(photosOf(visit.id, item.id)) ?? "", isShut(fresh) ? "" : photoField(visit, item));
    const finds = ["no", "partly"].includes(holding(fresh, now).holds?.seen) && !isShut(fresh);
    next.replaceChildren(finds ? h("a", { href: `#/v/${visit.id}/found/new-${item.id}` }, say("finding_from")) : "");
    // Another phone answered: shown, unless this person is writing here just now.
    const { holds } = holding(fresh, now);
    if (!holds || box.contains(document.activeElement) || error.textContent) return;
    Object.assign(said, { seen: holds.seen ?? "", number: holds.number ?? null, words: holds.words ?? "" });
    radios.forEach((label) => {
      const input = label.querySelector("input");
      input.checked = input.value === said.seen;
    });
    if (figure) figure.value = said.number === null ? "" : String(said.number).replace(".", ",");
    words.value = said.words;
  });

  const next = h("p", {});
  const box = h(
    "fieldset",
    { class: "question stack", id: name },
    h("legend", {}, item.question),
    item.guide ? h("p", { class: "soft" }, item.guide) : null,
    item.criterion ? h("p", { class: "known" }, item.criterion) : null,
    item.before ? h("p", { class: "known" }, item.before) : null,
    figure ? h("div", { class: "field" }, h("label", { for: `${name}-number` }, say("number")), figure) : null,
    h("div", { class: "choices" }, radios),
    h(
      "div",
      { class: "field" },
      h("label", { for: `${name}-words` }, item.kind === "words" ? say("words") : say("note")),
      words,
    ),
    error,
    state,
    next,
    pictures,
    item.source ? h("p", { class: "soft small" }, say("source", { source: item.source })) : null,
  );
  return box;
};

const standing = (visit, item) => {
  const { own, theirs, holds } = holding(visit, item);
  if (!holds) return [];
  if (own === holds && own.outcome === "refused") return [h("p", { class: "error" }, say("refused", { reason: own.reason }))];
  if (own === holds) {
    const how = own.outcome ? say("sent") : say("kept");
    return [h("p", { class: own.outcome ? "soft" : "strong" }, `${how}, ${wordsOf(own.seen_at)}`)];
  }
  const lines = [h("p", { class: "soft" }, say("by", { name: theirs.seen_by, time: wordsOf(theirs.seen_at) }))];
  if (own?.outcome === "later") lines.push(alertBox("gold", say("somebody_later", { mine: said(own) })));
  return lines;
};

const gallery = (photos) =>
  photos.length
    ? h(
        "ul",
        { class: "gallery", role: "list" },
        photos.map((row) =>
          h(
            "li",
            {},
            h("img", { class: "preview", src: row.preview, alt: say("photo", { time: wordsOf(row.taken_at) }) }),
            row.outcome === "refused"
              ? h("p", { class: "error small" }, say("refused", { reason: row.reason }))
              : h("p", { class: "soft small" }, row.outcome ? say("sent") : say("kept")),
          ),
        ),
      )
    : null;

const photoField = (visit, item) => {
  const error = h("p", { class: "error", role: "alert" });
  const input = h("input", {
    type: "file",
    accept: "image/*",
    capture: "environment",
    class: "only-screen-reader",
    onchange: async () => {
      error.textContent = "";
      const [file] = input.files;
      if (!file) return;
      let picture;
      try {
        picture = await small(file);
      } catch {
        error.textContent = say("photo_refused");
        return;
      }
      try {
        await keepPhoto(visit, item, picture);
      } catch (failure) {
        console.warn(failure);
        error.textContent = say("not_kept");
      }
    },
  });
  return h("div", { class: "photo-field" }, h("label", { class: "button button-secondary" }, input, h("span", {}, say("add_photo"))), error);
};

