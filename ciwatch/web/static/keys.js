// / searches, ? shows the keys.

const isTyping = (target) => target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "/") {
    event.preventDefault();
    const search = document.querySelector(".search input");
    search.focus();
    search.select();
  } else if (event.key === "?") {
    event.preventDefault();
    const keys = document.getElementById("keys");
    if (!keys.open) keys.showModal();
  }
});
