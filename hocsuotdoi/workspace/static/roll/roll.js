// The rolls as they stand on this phone: what was carried, with what was noted since laid over it. Pure.
export const cellKey = (sex, age) => `${sex ?? ""} ${age ?? ""}`;

// `answered_at` and `fetched_at` are turns of syncing, not moments: a clock may be wrong.
const taken = (entry) => entry.outcome === "applied" || entry.outcome === "duplicate";

/** Does what was carried say this already? */
const isCarried = (entry, carry) => taken(entry) && entry.answered_at < (carry?.fetched_at ?? 0);

/** All lines of a carried session: {key, name, size, present, code, party, walkIn}. */
const carriedLines = (session) => {
  const lines = [];
  for (const [code, name, third, present] of session.lines ?? []) {
    const codes = [code, session.series?.[code]].filter(Boolean);
    if (Array.isArray(third)) {
      for (const [number, person, here] of third) {
        lines.push({ key: `${code}.${number}`, name: person, size: 1, present: here, codes, party: name });
      }
    } else {
      lines.push({ key: code, name, size: third ?? 1, present: present ?? null, codes, party: "" });
    }
  }
  for (const [key, name, present, size] of session.walk_ins ?? []) {
    lines.push({ key, name, size: size ?? 1, present, codes: [], party: "", walkIn: true });
  }
  return lines;
};

export const rollOf = (session, journal, carry) => {
  const lines = new Map(carriedLines(session).map((line) => [line.key, line]));
  const roll = { session, lines, cells: new Map(), others: 0, note: null, closed: null, waiting: 0 };
  const counted = new Map();
  for (const entry of journal) {
    const { mark } = entry;
    // What somebody dismissed counts nowhere, here neither.
    if (mark.session !== session.id || entry.outcome === "dismissed") continue;
    roll.waiting += entry.outcome === "waiting" ? 1 : (entry.held?.length ?? 0);
    if (mark.act === "tally") count(roll, counted, entry, carry);
    else if (mark.act === "close") roll.closed = entry;
    else if (mark.act === "note") roll.note = mark.said.note;
    else lay(lines, entry, isCarried(entry, carry));
  }
  const carriedTally = (session.tally ?? []).reduce((sum, [, , people]) => sum + people, 0);
  const ours = [...roll.cells.values()].reduce((sum, people) => sum + people, 0);
  const known = [...counted.values()].reduce((sum, people) => sum + people, 0);
  roll.tallied = Math.max(0, carriedTally - known + ours);
  roll.others = roll.tallied - ours;
  return Object.assign(roll, totals(roll));
};

// What this phone counted under an earlier enrolment is its own count, too: the server knows it by `said.phone`.
const count = (roll, counted, entry, carry) => {
  const { sex, age_band: age, count: people } = entry.mark.said;
  roll.cells.set(cellKey(sex, age), people);
  if (isCarried(entry, carry)) counted.set(cellKey(sex, age), people);
};

// Of what is carried already only those show from here for whom the mark waits.
const lay = (lines, { mark, outcome, held, dropped }, carried) => {
  if (mark.act === "walk_in" && !carried && !lines.has(mark.id)) {
    lines.set(mark.id, { key: mark.id, name: mark.said.name, size: 1, present: 1, codes: [], party: "", walkIn: true });
  }
  for (const [key, people] of Object.entries(mark.said.present ?? {})) {
    const line = lines.get(key);
    const waits = outcome === "waiting" || (held ?? []).some((one) => one.key === key);
    if (line && (waits || !carried) && !dropped?.includes(key)) Object.assign(line, { present: people, waits });
  }
};

const totals = (roll) => {
  const sum = { expected: 0, here: 0, walkIns: 0, called: 0 };
  for (const line of roll.lines.values()) {
    if (line.walkIn) sum.walkIns += line.present ?? 0;
    else [sum.expected, sum.here] = [sum.expected + line.size, sum.here + (line.present ?? 0)];
    if (line.present !== null && line.present !== undefined) sum.called += 1;
  }
  sum.people = sum.here + sum.walkIns + roll.tallied;
  sum.untouched = !sum.called && !roll.tallied;
  return sum;
};

/** Whom a ticket or a typed code stands for: {kind, lines, name, session}. */
export const ticket = (text, roll, carry) => {
  const match = /sessions\/([0-9a-f-]{36})\/([^/?#\s]+)/i.exec(text);
  const code = (match ? match[2] : text).replace(/[^0-9a-z]/gi, "").toUpperCase();
  if (!code || code.length > 12 || (!match && /[:/]/.test(text))) return { kind: "no_code" };
  const here = [...roll.lines.values()].filter((line) => line.codes.includes(code));
  if (here.length) return { kind: "here", lines: here, name: here[0].party || here[0].name, code };
  for (const session of carry?.sessions ?? []) {
    const line = (session.lines ?? []).find(([each]) => each === code || session.series?.[each] === code);
    if (line && session.id !== roll.session.id) return { kind: "wrong", name: line[1], session, code };
  }
  const elsewhere = match && match[1].toLowerCase() !== roll.session.id;
  return { kind: elsewhere ? "wrong_gone" : "unknown", code };
};
