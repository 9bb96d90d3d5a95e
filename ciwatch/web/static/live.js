// Keeps the page current: asks again and again whether it is still the same, and takes in what is new without
// moving what the reader looks at. Hears "ciwatch:check" and "ciwatch:go", tells "ciwatch:changed".

const EVERY_MS = 30_000;
const TIMEOUT_MS = 10_000;
const RAREST_MS = 120_000;

const find = (selector, within = document) => within.querySelector(selector);
const live = find("#live");
let tag = `W/"${document.documentElement.dataset.etag}"`;
let checkedAt = Date.now();
let failures = 0;
let fault = "";
let timer = 0;
let latest = 0;
let isGoing = false;

// What ticks is only to be seen; a screen reader hears what begins and ends.
const [seen, heard] = live.children;

// Who reads a dialog, or marks text, is not disturbed.
const isBusy = () => !!find("dialog[open]") || getSelection().type === "Range";

const say = () => {
  const paused = isBusy() && "Paused while text is marked or a dialog is open";
  seen.textContent = fault || paused || `Live · checked ${Math.round((Date.now() - checkedAt) / 1000)} s ago`;
  const state = fault || (heard.textContent && "Live again.");
  if (heard.textContent !== state) heard.textContent = state;
  live.classList.toggle("stale", !!fault);
};

// Nodes stay where the new page has their like, and with them scroll, focus, selection and what was typed.

const keyOf = (node) => {
  if (node.nodeType !== 1) return node.nodeName;
  const link = (["TD", "TH", "LI"].includes(node.nodeName) || node.matches("tbody tr, .matrix tbody")) && find("a", node);
  return [node.localName, node.id, link && link.getAttribute("href")].join();
};

// What readers and other modules change.
const THEIRS = ["open", "tabindex"];

const patch = (old, now) => {
  if (old.isEqualNode(now)) return;
  if (old.nodeType !== 1) {
    old.data = now.data;
    return;
  }
  for (const { name } of [...old.attributes, ...now.attributes]) {
    if (THEIRS.includes(name)) continue;
    if (now.hasAttribute(name)) old.setAttribute(name, now.getAttribute(name));
    else old.removeAttribute(name);
  }
  const alike = new Map();
  for (const child of old.childNodes) {
    const key = keyOf(child);
    if (!alike.has(key)) alike.set(key, []);
    alike.get(key).push(child);
  }
  const pairs = [...now.childNodes].map((child) => [child, alike.get(keyOf(child))?.shift()]);
  for (const child of [...alike.values()].flat()) child.remove();
  let next = old.firstChild;
  for (const [child, same] of pairs) {
    if (same) patch(same, child);
    if (same && same === next) next = next.nextSibling;
    else old.insertBefore(same ?? child, next);
  }
};

// Columns come in at the left: they slide in where nobody is; else the cell that has the focus, or is in the
// corner of what is in sight, stays in its place.
const patchGrid = (grid, work) => {
  const rows = [...(grid?.querySelectorAll("tr") ?? [])].slice(1);
  if (!rows.length) return work();
  const corner = rows[0].cells[0].getBoundingClientRect();
  const row = rows.find((each) => each.getBoundingClientRect().top >= corner.bottom - 1) ?? rows[0];
  const place = [...rows[0].cells].findIndex((each) => each.getBoundingClientRect().left >= corner.right - 1);
  const cell = document.activeElement.closest(".grid :is(td, th)") ?? row.cells[place] ?? row.cells[0];
  const { left, top } = cell.getBoundingClientRect();
  const { scrollLeft, scrollTop } = grid;
  const isWatched = grid.matches(":hover, :focus-within");
  const known = [...rows[0].cells];
  work();
  const now = cell.getBoundingClientRect();
  if (cell.isConnected && (isWatched || scrollTop)) grid.scrollTop += now.top - top;
  if (isWatched || scrollLeft) {
    if (cell.isConnected) grid.scrollLeft += now.left - left;
  } else {
    const fresh = [...rows[0].cells].filter((each) => !known.includes(each)).map((each) => each.cellIndex);
    for (const each of grid.querySelectorAll("tr + tr, tbody tr")) for (const index of fresh) each.cells[index]?.classList.add("new");
  }
};

const filesOf = (page) => Array.from(page.querySelectorAll("[rel=stylesheet], script"), (each) => each.href ?? each.src).join();

const take = (html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  // Of another release: what runs here may not understand it.
  if (filesOf(page) !== filesOf(document)) return location.reload();
  const focused = document.activeElement;
  document.title = page.title;
  const [banner, silence] = [find(".silence"), find(".silence", page)];
  if (banner && silence) patch(banner, silence);
  else if (silence) find("main").before(silence);
  else banner?.remove();
  for (const part of ["main", "footer"]) patch(find(part), find(part, page));
  if (focused.isConnected) focused.focus({ preventScroll: true });
};

const fetchPage = async (url, headers) => {
  const mine = ++latest;
  const response = await fetch(url, { cache: "no-store", headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const html = response.status === 304 ? "" : await response.text();
  // Where the reader has gone on meanwhile, it is of no interest.
  if (mine !== latest) return null;
  if (!response.ok && html) throw new Error(response.status);
  if (response.redirected) return location.assign(response.url);
  tag = response.headers.get("ETag");
  const at = response.headers.get("CI-Watch-Newest");
  if (at > find("#newest")?.dateTime) find("#newest").dateTime = at;
  [checkedAt, failures, fault] = [Date.now(), 0, ""];
  return html;
};

const plan = () => {
  say();
  clearTimeout(timer);
  timer = setTimeout(check, Math.min(EVERY_MS * 2 ** failures, RAREST_MS));
};

const check = async () => {
  if (document.hidden || isGoing) return;
  if (!isBusy()) {
    try {
      const html = await fetchPage(location.href, { "If-None-Match": tag ?? "" });
      if (html && !isBusy()) patchGrid(find(".grid"), () => take(html));
      document.dispatchEvent(new Event("ciwatch:changed"));
    } catch {
      failures += 1;
      fault ||= `Cannot reach CI Watch since ${new Date().toISOString().slice(11, 16)} UTC; trying again.`;
    }
  }
  plan();
};

// Another view of the same page, asked for by its filters, or by the back button.
const go = async (url, remember) => {
  isGoing = true;
  try {
    const html = await fetchPage(url, {});
    if (html == null) return;
    remember?.();
    take(html);
    find(".grid")?.scrollTo(0, 0);
    for (const field of document.querySelectorAll("main form :is(input, option)")) {
      if ("defaultSelected" in field) field.selected = field.defaultSelected;
      else if (field !== document.activeElement) [field.value, field.checked] = [field.defaultValue, field.defaultChecked];
    }
    document.dispatchEvent(new Event("ciwatch:changed"));
    isGoing = false;
    plan();
  } catch {
    location.assign(url);
  }
};

document.addEventListener("ciwatch:go", (event) => {
  event.preventDefault();
  const { url, replace } = event.detail;
  go(url, () => history[replace ? "replaceState" : "pushState"](null, "", url));
});
addEventListener("popstate", () => go(location.href));
document.addEventListener("ciwatch:check", check);
addEventListener("online", check);
document.addEventListener("visibilitychange", () => Date.now() - checkedAt > EVERY_MS ? check() : plan());
setInterval(() => document.hidden || say(), 5000);
plan();
