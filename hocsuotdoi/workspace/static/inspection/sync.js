// Between the phone and the server, with the person's own session. Whether there is a connection is asked of the server.
import { told } from "../roll/wording.js";
import { allOf, change, drop, keep, kept, put } from "./store.js";

const MOST = 100;
const MOST_FINDINGS = 50;
const WEEK = 7 * 86_400_000;
const PATIENCE = 15_000;
const PICTURE_PATIENCE = 90_000;
const [SOON, LATER] = [1500, 30_000];

export const state = {
  carry: null, // {person, person_name, visits}, as fetched last
  notes: [], // each the newest answer of one person to one question of one visit
  photos: [],
  findings: [], // noted here, each in its newest words
  closings: [], // how visits ended, one for each visit
  drafts: new Map(), // what is being written, by key
  skew: 0,
  reached: null, // true, false, or null: not asked yet
  signedOut: false,
  problem: "", // the server's sentence why this person may not
  wrong: false,
  syncing: false,
  lastSync: null, // seconds
  persistent: false,
  update: null,
};

const listeners = new Set();
export const onChange = (listener) => listeners.add(listener);
export const changed = (what = "all") => listeners.forEach((listener) => listener(what));

const channel = "BroadcastChannel" in window ? new BroadcastChannel("inspection") : null;
channel?.addEventListener("message", () => load().then(() => changed()));
const tellOthers = () => channel?.postMessage("changed");

export const load = async () => {
  const [carry, lastSync, skew] = await Promise.all(["carry", "lastSync", "skew"].map(kept));
  Object.assign(state, { carry: carry ?? null, lastSync: lastSync ?? null, skew: skew ?? 0 });
  [state.notes, state.photos, state.findings, state.closings] = await Promise.all(
    ["notes", "photos", "findings", "closings"].map(allOf),
  );
  state.drafts = new Map((await allOf("drafts")).map((row) => [row.key, row]));
};

const mine = (row) => row.person === state.carry?.person;
const waits = (row) => !row.outcome;
const rowsKept = () => [...state.notes, ...state.photos, ...state.findings, ...state.closings];
export const unsent = () => rowsKept().filter((row) => mine(row) && waits(row));
export const ofOthers = () => rowsKept().filter((row) => !mine(row) && waits(row));
const isCarried = (visit) => Boolean(state.carry?.visits.some(({ id }) => id === visit));
/** What somebody else changed meanwhile: this person decides, as long as the visit is open. */
const isContested = (row) => row.outcome === "changed" && isCarried(row.visit);
export const contested = () => rowsKept().filter((row) => mine(row) && isContested(row));
export const refused = () =>
  rowsKept().filter((row) => mine(row) && ["refused", "changed"].includes(row.outcome) && !isContested(row));
export const closingOf = (visit) => state.closings.find((row) => mine(row) && row.visit === visit);
export const closedHere = () => state.closings.filter((row) => mine(row) && row.outcome === "taken");

/** The findings of a visit as far as this phone knows: the server's, with its own words in place of them. */
export const findingsOf = (visit) => {
  const own = state.findings.filter((row) => mine(row) && row.visit === visit.id);
  const theirs = visit.findings.map((each) => {
    const row = own.find(({ id }) => id === each.id);
    return row && row.outcome !== "taken" && row.outcome !== "known" ? row : { ...each, outcome: "taken", theirs: true };
  });
  const known = new Set(visit.findings.map(({ id }) => id));
  return [...theirs, ...own.filter(({ id }) => !known.has(id))].filter(
    (row) => !row.is_removed || row.outcome === "changed" || row.outcome === "refused",
  );
};
export const noteOf = (visit, item) => state.notes.find((row) => mine(row) && row.visit === visit && row.item === item);
export const photosOf = (visit, item) => state.photos.filter((row) => mine(row) && row.visit === visit && row.item === item);

export const moment = () => new Date(Date.now() + state.skew).toISOString();

/** As RFC 9562 has it: a moment first, so that rows stand in the order in which they were noted. */
export const uuid7 = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = Date.now();
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = now % 256;
    now = Math.floor(now / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
};

