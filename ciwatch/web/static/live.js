// Keeps the page current: takes in what is new without moving what the reader looks at. Hears "ciwatch:check" and
// "ciwatch:go", tells "ciwatch:changed".

const EVERY_MS = 30_000;
const TIMEOUT_MS = 10_000;

const find = (selector, within = document) => within.querySelector(selector);
// What ticks is only seen; a screen reader hears what begins and ends.
const [seen, heard] = find("#live").children;
let tag = `W/"${document.documentElement.dataset.etag}"`;
let checkedAt = Date.now();
let fault = "";
let timer = 0;
let latest = 0;

// Who reads a dialog, or marks text, is not disturbed.
const isBusy = () => find("dialog[open]") || getSelection().type === "Range";

const say = () => {
  const age = Math.round((Date.now() - checkedAt) / 1000);
  seen.textContent = fault || `Live · checked ${age} s ago`;
  const state = fault || (heard.textContent && "Live again.");
  if (heard.textContent !== state) heard.textContent = state;
  find("#live").classList.toggle("stale", !!fault);
};

// Nodes stay where the new page has their like, and with them scroll, focus and selection.

const keyOf = (node) => {
  if (node.nodeType !== 1) return node.nodeName;
  const link = node.matches("td, th, li, tr, tbody") && find("a", node);
  return [node.localName, node.id, link && link.getAttribute("href")].join();
};

const patch = (old, now) => {
  if (old.isEqualNode(now)) return;
  if (old.nodeType !== 1) return old.replaceWith(now);
  for (const { name } of [...old.attributes, ...now.attributes]) {
    // What readers and other modules change.
    if (name === "open" || name === "tabindex") continue;
    if (now.hasAttribute(name)) old.setAttribute(name, now.getAttribute(name));
    else old.removeAttribute(name);
  }
  const alike = Map.groupBy(old.childNodes, keyOf);
  const pairs = [...now.childNodes].map((child) => [child, alike.get(keyOf(child))?.shift()]);
  for (const child of [...alike.values()].flat()) child.remove();
  let next = old.firstChild;
  for (const [child, same] of pairs) {
    if (same && same === next) next = next.nextSibling;
    else old.insertBefore(same ?? child, next);
    if (same) patch(same, child);
  }
};

const take = (html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  // Of another release.
  if (find("link", page).href !== find("link").href) return location.reload();
  const focused = document.activeElement;
  document.title = page.title;
  for (const part of ["#silence", "main", "footer"]) patch(find(part), find(part, page));
  focused.focus({ preventScroll: true });
};

// Columns come in at the left: they slide in; but where somebody is, what has the focus, or is in the corner of what
// is in sight, stays in its place.
const takeInto = (grid, html) => {
  if (!grid) return take(html);
  const isWatched = grid.matches(":hover, :focus-within");
  const { left, top } = grid.getBoundingClientRect();
  const corner = find("thead th", grid).offsetWidth + 9;
  const heads = new Set(grid.querySelectorAll(".ps"));
  const sight = document.elementFromPoint(left + corner, top + find("thead", grid).offsetHeight + 9);
  const anchor = grid.contains(document.activeElement.parentElement) ? document.activeElement : sight;
  const before = anchor?.getBoundingClientRect();
  const { scrollLeft, scrollTop } = grid;
  take(html);
  if (anchor?.isConnected && grid.contains(anchor) && anchor !== grid) {
    const now = anchor.getBoundingClientRect();
    if (isWatched || scrollTop) grid.scrollTop += now.top - before.top;
    if (isWatched || scrollLeft) grid.scrollLeft += now.left - before.left;
  }
  for (const head of grid.querySelectorAll(".ps")) {
    if (heads.has(head)) continue;
    for (const row of grid.querySelectorAll("tr + tr, tbody tr")) row.cells[head.cellIndex]?.classList.add("new");
  }
};

const fetchPage = async (url, headers) => {
  const mine = ++latest;
  const response = await fetch(url, { cache: "no-store", headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const html = response.status === 304 ? "" : await response.text();
  // The reader has gone on meanwhile.
  if (mine !== latest) return null;
  if (!response.ok && response.status !== 304) throw new Error(response.status);
  tag = response.headers.get("ETag");
  const newest = response.headers.get("CI-Watch-Newest");
  if (newest > find("#newest")?.dateTime) find("#newest").dateTime = newest;
  [checkedAt, fault] = [Date.now(), ""];
  return html;
};

const plan = () => {
  say();
  clearTimeout(timer);
  timer = setTimeout(check, EVERY_MS);
};

const check = async () => {
  if (document.hidden) return;
  try {
    const html = !isBusy() && (await fetchPage(location.href, { "If-None-Match": tag ?? "" }));
    if (html && !isBusy()) takeInto(find(".grid"), html);
    document.dispatchEvent(new Event("ciwatch:changed"));
  } catch {
    fault ||= `Cannot reach CI Watch since ${new Date().toISOString().slice(11, 16)} UTC; trying again.`;
  }
  plan();
};

// Another view of the page, by its filters or the back button.
const go = async (url, remember) => {
  try {
    const html = await fetchPage(url, {});
    if (html === null) return;
    remember?.();
    const isUnfolding = remember && find(".open:focus");
    take(html);
    if (!isUnfolding) {
      find(".grid")?.scrollTo(0, 0);
      for (const form of document.querySelectorAll("main form:not(:focus-within)")) form.reset();
    }
    for (const box of document.querySelectorAll("input.open")) box.checked = box.defaultChecked;
    document.dispatchEvent(new Event("ciwatch:changed"));
    plan();
  } catch {
    location.assign(url);
  }
};

document.addEventListener("ciwatch:go", (event) => {
  event.preventDefault();
  go(event.detail, () => history.pushState(null, "", event.detail));
});
addEventListener("popstate", () => go(location.href));
document.addEventListener("ciwatch:check", check);
document.addEventListener("visibilitychange", check);
setInterval(() => document.hidden || say(), 5000);
plan();
