// Small comforts. Every page works without them.
document.documentElement.classList.add("js");
// Counting: the buttons beside a number.
document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-step]");
  if (!key) return;
  const input = key.closest("[data-stepper]").querySelector("input");
  const low = input.min === "" ? -Infinity : Number(input.min);
  const high = input.max === "" ? Infinity : Number(input.max);
  input.value = Math.min(high, Math.max(low, Number(input.value || 0) + Number(key.dataset.step)));
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

// A button with data-tick="roll" ticks every box of the element with id "roll"; data-tick-value="" unticks.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tick]");
  if (!button) return;
  for (const box of document.getElementById(button.dataset.tick).querySelectorAll("input[type=checkbox]")) {
    box.checked = button.dataset.tickValue !== "";
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

// <output data-ticked="roll"> says how many boxes are ticked there.
const countTicked = () => {
  for (const output of document.querySelectorAll("output[data-ticked]")) {
    const boxes = document.getElementById(output.dataset.ticked).querySelectorAll("input[type=checkbox]:checked");
    output.textContent = boxes.length;
  }
};
document.addEventListener("change", countTicked);
countTicked();

// A form is sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.sent) {
    if (form.dataset.sent) event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
});

// <select data-submit> or a checkbox with it: choosing is asking.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// A refused form: the list of what is wrong is what one sees first.
document.querySelector("[data-focus]")?.focus();

// The part of a navigation strip that one is in, is in view.
for (const current of document.querySelectorAll(":is(.site-nav, .staff-nav, .tabs) [aria-current]")) {
  const nav = current.closest("nav");
  for (const strip of [nav, nav.querySelector("ul")]) {
    const [inside, whole] = [current.getBoundingClientRect(), strip.getBoundingClientRect()];
    strip.scrollLeft += inside.left + inside.width / 2 - whole.left - whole.width / 2;
  }
}

// A table wider than its frame is scrolled; one with a keyboard reaches it too.
const frames = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth <= target.clientWidth || target.hasAttribute("tabindex")) continue;
    target.tabIndex = 0;
    target.setAttribute("role", "region");
    const caption = target.querySelector("caption");
    if (caption) target.setAttribute("aria-label", caption.textContent.trim());
  }
});
for (const frame of document.querySelectorAll(".table-frame")) frames.observe(frame);

// A door that is half outside a row that scrolls sideways comes wholly into view when the keyboard reaches it.
document.addEventListener("focusin", ({ target }) => {
  if (target.closest(".site-nav, .tabs, .staff-nav")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
});
