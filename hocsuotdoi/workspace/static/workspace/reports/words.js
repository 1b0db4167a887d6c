// The words of a report, with their suggestions.
import { KeptForm } from "./kept.js";

const form = document.getElementById("words-form");

form?.addEventListener("click", (event) => {
  const button = event.target.closest("[name=use]");
  if (!button) return;
  event.preventDefault();
  const field = form.elements[button.value];
  field.value = document.getElementById(`suggestion-${button.value}`).innerText.trim();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});

export const words = form ? [new KeptForm(form, { line: document.getElementById("words-status") })] : [];
