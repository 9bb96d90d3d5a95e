// The matrix: arrow keys move from cell to cell, and what has the pointer or the focus opens a small card.

const GRID = ".grid";
const CELL = ".matrix td, .matrix tbody th, .matrix .ps";
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const WAIT_MS = 150;

// Keys

const rowsOf = (table) => [...table.rows].slice(1).filter((row) => row.offsetParent !== null);

const target = (cell) => cell.querySelector(".name") ?? cell.firstElementChild ?? cell;

// A matrix has thousands of links: with the arrows at hand they need not be thousands of stops for Tab.
const ready = new WeakSet();
const prepare = (table) => {
  if (ready.has(table)) return;
  ready.add(table);
  for (const link of table.querySelectorAll("td > a, .ps > a")) link.tabIndex = -1;
};

const focusOn = (cell) => {
  const element = target(cell);
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus();
};

const move = (grid, from, key) => {
  const table = grid.querySelector("table.matrix");
  const rows = rowsOf(table);
  if (!from) return focusOn(rows[1]?.cells[1] ?? rows[0].cells[1]);
  const row = rows.indexOf(from.parentElement);
  const last = from.parentElement.cells.length - 1;
  if (key === "Home") return focusOn(rows[row].cells[1]);
  if (key === "End") return focusOn(rows[row].cells[last]);
  const [down, right] = STEPS[key];
  const next = rows[Math.min(Math.max(row + down, 0), rows.length - 1)];
  const column = Math.min(Math.max(from.cellIndex + right, 0), last);
  // Nothing is in the corner.
  if (next.cells[column] && !(next === rows[0] && column === 0)) focusOn(next.cells[column]);
};

document.addEventListener("focusin", (event) => {
  const grid = event.target.closest(GRID);
  if (grid) prepare(grid.querySelector("table.matrix"));
});

document.addEventListener("keydown", (event) => {
  const grid = event.target.closest?.(GRID);
  if (event.key === "Escape") hide();
  if (!grid || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (!(event.key in STEPS) && event.key !== "Home" && event.key !== "End") return;
  event.preventDefault();
  move(grid, event.target.closest(CELL), event.key);
});

// Cards

const cards = new Map();
let shown = null;
let timer = 0;

const addressOf = (cell) => {
  const table = cell.closest("table");
  const head = table.tHead.rows[1].cells[cell.cellIndex].querySelector("a");
  if (!head || cell.matches("tbody th")) return null;
  const [, change, patchSet] = head.getAttribute("href").match(/change\/(\d+)#ps-(\d+)/);
  const asks = new URLSearchParams();
  if (!cell.matches(".ps")) {
    if (!cell.firstElementChild) return null;
    const row = cell.parentElement;
    asks.set("row", row.querySelector(".pick").value);
    if (row.matches(".job")) asks.set("ci", row.parentElement.querySelector(".pick").value);
  }
  return `/card/${change}/${patchSet}?${asks}`;
};

const fetchCard = async (address) => {
  if (!cards.has(address)) {
    const response = await fetch(address);
    if (!response.ok) throw new Error(response.statusText);
    if (cards.size > 300) cards.clear();
    cards.set(address, await response.text());
  }
  return cards.get(address);
};

const place = (card, cell) => {
  const at = cell.getBoundingClientRect();
  const size = card.getBoundingClientRect();
  const below = at.bottom + 6;
  const top = below + size.height > innerHeight - 8 && at.top - 6 > size.height ? at.top - 6 - size.height : below;
  card.style.top = `${Math.max(8, Math.min(top, innerHeight - 8 - size.height))}px`;
  card.style.left = `${Math.max(8, Math.min(at.left, innerWidth - 8 - size.width))}px`;
};

const hide = () => {
  clearTimeout(timer);
  const card = document.getElementById("card");
  if (card) card.hidden = true;
  shown?.removeAttribute("aria-describedby");
  shown = null;
};

const show = async (cell) => {
  const address = addressOf(cell);
  const card = document.getElementById("card");
  if (!address || !card) return hide();
  const element = target(cell);
  hide();
  shown = element;
  try {
    const html = await fetchCard(address);
    if (shown !== element) return;
    card.innerHTML = html;
  } catch {
    return hide();
  }
  // The browser's own tooltip would say less, over it.
  if (element.title) {
    element.setAttribute("aria-label", element.title);
    element.removeAttribute("title");
  }
  element.setAttribute("aria-describedby", "card");
  card.hidden = false;
  place(card, cell);
};

const soon = (what) => {
  clearTimeout(timer);
  timer = setTimeout(what, WAIT_MS);
};

document.addEventListener("focusin", (event) => {
  const cell = event.target.closest(CELL);
  if (cell && event.target.matches(":focus-visible")) soon(() => show(cell));
  else if (!event.target.closest("#card")) hide();
});

document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse") return;
  const cell = event.target.closest?.(CELL);
  if (cell && cell.firstElementChild && target(cell) !== shown) soon(() => show(cell));
  // Who moves onto the card may read it in peace.
  else if (event.target.closest?.("#card") || (cell && target(cell) === shown)) clearTimeout(timer);
  else if (shown && !shown.matches(":focus")) soon(hide);
});

document.addEventListener("scroll", (event) => event.target.matches?.(GRID) && hide(), true);
document.addEventListener("ciwatch:changed", () => {
  cards.clear();
  hide();
});
