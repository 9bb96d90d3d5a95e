// Light or dark: as the system has it, or as the reader chose, which lasts. Runs before the first paint, so that
// nothing flashes; where storage is forbidden, the choice holds for the page.

(() => {
  const LABELS = { system: "◐ System", light: "☀ Light", dark: "☾ Dark" };
  const choices = Object.keys(LABELS);
  let choice = "system";
  try {
    choice = localStorage.theme in LABELS ? localStorage.theme : choice;
  } catch {}
  const show = () => {
    document.documentElement.dataset.theme = choice;
  };
  show();
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
      show();
      label();
    });
    label();
    button.hidden = false;
  });
})();
