// Elements by hand: text is always text, never markup.
export const h = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
};

const main = document.getElementById("main");
const live = document.getElementById("say");

/** Puts a screen in place of the last; a new one begins at its top, with its heading read out. */
export const show = (elements, { fresh = true } = {}) => {
  const at = window.scrollY;
  main.replaceChildren(...elements.flat().filter(Boolean));
  if (!fresh) return window.scrollTo(0, at);
  window.scrollTo(0, 0);
  const heading = main.querySelector("h1");
  if (heading) document.title = `${heading.textContent} – Học Suốt Đời`;
  if (heading) heading.tabIndex = -1;
  heading?.focus({ preventScroll: true });
};

/** Read out to those who do not see the screen. */
export const announce = (text) => {
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 50);
};

export const alertBox = (kind, title, ...more) =>
  h(
    "div",
    { class: `alert alert-${kind}`, role: kind === "attention" ? "alert" : null },
    h("p", { class: "strong" }, title),
    more,
  );

export const button = (label, onclick, kind = "secondary", more = {}) =>
  h("button", { type: "button", class: `button button-${kind}`, onclick, ...more }, label);