/** Keeps an answer; throws when the phone cannot. */
export const note = async (visit, item, said) => {
  const key = `${state.carry.person}:${visit.id}:${item.id}`;
  const row = {
    key,
    person: state.carry.person,
    id: uuid7(),
    visit: visit.id,
    item: item.id,
    ...said,
    seen_at: moment(),
    place: visit.institution_name,
    question: item.question,
    outcome: "",
  };
  await put("notes", row);
  state.notes = [...state.notes.filter((each) => each.key !== key), row];
  tellOthers();
  changed("notes");
  soon();
};

export const keepPhoto = async (visit, item, picture) => {
  const row = {
    id: uuid7(),
    person: state.carry.person,
    visit: visit.id,
    item: item?.id ?? null,
    ...picture,
    taken_at: moment(),
    place: visit.institution_name,
    question: item?.question ?? "",
    outcome: "",
  };
  await put("photos", row);
  state.photos = [...state.photos, row];
  tellOthers();
  changed("photos");
  soon();
};

/** Keeps a finding as it is written now; `base` names the server's words that it was made of. */
export const keepFinding = async (visit, finding) => {
  const row = {
    base: null,
    is_removed: false,
    ...finding,
    person: state.carry.person,
    visit: visit.id,
    place: visit.institution_name,
    noted_at: moment(),
    outcome: "",
    reason: "",
    holds: null,
  };
  await put("findings", row);
  state.findings = [...state.findings.filter(({ id }) => id !== row.id), row];
  tellOthers();
  changed("findings");
  soon();
};

/** The visit is over, with what this phone knows of it now. */
export const keepClosing = async (visit, ending, answers) => {
  const key = `${state.carry.person}:${visit.id}`;
  const row = {
    key,
    id: closingOf(visit.id)?.id ?? uuid7(),
    person: state.carry.person,
    visit: visit.id,
    place: visit.institution_name,
    ...ending,
    closed_at: moment(),
    findings: visit.findings
      .filter((each) => each.noted_at && !state.findings.some(({ id, is_removed }) => id === each.id && is_removed))
      .map(({ id, noted_at }) => ({ id, noted_at })),
    answers,
    outcome: "",
    reason: "",
    changes: [],
  };
  await put("closings", row);
  state.closings = [...state.closings.filter((each) => each.key !== key), row];
  tellOthers();
  changed("closings");
  soon();
};

/** Somebody else's words were looked at after the visit was closed here: that is what it is closed with. */
export const seenMeanwhile = async (visit, id, noted_at) => {
  const row = closingOf(visit);
  if (!row) return;
  const others = row.findings.filter((each) => each.id !== id);
  const after = { ...row, findings: noted_at ? [...others, { id, noted_at }] : others };
  await put("closings", after);
  state.closings = state.closings.map((each) => (each.key === row.key ? after : each));
};

/** Words that are not finished: kept while they are typed. */
export const keepDraft = async (key, words) => {
  const row = { key: `${state.carry.person}:${key}`, ...words };
  await put("drafts", row);
  state.drafts.set(row.key, row);
};
export const draftOf = (key) => state.drafts.get(`${state.carry.person}:${key}`);
export const dropDraft = async (key) => {
  await drop("drafts", `${state.carry.person}:${key}`);
  state.drafts.delete(`${state.carry.person}:${key}`);
};

const storeOf = (row) =>
  ["notes", "photos", "findings", "closings"].find((name) => state[name].some((each) => each.id === row.id));

export const forget = async (row) => {
  const name = storeOf(row);
  if (!name) return;
  await drop(name, row.key ?? row.id);
  state[name] = state[name].filter((each) => each.id !== row.id);
  tellOthers();
  changed();
};

class NotReached extends Error {}

