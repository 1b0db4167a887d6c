// Between the phone and the server. Whether there is a connection is asked of the server, never of the browser.
import { rollOf } from "./roll.js";
import { dropEntries, entries, forget, keep, kept, putEntries } from "./store.js";

const MOST = 200;
const HEAVIEST = 400_000;
const PATIENCE = 10_000;
const KEPT_FOR = 30 * 24 * 3600 * 1000;
const [SOON, LATER, LATEST] = [1500, 30_000, 300_000];

export const state = {
  device: null,
  carry: null,
  journal: [],
  clock: null,
  reached: null, // true, false, or null: not asked yet
  problem: "", // the server's sentence why this device may not, or ""
  wrong: false, // the server answered, but not as it should
  syncing: false,
  lastSync: null, // seconds, by the server's clock
  persistent: false,
};

const listeners = new Set();
export const onChange = (listener) => listeners.add(listener);
export const changed = (what = "all") => listeners.forEach((listener) => listener(what));

const channel = "BroadcastChannel" in window ? new BroadcastChannel("roll") : null;
channel?.addEventListener("message", () => load().then(() => changed()));
export const tellOthers = () => channel?.postMessage("changed");

export const load = async () => {
  const keys = ["device", "carry", "clock", "lastSync"];
  for (const [place, value] of (await Promise.all(keys.map(kept))).entries()) state[keys[place]] = value ?? null;
  state.journal = await entries();
};

const ours = (entry) => entry.institution === state.device?.institution_id;
export const unsent = () => state.journal.filter((entry) => !entry.outcome && ours(entry));
export const ofOthers = () => state.journal.filter((entry) => !entry.outcome && !ours(entry));
const waits = (entry) => entry.outcome === "waiting" || entry.held?.length;
/** What waits for a person: marks, and of a mark that was taken for the others the people it was not taken for. */
export const waiting = () =>
  state.journal
    .filter(waits)
    .flatMap((entry) => (entry.held?.length ? entry.held.map((one) => apart(entry, one)) : [entry]));
const apart = (entry, { key, name, reason }) => ({
  ...entry,
  reason,
  mark: { ...entry.mark, act: "line", said: { present: { [key]: entry.mark.said.present[key] }, name } },
});
export const refused = () => state.journal.filter((entry) => entry.outcome === "refused");

class NotReached extends Error {}
class NotAllowed extends Error {}

/** One request with the device's token. Throws NotReached without a connection, NotAllowed with the server's sentence. */
const ask = async (path, options = {}) => {
  let response;
  const sentAt = Date.now();
  try {
    response = await fetch(`/roll/${path}`, {
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout ? AbortSignal.timeout(PATIENCE) : undefined,
      ...options,
      headers: { Authorization: `Bearer ${state.device?.token ?? ""}`, ...options.headers },
    });
  } catch {
    throw new NotReached();
  }
  if (response.status === 304) return { response, content: null };
  // A café's sign-in page answers too: only what the server itself says counts.
  const content = await response.json().catch(() => null);
  if (response.status === 401 && content?.sentence) throw new NotAllowed(content.sentence);
  if (!response.ok || content === null) throw Object.assign(new Error("wrong"), { status: response.status });
  await setClock(response, sentAt);
  return { response, content };
};

const setClock = async (response, sentAt) => {
  const server = Date.parse(response.headers.get("Date") ?? "");
  if (!server) return;
  const skew = Math.round(server + 500 - (sentAt + Date.now()) / 2);
  state.clock = { skew: Math.abs(skew) < 5000 ? 0 : skew, server };
  await keep("clock", state.clock);
};

/** Enrols this phone; throws with the server's sentence. */
export const enrol = async (code) => {
  let response;
  try {
    response = await fetch("/roll/device", {
      method: "POST",
      cache: "no-store",
      credentials: "omit",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code }),
    });
  } catch {
    throw new NotReached();
  }
  const content = await response.json().catch(() => null);
  if (!response.ok || !content?.token) throw new Error(content?.sentence ?? "");
  await keep("device", content);
  await forget("carry");
  Object.assign(state, { device: content, carry: null, problem: "" });
  tellOthers();
};

const alone = (work) =>
  navigator.locks ? navigator.locks.request("roll-sync", { ifAvailable: true }, (lock) => lock && work()) : work();

let timer;
let wait = LATER;
export const soon = (milliseconds = SOON) => {
  clearTimeout(timer);
  timer = setTimeout(sync, milliseconds);
};

