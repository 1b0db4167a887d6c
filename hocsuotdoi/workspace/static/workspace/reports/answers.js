// Answers to what looks odd: a tap or a reason, kept until the server has it. Each question is kept by itself.
import { KeptForm, hidden, place, post, refresh } from "./kept.js";
import { drop, keptOf } from "./store.js";

const section = document.getElementById("odd");
const part = (key) => `/odd/${key}`;
const isReason = (draft) => "explain" in draft.over;

const ofQuestion = (question) => {
  const line = question.querySelector("[role=status]");
  const [tap, reason] = question.querySelectorAll("form[data-answer]");
  const done = () => {
    for (const each of question.children) each.hidden = each !== line;
  };
  // A reason is sent as a whole or not at all: what was said stays in the report's story.
  const given = { part: part(question.dataset.key), line, refreshes: true, sentAsTyped: false, done };
  const taps = new KeptForm(tap, { ...given, owns: (draft) => !isReason(draft) });
  return [taps, new KeptForm(reason, { ...given, owns: isReason })];
};

export const answers = [...(section?.querySelectorAll("[data-key]") ?? [])].flatMap(ofQuestion);

/** What is kept for questions that are not asked any more: somebody else has answered, or the number is another. The server
 * says which. */
export const withoutQuestion = async () => {
  const made = [];
  if (!section) return made;
  const asked = new Set(answers.map((each) => each.id));
  const line = document.getElementById("odd-status");
  for (const draft of await keptOf(place.report + part(""))) {
    if (asked.has(draft.report)) continue;
    if (!draft.wanted) {
      line.textContent = [line.textContent, place.left, draft.fields.reason].join(" ").trim();
      line.hidden = false;
      await drop(draft.report);
      continue;
    }
    const form = Object.assign(document.createElement("form"), { method: "post", action: section.dataset.action, hidden: true });
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const fields = { ...draft.fields, ...draft.over, csrfmiddlewaretoken: token };
    form.append(...Object.entries(fields).map(([name, value]) => hidden(name, value)));
    section.append(form);
    const each = new KeptForm(form, { part: draft.report.slice(place.report.length), line, refreshes: true });
    each.waiting = each.wanted = true;
    made.push(each);
  }
  return made;
};

/** «All are so»: sent as one, kept one by one. */
const onAll = async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const { became } = await post(form);
  if (became === "saved") return refresh(form);
  if (became === "conflict" || became === "wrong") return form.submit();
  const keys = new Set(new FormData(form).getAll("key"));
  for (const each of answers.filter(({ form: { elements } }) => keys.has(elements.key.value) && !elements.explain)) {
    await each.note(true);
    each.say(became);
  }
  return undefined;
};

export const listenToAll = () => {
  for (const form of section?.querySelectorAll("form[data-all]") ?? []) form.addEventListener("submit", onAll);
};
