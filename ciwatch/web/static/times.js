// Tells ages as they pass, and on hover each moment in local time.

const UNITS = [
  [90, 1, "s"],
  [5400, 60, "min"],
  [48 * 3600, 3600, "h"],
  [100 * 86400, 86400, "days"],
  [730 * 86400, 30.44 * 86400, "months"],
  [Infinity, 365.25 * 86400, "years"],
];

const local = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

const relative = (moment) => {
  const seconds = Math.floor((Date.now() - moment) / 1000);
  if (seconds < 0) return seconds > -120 ? "just now" : "in the future";
  const [, size, unit] = UNITS.find(([limit]) => seconds < limit);
  return `${Math.floor(seconds / size + (unit === "years" ? 0 : 0.5))} ${unit} ago`;
};

const tell = () => {
  for (const time of document.querySelectorAll("time")) {
    const moment = new Date(time.dateTime);
    const after = time.nextElementSibling;
    if (time.matches(".age")) time.textContent = relative(moment);
    else if (after?.matches(".when")) after.textContent = `(${relative(moment)})`;
    time.title = local.format(moment);
  }
};

document.addEventListener("ciwatch:changed", tell);
document.addEventListener("visibilitychange", tell);
setInterval(tell, 30_000);
tell();
