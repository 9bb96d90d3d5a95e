// Tells ages as they pass, and each moment in the reader's own zone where the pointer rests on it.

const UNITS = [
  [90, 1, "s"],
  [5400, 60, "min"],
  [48 * 3600, 3600, "h"],
  [100 * 86400, 86400, "days"],
  [730 * 86400, 30.44 * 86400, "months"],
];

// How wrong the reader's clock is, if it is: what comes out of the browser's cache was made up to 5 minutes ago.
const behind = Date.now() - Date.parse(document.documentElement.dataset.now);
const ahead = behind >= 0 && behind < 320_000 ? 0 : behind;

const local = new Intl.DateTimeFormat(undefined, {
  weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});

const relative = (moment) => {
  const seconds = Math.floor((Date.now() - ahead - moment) / 1000);
  if (seconds < 0) return seconds > -120 ? "just now" : "in the future";
  const [, size, unit] = UNITS.find(([limit]) => seconds < limit) ?? [0, 365.25 * 86400, "years"];
  return `${unit === "years" ? Math.floor(seconds / size) : Math.round(seconds / size)} ${unit} ago`;
};

const tell = () => {
  if (document.hidden) return;
  for (const time of document.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    const after = time.nextElementSibling;
    if (time.classList.contains("age")) time.textContent = relative(moment);
    else if (after?.matches(".when")) after.textContent = `(${relative(moment)})`;
    time.title = local.format(moment);
  }
};

document.addEventListener("ciwatch:changed", tell);
document.addEventListener("visibilitychange", tell);
setInterval(tell, 30_000);
tell();
