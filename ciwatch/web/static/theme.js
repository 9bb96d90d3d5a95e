// Light or dark: as the system has it, or as the reader chose, which lasts. Runs before the first paint, so that
// nothing flashes; where storage is forbidden, the choice holds for the page.

(() => {
  const LABELS = { system: "◐ System", light: "☀ Light", dark: "☾ Dark" };
  const choices = Object.keys(LABELS);
  let choice = "system";
  try {
    choice = localStorage.theme in LABELS ? localStorage.theme : choice;
  } catch {}
  const { dataset } = document.documentElement;
  dataset.theme = choice;
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const label = () => {
      button.textContent = LABELS[choice];
      button.ariaLabel = `Colours: ${choice}`;
    };
    button.addEventListener("click", () => {
      choice = choices[(choices.indexOf(choice) + 1) % choices.length];
      try {
        localStorage.theme = choice;
      } catch {}
      dataset.theme = choice;
      label();
    });
    label();
    button.hidden = false;
  });
})();
