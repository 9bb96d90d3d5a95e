// The matrix: arrow keys move in it, and what has the pointer or the focus opens a small card.

const CELL = ".matrix :is(td, tbody th, .ps)";
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const WAIT_MS = 150;

const targetOf = (cell) => cell.querySelector(".name") ?? cell.firstElementChild ?? cell;

// Keys

const focusOn = (cell) => {
  const target = targetOf(cell);
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest", inline: "nearest" });
};

const move = (grid, cell, key) => {
  const rows = [...grid.querySelectorAll("tr")].slice(1).filter((row) => row.offsetParent);
  if (!cell) return focusOn(rows[1].cells[1]);
  const cells = cell.parentElement.cells;
  if (!(key in STEPS)) return focusOn(cells[key === "Home" ? 1 : cells.length - 1]);
  const [down, right] = STEPS[key];
  const next = rows[rows.indexOf(cell.parentElement) + down]?.cells[cell.cellIndex + right];
  // Nothing is in the corner.
  if (next && (next.cellIndex || next.closest("tbody"))) focusOn(next);
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
  const grid = event.target.closest(".grid");
  if (!grid || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (!(event.key in STEPS) && event.key !== "Home" && event.key !== "End") return;
  event.preventDefault();
  move(grid, event.target.closest(CELL), event.key);
});

// Where arrows lead to thousands of links, Tab need not stop at each.
const seen = new WeakSet();

document.addEventListener("focusin", ({ target }) => {
  const table = target.closest(".grid")?.querySelector("table");
  if (table && !seen.has(table)) for (const link of table.querySelectorAll(":is(td, .ps) > a")) link.tabIndex = -1;
  if (table) seen.add(table);
  const cell = target.closest(CELL);
  if (cell && target.matches(":focus-visible")) soon(() => show(cell));
  else if (!target.closest("#card")) hide();
});

// Cards

const cards = new Map();
let shown = null;
let timer = 0;

const soon = (what) => {
  clearTimeout(timer);
  timer = setTimeout(what, WAIT_MS);
};

const addressOf = (cell) => {
  const head = cell.closest("table").tHead.rows[1].cells[cell.cellIndex].querySelector("a");
  if (!head || !cell.firstElementChild) return null;
  const [change, patchSet] = (head.pathname + head.hash).match(/\d+/g);
  const asks = new URLSearchParams();
  const row = cell.parentElement;
  if (!cell.matches(".ps")) asks.set("row", row.querySelector(".pick").value);
  if (row.matches(".job")) asks.set("ci", row.parentElement.querySelector(".pick").value);
  return `/card/${change}/${patchSet}?${asks}`;
};

const hide = () => {
  clearTimeout(timer);
  const card = document.getElementById("card");
  if (card) card.hidden = true;
  shown?.removeAttribute("aria-describedby");
  shown = null;
};

const show = async (cell) => {
  hide();
  const address = addressOf(cell);
  const target = targetOf(cell);
  if (!address) return;
  shown = target;
  if (!cards.has(address)) {
    const response = await fetch(address).catch(() => null);
    if (response?.ok) cards.set(address, await response.text());
  }
  const card = document.getElementById("card");
  if (shown !== target || !cards.has(address)) return;
  card.innerHTML = cards.get(address);
  // The tooltip would say less, over it.
  if (target.title) target.ariaLabel = target.title;
  target.removeAttribute("title");
  target.setAttribute("aria-describedby", "card");
  card.hidden = false;
  const at = cell.getBoundingClientRect();
  const { width, height } = card.getBoundingClientRect();
  const isBelow = at.bottom + height < innerHeight - 14 || at.top < height;
  card.style.top = `${Math.max(8, isBelow ? at.bottom + 6 : at.top - 6 - height)}px`;
  card.style.left = `${Math.max(8, Math.min(at.left, innerWidth - 8 - width))}px`;
};

document.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType !== "mouse") return;
  const cell = target.closest(CELL);
  // Who moves onto the card may read it in peace.
  if (target.closest("#card") || (cell && targetOf(cell) === shown)) clearTimeout(timer);
  else if (cell) soon(() => show(cell));
  else if (shown && !shown.matches(":focus")) soon(hide);
});

document.addEventListener("scroll", ({ target }) => target.matches?.(".grid") && hide(), true);
document.addEventListener("ciwatch:changed", () => cards.clear());
