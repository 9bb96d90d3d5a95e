// Light or dark: as the system has it, or as the reader chose, which lasts. Runs before the first paint, so that
// nothing flashes; where storage is forbidden, the choice holds for the page.

(() => {
  const CHOICES = ["system", "light", "dark"];
  const LABELS = { system: "◐ System", light: "☀ Light", dark: "☾ Dark" };
  const root = document.documentElement;
  let choice = "system";
  try {
    choice = localStorage.getItem("theme") || choice;
  } catch {}

  const show = () => {
    if (!CHOICES.includes(choice)) choice = "system";
    if (choice === "system") delete root.dataset.theme;
    else root.dataset.theme = choice;
  };
  show();

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const label = () => {
      button.textContent = LABELS[choice];
      button.setAttribute("aria-label", `Colours: ${choice}`);
      button.title = "Colours: as the system has them, light, or dark";
    };
    button.addEventListener("click", () => {
      choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
      try {
        localStorage.setItem("theme", choice);
      } catch {}
      show();
      label();
    });
    label();
    button.hidden = false;
  });
})();
