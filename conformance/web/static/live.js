"use strict";
// Follows a run that goes on, keeps what the reader has opened, and filters the
// checks. Without this script the page loads itself again, and shows all checks.
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

  // A link to a check leads into a scenario that may be folded.
  const opened = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const folded = target && target.closest("details:not([open])");
    if (folded) { folded.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", opened);
  opened();

  const filter = document.querySelector("[data-filter]");
  if (filter) {
    filter.hidden = false;
    const shown = filter.querySelector("[data-shown]");
    const checks = [...document.querySelectorAll("[data-check]")];
    const rules = new Set(checks.filter((c) => c.classList.contains("row")));
    const scenarios = [...document.querySelectorAll("details.scenario")];
    const before = new Map(scenarios.map((s) => [s, s.open]));
    const apply = () => {
      const words = filter.querySelector("input[type=search]").value.toLowerCase().split(/\s+/).filter(Boolean);
      const outcomes = new Set([...filter.querySelectorAll("input[name=outcome]:checked")].map((box) => box.value));
      const all = filter.querySelectorAll("input[name=outcome]").length;
      const filtering = words.length > 0 || outcomes.size < all;
      let count = 0;
      for (const check of checks) {
        const fits = outcomes.has(check.dataset.outcome) && words.every((word) => check.dataset.check.includes(word));
        check.hidden = !fits;
        if (fits && rules.has(check)) count++;
      }
      const empty = (part) => !part.querySelector("[data-check]:not([hidden])");
      for (const cause of document.querySelectorAll("article.finding:not([data-check])")) cause.hidden = empty(cause);
      for (const scenario of scenarios) {
        scenario.hidden = empty(scenario);
        scenario.open = filtering ? !scenario.hidden && count <= 40 || before.get(scenario) : before.get(scenario);
      }
      for (const group of document.querySelectorAll("[data-group]")) group.hidden = empty(group);
      shown.textContent = filtering ? `${shown.dataset.shown} ${count}` : "";
    };
    filter.addEventListener("input", apply);
    filter.addEventListener("submit", (event) => event.preventDefault());
  }

  const results = document.getElementById("results");
  if (!results || !("live" in results.dataset) || !window.EventSource) return;
  const say = document.getElementById("say");
  const path = `/runs/${results.dataset.run}`;
  let busy = false, again = false, said = 0, done = -1;

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
    if (now.done !== done) { done = now.done; load(); }
    const silence = document.getElementById("silence");
    if (silence && silence.textContent !== now.silence) silence.textContent = now.silence;
    if (now.percent >= said + 25) {
      said = now.percent - now.percent % 25;
      say.textContent = now.say;
    }
  };
})();
