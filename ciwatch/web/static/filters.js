// Filters take effect as they are chosen or typed, and are in the address, so that the back button undoes them.

const WAIT_MS = 400;
let timer = 0;

const go = (url, replace = false) => {
  const asked = new CustomEvent("ciwatch:go", { detail: { url: String(url), replace }, cancelable: true });
  // Whoever keeps the page live changes it in place; else it is loaded.
  if (document.dispatchEvent(asked)) location.assign(url);
};

const addressOf = (form, isComparing) => {
  const url = new URL(form.action);
  for (const [name, value] of new FormData(form)) {
    if (value.trim() && name !== "row") url.searchParams.append(name, value);
  }
  // Rows that are only ticked are asked for by their button alone.
  const rows = isComparing ? new FormData(form).getAll("row") : new URLSearchParams(location.search).getAll("row");
  for (const row of rows) url.searchParams.append("row", row);
  return url;
};

document.addEventListener("submit", (event) => {
  if (event.target.id !== "filters") return;
  event.preventDefault();
  go(addressOf(event.target, event.submitter?.id === "compare"));
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.id !== "filters") return;
  if (event.target.matches(".pick")) tell();
  else if (event.target.matches("select, [type=checkbox], .date")) go(addressOf(form));
});

document.addEventListener("input", (event) => {
  if (event.target.form?.id !== "filters" || !event.target.matches('[name="ci"], [name="job"]')) return;
  clearTimeout(timer);
  timer = setTimeout(() => go(addressOf(event.target.form), true), WAIT_MS);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".filters a, .looks a, .pages a");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(link.href);
});

// How many rows are ticked stands on the button that compares them.
const tell = () => {
  const button = document.getElementById("compare");
  if (!button) return;
  const count = document.querySelectorAll(".pick:checked").length;
  button.disabled = !count;
  button.textContent = count ? `Compare the ${count} selected` : "Compare the selected rows";
};

document.addEventListener("ciwatch:changed", tell);
tell();
