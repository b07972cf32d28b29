// Keys, several at once, lit figures, live news. Everything works without it, as links and forms.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const kept = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } },
  };
  const say = (words) => { const live = one("#live"); if (live) live.textContent = words; };

  // --- the row that one stands on
  const rows = () => all(".rows > .row");
  let here = -1;
  const stand = (place, { focus = true } = {}) => {
    const found = rows();
    if (!found.length) return;
    here = Math.max(0, Math.min(place, found.length - 1));
    found.forEach((row, number) => row.classList.toggle("here", number === here));
    found[here].scrollIntoView({ block: "nearest" });
    if (focus) found[here].focus({ preventScroll: true });
  };
  const current = () => rows()[here];
  const advance = () => {
    const found = rows();
    const next = found.findIndex((row, number) => number > here && row.dataset.status === "open");
    if (next >= 0) stand(next); else stand(here);
  };

  // --- deciding: in place, so that the list does not move under its reader
  let lastDecided = [];
  let busy = false;
  const decide = async (verb, button) => {
    const form = button.form;
    const data = new FormData(form);
    const list = one(".inbox");
    if (list && !data.getAll("flag").length) {
      if (verb === "reopen" && lastDecided.length) lastDecided.forEach((flag) => data.append("flag", flag));
      else if (current()) data.append("flag", current().dataset.flag);
      else return;
    }
    if (verb === "dismiss" && !String(data.get("why") || "").trim()) {
      const why = one("#why"); why.focus(); why.setAttribute("aria-invalid", "true"); return;
    }
    if (busy) return;
    busy = true;
    try {
      const answer = await fetch(`/flags/${verb}`, { method: "POST", body: new URLSearchParams(data), headers: { Accept: "application/json" } });
      const said = await answer.json();
      if (!answer.ok) { say(said.error.message); alertBar(said.error.message); return; }
      const changed = String(said.changed || "").split(",").filter(Boolean);
      if (!list) {
        const back = new URL(button.name === "back" ? button.value : data.get("back"), location.href);
        back.searchParams.set("did", verb);
        if (said.changed) back.searchParams.set("changed", said.changed);
        location.assign(back);
        return;
      }
      const status = { accept: "accepted", dismiss: "dismissed", reopen: "open" }[verb];
      changed.forEach((flag) => {
        const row = one(`.row[data-flag="${CSS.escape(flag)}"]`);
        if (!row) return;
        recount(row.dataset.status, -1); recount(status, 1);
        row.dataset.status = status;
        row.className = row.className.replace(/\bst-\w+/, `st-${status}`);
        one(".verdict", row).replaceChildren(one(`#sign-${status}`).content.cloneNode(true));
        one("input[type=checkbox]", row).checked = false;
      });
      if (verb !== "reopen") lastDecided = changed; else lastDecided = [];
      const why = one("#why"); if (why) { why.value = ""; why.removeAttribute("aria-invalid"); if (document.activeElement === why) why.blur(); }
      if (verb === "reopen") { const row = one(`.row[data-flag="${CSS.escape(changed[0] || "")}"]`); if (row) stand(rows().indexOf(row)); } else advance();
      say(one(`#sign-${status}`).content.textContent.trim());
    } finally { busy = false; }
  };
  const recount = (status, by) => {
    const count = one(`[data-tab="${status}"] .count`);
    if (count) count.textContent = (Number(count.textContent.replaceAll(",", "")) + by).toLocaleString("en-US");
  };
  const alertBar = (words) => {
    const bar = document.createElement("p");
    bar.className = "said bad"; bar.setAttribute("role", "alert"); bar.textContent = words;
    one("#main").prepend(bar);
  };
  all("#several button[formaction]").forEach((button) => button.addEventListener("click", (event) => {
    const verb = button.getAttribute("formaction").split("/").pop();
    if (!["accept", "dismiss", "reopen"].includes(verb)) return;
    event.preventDefault();
    decide(verb, button);
  }));

  // --- keys
  const keysOn = () => kept.get("cppcc-keys") !== "off";
  const help = one("#help");
  const keysBox = one("#keys-on");
  if (keysBox) {
    keysBox.checked = keysOn();
    keysBox.addEventListener("change", () => kept.set("cppcc-keys", keysBox.checked ? "on" : "off"));
    const open = one("#help-button");
    open.hidden = false;
    open.addEventListener("click", () => help.showModal());
  }
  let going = 0;
  const press = (key) => { const found = all(`[data-key="${key}"]`).find((it) => it.offsetParent !== null); if (found) found.click(); return Boolean(found); };
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    const typing = at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName) && at.type !== "checkbox");
    if (typing && event.key === "Escape") { at.blur(); return; }
    if (typing && event.key === "Enter" && at.id === "why") { event.preventDefault(); press("d"); return; }
    if (event.repeat && /^[aduxg]$/.test(event.key)) return; // a held key never decides two
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !keysOn() || (help && help.open)) return;
    if (going && Date.now() - going < 1500) {
      going = 0;
      const target = { i: "/", c: "/coverage", s: "/sources", r: "/runs", p: "/compare" }[event.key];
      if (target) { event.preventDefault(); location.assign(target); }
      return;
    }
    const found = rows();
    let used = true;
    switch (event.key) {
      case "j": if (found.length) stand(here + 1); else used = press("j"); break;
      case "k": if (found.length) stand(here - 1); else used = press("k"); break;
      case "x": if (current()) one("input[type=checkbox]", current())?.click(); break;
      case "Enter": if (current() && document.activeElement === current()) one("a", current()).click(); else used = false; break;
      case "a": case "d": case "u": case "[": case "]": used = press(event.key); break;
      case "/": { const box = one("main input[type=search]"); if (box) box.focus(); else location.assign("/search"); break; }
      case "g": going = Date.now(); break;
      case "?": if (help) help.showModal(); break;
      default: used = false;
    }
    if (used) event.preventDefault();
  });

  // --- a figure and its sentence light up together
  const light = (numbers, scroll) => {
    all(".text .lit, tr.lit").forEach((it) => it.classList.remove("lit"));
    numbers.forEach((number) => {
      all(`.text [data-of~="${number}"]`).forEach((it) => it.classList.add("lit"));
      one(`tr[data-figure="${number}"]`)?.classList.add("lit");
    });
    if (scroll === "text") one(".text .figure.lit, .text .lit")?.scrollIntoView({ block: "center" });
    if (scroll === "table") one("tr.lit")?.scrollIntoView({ block: "nearest" });
  };
  all("tr[data-figure]").forEach((row) => row.addEventListener("click", () => light([row.dataset.figure], "text")));
  all(".text [data-of]").forEach((piece) => piece.addEventListener("click", () => light(piece.dataset.of.split(" ").filter(Boolean), "table")));

  const lead = () => { const found = /^#figure-(\d+)$/.exec(location.hash); if (found) light([found[1]], "text"); };
  addEventListener("hashchange", lead);
  lead();

  // --- revised since you looked
  const looks = (() => { try { return JSON.parse(kept.get("cppcc-looks") || "{}"); } catch { return {}; } })();
  const shown = one("article.publication");
  if (shown) {
    looks[shown.dataset.publication] = Number(shown.dataset.revision);
    const newest = Object.keys(looks).slice(-2000);
    kept.set("cppcc-looks", JSON.stringify(Object.fromEntries(newest.map((key) => [key, looks[key]]))));
  }
  rows().forEach((row) => {
    const seen = looks[row.dataset.publication];
    if (seen && seen < Number(row.dataset.revision)) one(".looked", row)?.removeAttribute("hidden");
  });

  // --- live: new flags, and the progress of runs
  const newer = one("#newer");
  const watched = all("[data-run]");
  if (newer || watched.length) {
    const live = new EventSource(`/events${watched.length ? `?run=${watched.map((it) => it.dataset.run).join(",")}` : ""}`);
    live.addEventListener("flags", (event) => {
      const { newest } = JSON.parse(event.data);
      if (newer && newest > Number(newer.dataset.newest)) newer.hidden = false;
    });
    newer?.querySelector("a").addEventListener("click", async (event) => {
      const list = one(".inbox");
      if (!list) return; // an empty page is loaded anew
      event.preventDefault();
      const answer = await fetch(event.target.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) { location.assign(event.target.href); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const known = Number(newer.dataset.newest);
      const fresh = all(".inbox > .row", page).filter((row) => Number(row.dataset.flag) > known);
      list.prepend(...fresh.map((row) => document.importNode(row, true)));
      all(".tabs .count").forEach((count, place) => { count.textContent = all(".tabs .count", page)[place]?.textContent ?? count.textContent; });
      newer.dataset.newest = one("#newer", page).dataset.newest;
      newer.hidden = true;
      if (here >= 0) here += fresh.length; // one stands on the same row as before
      fresh.length ? one(".row a.title").focus() : location.assign(event.target.href);
    });
    live.addEventListener("run", (event) => {
      const run = JSON.parse(event.data);
      const box = one(`[data-run="${CSS.escape(String(run.id))}"]`);
      if (!box) return;
      all("[data-count]", box).forEach((it) => { it.textContent = run[it.dataset.count] ?? it.textContent; });
      if (run.state !== box.dataset.state) { live.close(); location.reload(); }
    });
    addEventListener("pagehide", () => live.close());
  }
})();
