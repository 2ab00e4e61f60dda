// Files in parts, where scripts run: a break in the connection costs one part, not the file.
//
// The page works without this: then the form carries its files itself. With it, every file
// chosen gets a random token, which this tab keeps until it is closed; the form names the
// tokens. Nothing is sent anywhere but to this site.
"use strict";

(() => {
  const list = document.querySelector("[data-uploads]");
  const input = document.querySelector("#files");
  if (!list || !input || !window.fetch || !window.sessionStorage) return;
  const form = input.form;
  const address = list.dataset.uploads;
  const words = JSON.parse(list.dataset.words);
  const countMax = Number(list.dataset.count);
  const noted = `uploads ${form.getAttribute("action")}`;

  const UNIT = 64 * 1024; // a part of 2^n units less one byte fills its bucket
  const UNITS_FIRST = 4;
  const QUICK_MS = 4000; // faster than this, and the next part may be larger
  const SLOW_MS = 15000; // slower, and it gets smaller
  const STUCK_MS = 60000; // no answer for so long is none
  const WAIT_MS_MAX = 30000;

  let files = [];
  let sending = false;

  const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  const megabytes = (size) => (size / 1048576).toFixed(size < 10485760 ? 1 : 0);
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  function keep() {
    const kept = files.map(({ token, name, size, modified }) => ({ token, name, size, modified }));
    sessionStorage.setItem(noted, JSON.stringify(kept));
  }

  async function ask(path, token, options) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), STUCK_MS);
    try {
      const answer = await fetch(address + path, {
        ...options,
        signal: stop.signal,
        credentials: "same-origin",
        headers: { "Upload-Token": token, ...(options.headers || {}) },
      });
      const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
      return { status: answer.status, told: isJson ? await answer.json() : {} };
    } catch {
      return { status: 0, told: {} };
    } finally {
      clearTimeout(timer);
    }
  }

  // What a line of the list shows ------------------------------------------------------------

  function show(file) {
    if (!file.line) draw(file);
    const percent = Math.floor((100 * file.offset) / file.size);
    file.bar.value = percent;
    const state = {
      waiting: words.waiting,
      sending: words.sending,
      paused: words.paused,
      broken: words.broken,
      missing: words.missing,
      whole: words.whole,
      refused: file.reason,
    }[file.state];
    const text = file.state === "whole" || file.state === "refused" ? state : `${state} ${percent}%`;
    // Told once a change, not once a percent: it is read aloud.
    if (file.told !== file.state) file.status.textContent = state;
    file.told = file.state;
    file.percent.textContent = text === state ? "" : `${percent}%`;
    file.bar.hidden = file.state === "whole" || file.state === "refused";
    const running = file.state === "waiting" || file.state === "sending" || file.state === "broken";
    file.button.hidden = !running && file.state !== "paused";
    file.button.textContent = file.state === "paused" ? words.resume : words.pause;
    file.button.setAttribute("aria-label", `${file.button.textContent} ${file.name}`);
    file.field.disabled = file.state !== "whole";
  }

  function draw(file) {
    const line = document.createElement("li");
    const name = document.createElement("span");
    name.className = "upload-name";
    name.textContent = `${file.name}（${megabytes(file.size)} MB）`;
    file.bar = document.createElement("progress");
    file.bar.max = 100;
    file.bar.setAttribute("aria-label", file.name);
    file.status = document.createElement("span");
    file.status.setAttribute("role", "status");
    file.percent = document.createElement("span");
    file.button = button(() => toggle(file));
    const drop = button(() => remove(file));
    drop.textContent = words.remove;
    drop.setAttribute("aria-label", `${words.remove} ${file.name}`);
    file.field = document.createElement("input");
    file.field.type = "hidden";
    file.field.name = "upload";
    file.field.value = file.token;
    line.append(name, file.bar, file.status, " ", file.percent, file.button, drop, file.field);
    file.line = line;
    list.append(line);
    list.hidden = false;
  }

  function button(pressed) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-plain";
    made.addEventListener("click", pressed);
    return made;
  }

  // What becomes of a file -------------------------------------------------------------------

  function change(file, state, reason) {
    file.state = state;
    file.reason = reason || "";
    show(file);
  }

  function toggle(file) {
    change(file, file.state === "paused" ? "waiting" : "paused");
    work();
  }

  function remove(file) {
    files = files.filter((one) => one !== file);
    file.state = "removed";
    file.line.remove();
    list.hidden = files.length === 0;
    keep();
    ask("", file.token, { method: "DELETE" });
    input.focus();
  }

  function add(chosen) {
    const known = files.find(
      (one) => one.state === "missing" && one.name === chosen.name && one.size === chosen.size &&
        one.modified === chosen.lastModified,
    );
    if (known) {
      known.content = chosen;
      change(known, "waiting");
      return;
    }
    const file = {
      token: hex(crypto.getRandomValues(new Uint8Array(32))),
      name: chosen.name,
      size: chosen.size,
      modified: chosen.lastModified,
      content: chosen,
      offset: 0,
      begun: false,
    };
    files.push(file);
    if (chosen.size === 0) change(file, "refused", words.empty);
    else if (files.length > countMax) change(file, "refused", words.many);
    else change(file, "waiting");
  }

  // One file at a time: a narrow connection is not shared.
  async function work() {
    if (sending) return;
    sending = true;
    try {
      for (;;) {
        const next = files.find((one) => one.state === "waiting");
        if (!next) return;
        await send(next);
      }
    } finally {
      sending = false;
    }
  }

  const going = (file) => file.state === "sending" || file.state === "broken";

  async function send(file) {
    change(file, "sending");
    let units = UNITS_FIRST;
    let wait = 1000;
    while (going(file)) {
      const began = Date.now();
      const { status, told } = await step(file, units);
      if (file.state === "removed") return;
      if (status === 200 || status === 201 || status === 409) {
        file.begun = true;
        file.offset = told.offset;
        wait = 1000;
        const took = Date.now() - began;
        if (took < QUICK_MS && 2 * units * UNIT - 1 <= told.part_max) units *= 2;
        if (took > SLOW_MS && units > 1) units /= 2;
        if (file.offset >= file.size) change(file, "whole");
        else if (going(file)) change(file, "sending");
        else show(file);
      } else if (status === 404 && file.begun) {
        file.token = hex(crypto.getRandomValues(new Uint8Array(32))); // swept: from the start
        file.field.value = file.token;
        file.begun = false;
        file.offset = 0;
        keep();
      } else if (status === 0 || status === 400 || status === 429 || status >= 500) {
        units = Math.max(1, units / 2);
        if (going(file)) change(file, "broken");
        await pause(wait);
        wait = Math.min(2 * wait, WAIT_MS_MAX);
      } else {
        change(file, "refused", told.error || words.failed);
      }
    }
  }

  function step(file, units) {
    if (!file.begun) {
      return ask("", file.token, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ name: file.name, size: file.size }),
      });
    }
    return ask("/part", file.token, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream", "Upload-Offset": `${file.offset}` },
      body: file.content.slice(file.offset, file.offset + units * UNIT - 1),
    });
  }

  // The page loaded again: what came stays, what did not come needs its file once more.
  async function recall() {
    let kept = [];
    try {
      kept = JSON.parse(sessionStorage.getItem(noted) || "[]");
    } catch {
      sessionStorage.removeItem(noted);
    }
    for (const one of kept) {
      const { status, told } = await ask("", one.token, { method: "GET" });
      if (status !== 200) continue; // filed, swept, or given up
      const file = { ...one, offset: told.offset, begun: true };
      files.push(file);
      change(file, told.offset >= told.size ? "whole" : "missing");
    }
    keep();
  }

  input.addEventListener("change", () => {
    for (const chosen of Array.from(input.files)) add(chosen);
    input.value = "";
    keep();
    work();
  });

  form.addEventListener("submit", (event) => {
    const open = files.find((one) => one.state !== "whole" && one.state !== "refused");
    if (!open) return;
    event.preventDefault();
    open.status.textContent = words.unfinished;
    open.told = "";
    open.line.scrollIntoView({ block: "center" });
    open.line.querySelector("button:not([hidden])").focus();
  });

  recall();
})();
