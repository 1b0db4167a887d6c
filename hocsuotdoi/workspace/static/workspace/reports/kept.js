// A form of a report whose fields are kept on the device as they are typed: sent when one saves, sent by themselves once
// there is a connection again. Whoever else has saved meanwhile: the server shows both, and what was typed here is in it.
import { drop, keep, kept } from "./store.js";

/** Whose report it is, where its page is, and what is said about what is kept. */
export const place = document.getElementById("kept-page")?.dataset ?? {};

const TYPED = "textarea, input[type=text]";
const SEEN = "input[type=hidden]:not([name=csrfmiddlewaretoken])"; // what was shown while one typed: the server compares

const valuesOf = (fields) => Object.fromEntries(fields.map((field) => [field.name, field.value]));
const within = (groups, kind) => groups.flatMap((group) => [...group.querySelectorAll(kind)]);
const hour = (at) => new Date(at).toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" });
/** `version` alone: of words kept before totals were. */
const overOf = (draft) => draft?.over ?? (draft?.version ? { version: draft.version } : {});

export const hidden = (name, value) => Object.assign(document.createElement("input"), { type: "hidden", name, value });

/** The page anew: figures and what is left to do follow what was saved. What is kept on the device is put into it again. */
export const refresh = (form) => {
  if (location.pathname === place.page) location.reload();
  else location.assign(`${place.page}#${form?.closest("section")?.id ?? ""}`);
};

/** Posts as the form would. What comes back: "saved", "conflict", "wrong", "signedOut", or "offline". */
export const post = async (form, isAgain = false) => {
  const headers = { Accept: "application/json" };
  const given = { method: "POST", body: new FormData(form), headers, credentials: "same-origin", redirect: "manual" };
  let response;
  try {
    response = await fetch(form.action, given);
  } catch {
    return { became: "offline" };
  }
  if (response.type === "opaqueredirect") return { became: "signedOut" };
  if (response.status === 403) {
    const fresh = isAgain ? "" : await freshToken();
    if (!fresh) return { became: "signedOut" };
    form.elements.csrfmiddlewaretoken.value = fresh;
    return post(form, true);
  }
  if (response.ok) return { became: "saved", ...(await response.json()) };
  if (response.status >= 500) return { became: "offline" };
  return { became: response.status === 409 ? "conflict" : "wrong" };
};

/** A page that was kept carries an old token. */
const freshToken = async () => {
  try {
    const response = await fetch(place.page, { credentials: "same-origin", redirect: "manual" });
    if (!response.ok) return "";
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    // Somebody else has signed in here meanwhile: what one has typed is not saved in another's name.
    if (fresh.getElementById("kept-page")?.dataset.whose !== place.whose) return "";
    return fresh.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  } catch {
    return "";
  }
};

export class KeptForm {
  waiting = false; // whether something is kept that the server has not got
  wanted = false; // whether the person has said that it is to be saved; typing on takes that back no more
  typedAt = 0;
  #sending = false;
  #timer;

  /**
   * `part`: of the report, what the form writes. `line`: where it is said how it stands. `groups`: fields that are kept
   * together, once one of them is other than it was shown. `owns`: whether what is kept is this form's. `refreshes`: the
   * page shows more of what was saved than this form. `sentAsTyped`: what is typed without a connection is to be saved.
   */
  constructor(form, { part = "", line, groups = [form], owns = () => true, refreshes = false, sentAsTyped = true, done = () => {} }) {
    Object.assign(this, { form, line, groups, owns, refreshes, sentAsTyped, done, id: `${place.report}${part}` });
  }

  say(what, at = Date.now()) {
    this.line.textContent = place[what].replace("{time}", hour(at));
    this.line.dataset.state = what;
    this.line.hidden = false;
  }

