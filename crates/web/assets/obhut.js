// Keys for the tables of the console, while the focus is in the table: J and K move, Enter opens, / searches.
// Nothing is stored and nothing is asked of any server; without this file every page works the same.
"use strict";
for (const region of document.querySelectorAll(".rows")) {
  const links = [...region.querySelectorAll("tbody th a")];
  const search = document.getElementById("search");
  const help = document.getElementById("keys");
  if (help) help.hidden = false;
  region.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = links.indexOf(document.activeElement);
    const to = { j: Math.min(at + 1, links.length - 1), k: Math.max(at - 1, 0) }[event.key];
    const target = event.key === "/" ? search : links[to];
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.scrollIntoView({ block: "nearest" });
  });
}