/** One request with the session. Throws NotReached without a connection. */
const ask = async (address, options = {}, patience = PATIENCE) => {
  let response;
  const sentAt = Date.now();
  try {
    response = await fetch(address, {
      cache: "no-store",
      credentials: "same-origin",
      redirect: "manual",
      signal: AbortSignal.timeout ? AbortSignal.timeout(patience) : undefined,
      ...options,
      headers: { Accept: "application/json", ...options.headers },
    });
  } catch {
    throw new NotReached();
  }
  const content = await response.json().catch(() => null);
  const server = Date.parse(response.headers.get("Date") ?? "");
  if (server && response.ok) {
    const off = Math.round(server + 500 - (sentAt + Date.now()) / 2);
    state.skew = Math.abs(off) < 5000 ? 0 : off;
    await keep("skew", state.skew);
  }
  return { status: response.status, content };
};

const token = () => decodeURIComponent(/(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "");

/** What the person takes along; false when nobody (or nobody who may) is signed in. */
const fetchCarry = async () => {
  const { status, content } = await ask(told.carried);
  state.signedOut = status === 401;
  state.problem = status === 403 ? (content?.message ?? "") : "";
  if (status === 401 || status === 403) return false;
  if (status !== 200 || !content) throw new Error("wrong");
  state.carry = content;
  await keep("carry", content);
  return true;
};

const sendNotes = async () => {
  const rows = state.notes.filter((row) => mine(row) && waits(row)).slice(0, MOST);
  if (!rows.length) return false;
  const answers = rows.map(({ id, visit, item, seen, number, words, seen_at }) => ({
    id,
    visit,
    item,
    seen: seen || null,
    number: number ?? null,
    words: words ?? "",
    seen_at,
  }));
  const { status, content } = await ask(told.answers, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    body: JSON.stringify({ answers }),
  });
  if (status !== 200 || !content) throw new Error("wrong");
  const outcomes = new Map(content.answers.map((each) => [each.id, each]));
  for (const row of rows) {
    const one = outcomes.get(row.id);
    if (!one) continue;
    // Written anew while it was on its way: the newer one is still to be sent.
    const settle = (now) =>
      now.id === row.id ? { ...now, outcome: one.outcome, reason: one.reason, holds: one.holds } : null;
    const after = await change("notes", row.key, settle);
    if (after) state.notes = state.notes.map((each) => (each.key === row.key ? after : each));
  }
  return true;
};

const sendPhoto = async () => {
  const row = state.photos.find((each) => mine(each) && waits(each));
  if (!row) return false;
  const form = new FormData();
  form.append("file", new Blob([row.bytes], { type: "image/jpeg" }), `${row.id}.jpg`);
  form.append("id", row.id);
  form.append("taken_at", row.taken_at);
  if (row.item) form.append("item", row.item);
  const address = told.photos.replace("00000000-0000-0000-0000-000000000000", row.visit);
  const { status, content } = await ask(
    address,
    { method: "POST", headers: { "X-CSRFToken": token() }, body: form },
    PICTURE_PATIENCE,
  );
  const isTaken = status === 200;
  if (!isTaken && !(status >= 400 && status < 500 && content?.message && status !== 401 && status !== 429)) {
    throw new Error("wrong");
  }
  // What the server has need not fill the phone; what it did not take stays whole.
  const settle = (now) =>
    isTaken
      ? { ...now, outcome: "taken", bytes: null }
      : { ...now, outcome: "refused", reason: content.message };
  const after = await change("photos", row.id, settle);
  if (after) state.photos = state.photos.map((each) => (each.id === row.id ? after : each));
  return true;
};

const post = (address, content) =>
  ask(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    body: JSON.stringify(content),
  });

/** What the server said of each row is kept with it, unless it was written anew meanwhile. */
const settleAll = async (name, rows, told, settled) => {
  const outcomes = new Map(told.map((each) => [each.id, each]));
  for (const row of rows) {
    const one = outcomes.get(row.id);
    if (!one) continue;
    const settle = (now) => (now.id === row.id && same(now, row) ? { ...now, ...settled(one) } : null);
    const after = await change(name, row.key ?? row.id, settle);
    if (after) state[name] = state[name].map((each) => (each.id === row.id ? after : each));
  }
};
const same = (now, row) => now.noted_at === row.noted_at && now.closed_at === row.closed_at;

