// The page's words, and moments in them.
export const told = JSON.parse(document.getElementById("told").textContent);
const { words, language } = told;

export const say = (key, values = {}) =>
  words[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

export const list = (key) => words[key];

const zone = { timeZone: "Asia/Ho_Chi_Minh" };
const as = (options) => new Intl.DateTimeFormat(language, { ...zone, ...options });
const [clock, date, short] = [
  as({ hour: "numeric", minute: "2-digit", hourCycle: "h23" }),
  as({ day: "numeric", month: "numeric" }),
  as({ day: "numeric", month: "numeric", year: "numeric" }),
];
const key = new Intl.DateTimeFormat("en-CA", zone);

export const timeOf = (seconds) => clock.format(seconds * 1000);
export const dayOf = (seconds) => short.format(seconds * 1000);
export const dayKey = (seconds) => key.format(seconds * 1000);
export const number = (value) => new Intl.NumberFormat(language).format(value);

/** "Today, Thursday, 26/11", as it begins a line. Weekdays are the page's words: browsers spell them in another way. */
export const dayWords = (seconds, now) => {
  if (dayKey(seconds) === dayKey(now)) return `${say("today")}, ${dayWithin(seconds)}`;
  if (dayKey(seconds) === dayKey(now + 86400)) return `${say("tomorrow")}, ${dayWithin(seconds)}`;
  return named(seconds, 0);
};

/** The same within a line, by its name alone. */
export const dayWithin = (seconds) => named(seconds, 1);

const named = (seconds, place) => {
  const fromMonday = (new Date(`${dayKey(seconds)}T00:00Z`).getUTCDay() + 6) % 7;
  return `${list("weekdays")[fromMonday][place]}, ${date.format(seconds * 1000)}`;
};

export const momentWords = (seconds, now) =>
  dayKey(seconds) === dayKey(now) ? timeOf(seconds) : `${timeOf(seconds)}, ${dayOf(seconds)}`;

/** A name as it is searched: without capitals; marks count only when the person types some. */
export const plain = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
export const found = (name, typed) => {
  const asked = typed.trim().normalize("NFC").toLowerCase();
  return plain(asked) === asked ? plain(name).includes(asked) : name.normalize("NFC").toLowerCase().includes(asked);
};
