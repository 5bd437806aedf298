"use strict";
// Follows a run that goes on, and keeps what the reader has opened. Without this
// script the page loads itself again.
(() => {
  for (const tools of document.querySelectorAll("[data-tools]")) tools.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-all],[data-none]");
    if (!button) return;
    const name = button.dataset.all || button.dataset.none;
    for (const box of document.querySelectorAll(`input[name="${name}"]`)) box.checked = "all" in button.dataset;
  });
  const faults = document.getElementById("faults");
  if (faults) faults.focus();

  const results = document.getElementById("results");
  if (!results || !("live" in results.dataset) || !window.EventSource) return;
  const say = document.getElementById("say");
  const path = `/runs/${results.dataset.run}`;
  let busy = false, again = false, said = 0;

  async function load() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(`${path}/results`);
      if (!answer.ok) return;
      const text = await answer.text();
      const open = new Map([...results.querySelectorAll("details")].map((d) => [d.id, d.open]));
      const focused = results.contains(document.activeElement) ? document.activeElement.id : "";
      const summaryOf = focused ? "" : document.activeElement.closest?.("#results details")?.id;
      results.innerHTML = text;
      for (const d of results.querySelectorAll("details")) if (open.has(d.id) && open.get(d.id)) d.open = true;
      if (focused) document.getElementById(focused)?.focus({preventScroll: true});
      if (summaryOf) document.getElementById(summaryOf)?.querySelector("summary")?.focus({preventScroll: true});
    } finally {
      busy = false;
      if (again) { again = false; load(); }
    }
  }

  const source = new EventSource(`${path}/events`);
  source.onmessage = (event) => {
    const now = JSON.parse(event.data);
    if (now.over) {
      source.close();
      location.reload();
      return;
    }
    load();
    if (now.percent >= said + 25) {
      said = now.percent - now.percent % 25;
      say.textContent = `${now.done} of ${now.total} checks are done.`;
    }
  };
})();