  /** Groups in which something is not saved. A form without fields to type in is one tap. */
  #changed() {
    const isOther = (field) => field.value !== field.defaultValue;
    const isChanged = (fields) => !fields.length || this.form.dataset.unsaved || fields.some(isOther);
    return this.groups.filter((group) => isChanged([...group.querySelectorAll(TYPED)]));
  }

  /** `asked`: the person has said that it is to be saved; `over`: what it was written over, where that is not shown. */
  async note(asked, over = {}) {
    const groups = this.#changed();
    if (!groups.length) return this.#forget();
    this.wanted ||= asked;
    const seen = valuesOf(within(groups, SEEN));
    for (const name of Object.keys(over)) if (name in seen) seen[name] = over[name];
    const { id: report, wanted } = this;
    const fields = valuesOf(within(groups, TYPED));
    await keep({ report, whose: place.whose, fields, over: seen, at: Date.now(), wanted });
    this.waiting = true;
    return undefined;
  }

  async #forget() {
    await drop(this.id);
    this.waiting = this.wanted = false;
  }

  /** `but`: the server has `given` now, and fields that hold something else than `but` by now keep what they hold. */
  #put(given, but) {
    for (const [name, value] of Object.entries(given)) {
      const field = this.form.elements[name];
      if (!field) continue;
      const isTypedOn = but && name in but && field.value !== but[name];
      if (but) field.defaultValue = value;
      if (!isTypedOn) field.value = value;
    }
  }

  /** What is kept comes into its fields again, over what it was written over. */
  async #restore() {
    const draft = await kept(this.id);
    // Both are on the page, and nothing is saved before this person has decided. Left and opened again, what is kept
    // stands over the old still: so the two meet again.
    if (this.form.dataset.unsaved) return this.note(false, overOf(draft));
    if (!draft || !this.owns(draft)) return undefined;
    const fields = Object.entries(draft.fields);
    const isThere = ([name, text]) => this.form.elements[name]?.value.trim() === text.trim();
    if (fields.length && fields.every(isThere)) return this.#forget();
    const all = { ...draft.fields, ...overOf(draft) };
    const gone = Object.entries(all).filter(([name]) => !this.form.elements[name]);
    if (gone.length) {
      // Not asked for any more: it goes along, and the server shows it to be copied.
      const group = document.createElement("div");
      group.append(...gone.map(([name, value]) => hidden(name, value)));
      this.form.append(group);
      this.groups = [...this.groups, group];
    }
    this.#put(all);
    this.form.closest("details")?.setAttribute("open", "");
    this.waiting = true;
    this.wanted = draft.wanted;
    this.say("unsent", draft.at);
    return undefined;
  }

  /** `isAsked`: by the person, who waits for the page; else by itself, and nothing takes them away from what they do. */
  async send(isAsked) {
    if (this.#sending) return {};
    this.#sending = true;
    try {
      const before = valuesOf(within([this.form], TYPED));
      const result = await post(this.form);
      if (result.became === "saved") await this.#saved(result, before);
      else if (result.became === "conflict" || (result.became === "wrong" && isAsked)) await this.#leave();
      else {
        this.say(result.became);
        if (result.became === "wrong") await this.#want(false);
      }
      return result;
    } finally {
      this.#sending = false;
    }
  }

  async #saved(result, before) {
    const typedOn = JSON.stringify(valuesOf(within([this.form], TYPED))) !== JSON.stringify(before);
    // What others wrote into other fields comes in even where this person has typed on in theirs: what is sent next is
    // sent over what holds it.
    this.#put(result.fields ?? {}, before);
    delete this.form.dataset.unsaved;
    await this.#forget();
    if (typedOn) await this.note(true);
    this.say("saved");
    if (result.said) this.line.textContent += ` ${result.said}`;
    this.done();
  }

  async #want(wanted) {
    this.wanted = wanted;
    const draft = await kept(this.id);
    if (draft) await keep({ ...draft, wanted });
  }

  /** The page that the server answers with holds both; what was typed stays in its fields, and is not sent again unasked.
   * A tap is not kept: it was to what is not so any more. */
  async #leave() {
    await (this.form.querySelector(`${TYPED}, [name=reason]`) ? this.#want(false) : this.#forget());
    this.form.submit();
  }

  #onSubmit = async (event) => {
    event.preventDefault();
    clearTimeout(this.#timer);
    await this.note(true);
    const result = await this.send(true);
    if (result.became !== "saved") return;
    if (this.refreshes || result.reload) refresh(this.form);
    else document.dispatchEvent(new Event("report-saved"));
  };

  #onInput = () => {
    clearTimeout(this.#timer);
    this.typedAt = Date.now();
    this.#timer = setTimeout(async () => {
      await this.note(this.sentAsTyped && !navigator.onLine);
      if (this.waiting) this.say("unsent");
      else this.line.hidden = true;
    }, 300);
  };

  async start() {
    await this.#restore();
    this.form.addEventListener("input", this.#onInput);
    this.form.addEventListener("submit", this.#onSubmit);
  }

  /** An ordinary form again. */
  stop() {
    this.form.removeEventListener("input", this.#onInput);
    this.form.removeEventListener("submit", this.#onSubmit);
  }
}