/** Asks whether the server is there, sends what was noted, fetches what is carried; and comes again by itself. */
export const sync = async () => {
  clearTimeout(timer);
  if (!state.device || state.syncing) return soon(LATER);
  state.syncing = true;
  changed("status");
  try {
    await alone(turn);
    Object.assign(state, { reached: true, problem: "", wrong: false });
    wait = LATER;
  } catch (error) {
    if (error instanceof NotAllowed) await shutOut(error.message);
    else Object.assign(state, { reached: !(error instanceof NotReached), wrong: !(error instanceof NotReached) });
    wait = Math.min(LATEST, wait * 2);
  }
  state.syncing = false;
  changed();
  soon(state.reached ? wait : Math.min(wait, 60_000) * (0.75 + Math.random() / 2));
};

const turn = async () => {
  const { content } = await ask("ping");
  state.reached = true;
  changed("status");
  const number = ((await kept("turn")) ?? 0) + 1;
  await keep("turn", number);
  await load();
  for (let batch = next(); batch.length; batch = next()) await send(batch, number);
  // Someone has decided: what waited is asked about again, and the answer is what became of it.
  if (content.waiting < waiting().filter(ours).length) {
    await send(state.journal.filter(waits).filter(ours).slice(0, MOST), number);
  }
  await fetchCarry(number);
  state.lastSync = Math.round((Date.now() + (state.clock?.skew ?? 0)) / 1000);
  await keep("lastSync", state.lastSync);
  await prune();
  tellOthers();
};

const next = () => {
  const batch = [];
  let weight = 0;
  for (const entry of unsent()) {
    weight += JSON.stringify(entry.mark).length;
    if (batch.length === MOST || (batch.length && weight > HEAVIEST)) break;
    batch.push(entry);
  }
  return batch;
};

const send = async (batch, number) => {
  const { content } = await ask("sync", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ marks: batch.map((entry) => entry.mark) }),
  });
  if (content.answers?.length !== batch.length) throw new Error("wrong");
  batch.forEach((entry, place) => {
    const { outcome, reason, held, dropped } = content.answers[place];
    Object.assign(entry, { outcome, reason, held, dropped, answered_at: number, device: state.device.id });
  });
  await putEntries(batch);
  changed();
};

const fetchCarry = async (number) => {
  const tag = state.carry?.tag;
  const { response, content } = await ask("carry", { headers: tag ? { "If-None-Match": tag } : {} });
  const before = state.carry;
  const fresh = content ? { ...content, tag: response.headers.get("ETag") } : before;
  state.carry = { ...fresh, fetched_at: number + 0.5, closed: closedSince(before, content) };
  await keep("carry", state.carry);
};

// What this phone closed is no longer carried; it stays on the list until the next day, so that nobody looks for it.
const closedSince = (before, content) => {
  const recent = (before?.closed ?? []).filter((each) => each.ends > Date.now() / 1000 - 24 * 3600);
  if (!content) return recent;
  const still = new Set(content.sessions.map((session) => session.id));
  const gone = (before?.sessions ?? []).filter((session) => !still.has(session.id));
  for (const session of gone) {
    const roll = rollOf(session, state.journal, before);
    const { id, title, number, starts, ends, place } = session;
    if (roll.closed) recent.push({ id, title, number, starts, ends, place, people: roll.people });
  }
  return recent.filter((session) => !still.has(session.id));
};

// A device that may not sync any more carries nobody's name any longer; what it noted stays for the next enrolment.
const shutOut = async (sentence) => {
  Object.assign(state, { reached: true, wrong: false, problem: sentence, carry: null });
  await forget("carry");
  tellOthers();
};

const prune = async () => {
  // The last of each institution stays: the next mark there follows it.
  const last = new Set(new Map(state.journal.map((entry) => [entry.institution, entry.number])).values());
  last.add(state.journal.at(-1)?.number);
  const old = state.journal.filter(
    (entry) =>
      ["applied", "duplicate", "dismissed"].includes(entry.outcome) &&
      !waits(entry) &&
      entry.mark.noted_at < Date.now() - KEPT_FOR &&
      !last.has(entry.number),
  );
  if (!old.length) return;
  await dropEntries(old.map((entry) => entry.number));
  const gone = new Set(old);
  state.journal = state.journal.filter((entry) => !gone.has(entry));
};
