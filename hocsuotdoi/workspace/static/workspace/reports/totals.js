// The totals that a body types in. Each number is kept with what was shown there: only what was changed is sent, and over
// nothing that was not seen.
import { KeptForm } from "./kept.js";

const form = document.getElementById("totals-form");

const made = () => {
  const [line, groups] = [document.getElementById("totals-status"), [...form.querySelectorAll("fieldset")]];
  return new KeptForm(form, { part: "/totals", line, groups, refreshes: true });
};

export const totals = form ? [made()] : [];