const sendFindings = async () => {
  const rows = state.findings.filter((row) => mine(row) && waits(row)).slice(0, MOST_FINDINGS);
  if (!rows.length) return false;
  const findings = rows.map(({ id, visit, item, severity, text, demand, due_on, noted_at, base, is_removed }) => ({
    id,
    visit,
    item: item ?? null,
    severity,
    text,
    demand,
    due_on: due_on || null,
    noted_at,
    base,
    is_removed,
  }));
  const { status, content } = await post(told.findings, { findings });
  if (status !== 200 || !content) throw new Error("wrong");
  await settleAll("findings", rows, content.findings, ({ outcome, reason, holds, noted_at }) => ({
    outcome,
    reason,
    holds,
    stands: noted_at,
  }));
  return true;
};

/** A finding that was not taken while its visit is open on the server: this person mends it or takes it out. */
export const toMend = (visit) =>
  isCarried(visit) && state.findings.some((row) => mine(row) && row.visit === visit && row.outcome === "refused");

/** Only what is whole: a visit whose notes, pictures or findings wait, or are to be decided on, is not closed yet. */
const sendClosings = async () => {
  const open = new Set(
    [...state.notes, ...state.photos, ...state.findings]
      .filter((row) => mine(row) && (waits(row) || isContested(row) || toMend(row.visit)))
      .map(({ visit }) => visit),
  );
  const rows = state.closings.filter((row) => mine(row) && waits(row) && !open.has(row.visit));
  if (!rows.length) return false;
  const closings = rows.map(
    ({ id, visit, conclusion, opinion, signed, unsigned_reason, closed_at, findings, answers }) => ({
      id,
      visit,
      conclusion,
      opinion,
      signed,
      unsigned_reason,
      closed_at,
      findings,
      answers,
    }),
  );
  const { status, content } = await post(told.closings, { closings });
  if (status !== 200 || !content) throw new Error("wrong");
  await settleAll("closings", rows, content.closings, ({ outcome, reason, changes }) => ({
    outcome: outcome === "known" ? "taken" : outcome,
    reason,
    changes,
  }));
  return true;
};

let timer;
const soon = (wait = SOON) => {
  clearTimeout(timer);
  timer = setTimeout(sync, wait);
};

export const sync = async () => {
  if (state.syncing) return;
  clearTimeout(timer);
  state.syncing = true;
  changed("status");
  try {
    if (await fetchCarry()) {
      let sent = false;
      while (await sendNotes()) sent = true;
      while (await sendPhoto()) {
        sent = true;
        changed("photos");
      }
      while (await sendFindings()) sent = true;
      if (await sendClosings()) sent = true;
      if (sent) await fetchCarry();
      await prune();
      state.lastSync = Math.round((Date.now() + state.skew) / 1000);
      await keep("lastSync", state.lastSync);
    }
    Object.assign(state, { reached: true, wrong: false });
  } catch (error) {
    Object.assign(state, { reached: !(error instanceof NotReached), wrong: !(error instanceof NotReached) });
  }
  state.syncing = false;
  tellOthers();
  changed();
  if (unsent().length && !state.signedOut) soon(LATER);
};

// What the server has taken goes with its visit; what it has not taken stays until a person takes it off.
const prune = async () => {
  const carried = new Set(state.carry.visits.map((visit) => visit.id));
  const isOver = (row) => mine(row) && row.outcome && row.outcome !== "refused" && !carried.has(row.visit);
  const isTaken = ({ outcome }) => outcome === "taken" || outcome === "known";
  const overs = {
    notes: isOver,
    photos: isOver,
    // The carried visit has it now.
    findings: (row) => mine(row) && isTaken(row),
    closings: (row) => mine(row) && row.outcome === "taken" && Date.parse(row.closed_at) < Date.now() - WEEK,
  };
  for (const [name, isPast] of Object.entries(overs)) {
    for (const row of state[name].filter(isPast)) await drop(name, row.key ?? row.id);
    state[name] = state[name].filter((row) => !isPast(row));
  }
  const isLeft = ({ key, visit }) => key.startsWith(`${state.carry.person}:`) && visit && !carried.has(visit);
  for (const row of [...state.drafts.values()].filter(isLeft)) {
    await drop("drafts", row.key);
    state.drafts.delete(row.key);
  }
};
