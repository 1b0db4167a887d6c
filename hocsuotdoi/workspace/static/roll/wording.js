// The page's words, and moments in them.
export const told = JSON.parse(document.getElementById("told").textContent);
const { words, language } = told;

export const say = (key, values = {}) =>
  words[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

export const list = (key) => words[key];

const zone = { timeZone: "Asia/Ho_Chi_Minh" };
const as = (options) => new Intl.DateTimeFormat(language, { ...zone, ...options });
const [clock, day, short] = [
  as({ hour: "numeric", minute: "2-digit", hourCycle: "h23" }),
  as({ weekday: "long", day: "numeric", month: "numeric" }),
  as({ day: "numeric", month: "numeric", year: "numeric" }),
];
const key = new Intl.DateTimeFormat("en-CA", zone);

export const timeOf = (seconds) => clock.format(seconds * 1000);
export const dayOf = (seconds) => short.format(seconds * 1000);
export const dayKey = (seconds) => key.format(seconds * 1000);
export const number = (value) => new Intl.NumberFormat(language).format(value);

/** "Today, thursday 26/11" */
export const dayWords = (seconds, now) => {
  const name = day.format(seconds * 1000);
  if (dayKey(seconds) === dayKey(now)) return `${say("today")}, ${name}`;
  if (dayKey(seconds) === dayKey(now + 86400)) return `${say("tomorrow")}, ${name}`;
  return name.charAt(0).toUpperCase() + name.slice(1);
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
