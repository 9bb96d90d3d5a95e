// Filters take effect as they are chosen or typed; the back button undoes them.

const WAIT_MS = 400;
let timer = 0;

const go = (url) => {
  clearTimeout(timer);
  // Whoever keeps the page current changes it in place; else it is loaded.
  const asked = new CustomEvent("ciwatch:go", { detail: String(url), cancelable: true });
  if (document.dispatchEvent(asked)) location.assign(url);
};

const addressOf = (form, isComparing) => {
  const url = new URL(form.action);
  const values = new FormData(form);
  // Rows that are only ticked are asked for by their button alone.
  const rows = isComparing ? values : new URLSearchParams(location.search);
  for (const [name, value] of values) if (value.trim() && name !== "row") url.searchParams.append(name, value);
  for (const row of rows.getAll("row")) url.searchParams.append("row", row);
  return url;
};

document.addEventListener("submit", (event) => {
  if (event.target.id !== "filters") return;
  event.preventDefault();
  go(addressOf(event.target, event.submitter?.id === "compare"));
});

document.addEventListener("change", ({ target }) => {
  if (target.form?.id === "filters" && target.matches("select, :not(.pick)[type=checkbox], .date")) go(addressOf(target.form));
});

document.addEventListener("input", ({ target }) => {
  if (target.form?.id !== "filters" || !target.matches("[name=ci], [name=job]")) return;
  clearTimeout(timer);
  timer = setTimeout(() => go(addressOf(target.form)), WAIT_MS);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest(":is(.filters, .looks, .pages) a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href);
});
