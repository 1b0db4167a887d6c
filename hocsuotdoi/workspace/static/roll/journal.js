// The journal: every act, chained by SHA-256, kept before anything else happens. Its format is activities/formats/journal.py.
import { addEntry, keep, kept, lastEntry, lastOf } from "./store.js";

export const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
};

export const hashOf = async (mark) => {
  const { hash: _own, ...content } = mark;
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical(content)));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

/** The moment by the server's clock, as far as it is known; in milliseconds. */
export const now = (clock) => Date.now() + (clock?.skew ?? 0);

const alone = (work) => (navigator.locks ? navigator.locks.request("roll-journal", work) : work());

/** Notes an act. What it returns is on the disk; it throws when it is not. Two tabs write one after the other. */
export const note = async (session, act, said, device) => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await alone(() => append(session, act, said, device));
    } catch (error) {
      if (error?.name !== "ConstraintError" || attempt > 4) throw error;
    }
  }
};

/** Whose count or note it is: this phone's, however often it is enrolled anew. */
const phone = async () => {
  const known = await kept("phone");
  if (known) return known;
  const made = crypto.randomUUID();
  await keep("phone", made);
  return made;
};

const append = async (session, act, given, device) => {
  const said = ["tally", "note"].includes(act) ? { ...given, phone: await phone() } : given;
  // Each institution has a chain of its own: it never sees what was noted for another.
  const [last, before, clock] = [await lastEntry(), await lastOf(device.institution_id), await kept("clock")];
  // Never earlier than the act before, nor than the last word of the server: a clock may be set back.
  const earliest = Math.max((last?.mark.noted_at ?? 0) + 1, clock?.server ?? 0);
  const mark = {
    id: crypto.randomUUID(),
    number: (before?.mark.number ?? 0) + 1,
    session,
    act,
    said: clean(said),
    noted_at: Math.max(Math.round(now(clock)), earliest),
    previous_hash: before?.mark.hash ?? "",
  };
  mark.hash = await hashOf(mark);
  const entry = { number: (last?.number ?? 0) + 1, mark, institution: device.institution_id, device: device.id };
  await addEntry(entry);
  return entry;
};

// No signs that a database cannot keep: the hash is of what is sent.
const clean = (value) => {
  if (typeof value === "string") return value.replace(/[\0\ud800-\udfff]/gu, "").normalize("NFC");
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(clean);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, clean(each)]));
};
