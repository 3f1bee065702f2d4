// Maru's script. Every page works without it; with it officials keep their hands on the keyboard and nobody loses what
// they wrote. It finds its work by data attributes and needs no configuration.
(() => {
  "use strict";
  const korean = document.documentElement.lang === "ko";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);

  // A browser that keeps nothing (private mode, full) must not stop the rest.
  const kept = (store) => ({
    get: (name) => { try { return store().getItem(name); } catch { return null; } },
    set: (name, value) => { try { store().setItem(name, value); } catch { /* not kept */ } },
    remove: (name) => { try { store().removeItem(name); } catch { /* not kept */ } },
    names: () => { try { return Object.keys(store()); } catch { return []; } },
  });
  const session = kept(() => window.sessionStorage);
  const local = kept(() => window.localStorage);

  // Errors first: the summary is where reading begins.
  one("[data-focus]")?.focus();

  // Characters are counted as the server counts them: by code point.
  for (const area of all("textarea[data-limit]")) {
    const place = document.getElementById(`${area.id}-count`);
    const limit = Number(area.dataset.limit);
    const digits = (number) => number.toLocaleString("en");
    const count = () => {
      const length = [...area.value].length;
      const words = place.dataset.words.replace("{}", digits(length)).replace("{}", digits(limit));
      place.textContent = words;
      place.classList.toggle("field-count-over", length > limit);
    };
    if (place) { area.addEventListener("input", count); count(); }
  }

  // What is written stays in this tab until it was sent.
  const DRAFT = "maru-draft:";
  const sent = document.body.dataset.draftSent;
  if (sent) session.remove(DRAFT + sent);
  const written = (form) => all("input[type=text], input[type=search], textarea", form).filter((field) => field.name);
  for (const form of all("form[data-keep-draft]")) {
    const name = DRAFT + form.dataset.keepDraft;
    let draft = {};
    try { draft = JSON.parse(session.get(name) ?? "{}"); } catch { /* not ours */ }
    for (const field of written(form)) {
      if (!field.value && typeof draft[field.name] === "string") {
        field.value = draft[field.name];
        field.dispatchEvent(new Event("input"));
      }
    }
    form.addEventListener("input", () => {
      session.set(name, JSON.stringify(Object.fromEntries(written(form).map((field) => [field.name, field.value]))));
    });
  }
  for (const form of all("form.sign-out")) {
    form.addEventListener("submit", () => {
      session.names().filter((name) => name.startsWith(DRAFT)).forEach(session.remove);
      // Pages that were kept for places without a network are not for the next who uses the device.
      window.caches?.keys().then((names) => names.forEach((name) => caches.delete(name)), () => {});
    });
  }

  // Changes that were not sent are not left behind unasked.
  for (const form of all("form[data-guard]")) {
    let changed = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }

  // Light and dark without a new page.
  const theme = one("[data-theme-switch]");
  const root = document.documentElement;
  const isDark = () => {
    const chosen = root.dataset.theme;
    return chosen === "dark" || (chosen !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  };
  const showTheme = () => { theme.lastElementChild.textContent = isDark() ? theme.dataset.toLight : theme.dataset.toDark; };
  if (theme) {
    showTheme();
    theme.addEventListener("click", (event) => {
      event.preventDefault();
      root.dataset.theme = isDark() ? "light" : "dark";
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = `maru-theme=${root.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
      showTheme();
    });
  }

  // Clocks that count to an instant go on while the page is open.
  const length = (minutes) => {
    const parts = [[Math.floor(minutes / 1440), "일", "day"], [Math.floor(minutes / 60) % 24, "시간", "hour"], [minutes % 60, "분", "minute"]];
    const first = parts.findIndex(([amount]) => amount > 0);
    if (first < 0) return korean ? "1분 미만" : "less than a minute";
    return parts.slice(first, first + 2).filter(([amount]) => amount > 0)
      .map(([amount, ko, en]) => (korean ? `${amount}${ko}` : `${amount} ${en}${amount === 1 ? "" : "s"}`)).join(" ");
  };
  // The server says what time it is; the clock of the device may be wrong.
  const ahead = Date.now() - Date.parse(document.body.dataset.now);
  const tick = () => {
    for (const clock of all("time[data-clock]")) {
      const minutes = Math.floor((Date.parse(clock.dateTime) - (Date.now() - ahead)) / 60000);
      if (Number.isNaN(minutes)) continue;
      const words = length(Math.abs(minutes));
      const over = minutes < 0;
      clock.textContent = korean ? `${words} ${over ? "지남" : "남음"}` : `${words} ${over ? "over" : "left"}`;
      const badge = clock.closest(".clock");
      badge?.classList.toggle("clock-over", over);
      badge?.classList.toggle("clock-soon", !over && minutes < 1440);
      badge?.classList.toggle("clock-calm", minutes >= 1440);
    }
  };
  window.setInterval(tick, 30000);

  // A long list begins at the case that is open.
  const chosen = one("[data-list] [aria-current]")?.closest("[data-item]");
  const list = chosen?.closest(".split-list");
  if (list) list.scrollTop = chosen.offsetTop - list.clientHeight / 3;

  // Copying, and dialogs: their buttons are hidden where no script runs.
  for (const button of all("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    const words = button.lastElementChild;
    const label = words.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy)?.textContent.trim() ?? "");
      words.textContent = korean ? "복사했어요" : "Copied";
      window.setTimeout(() => { words.textContent = label; }, 2000);
    });
  }
  for (const button of all("[data-opens]")) {
    button.hidden = false;
    button.addEventListener("click", () => document.getElementById(button.dataset.opens)?.showModal());
  }

  // Keys. Known by their place too, since a Korean keyboard may be set to Hangul.
  const help = one("[data-shortcut-help]");
  const keySwitch = one("[data-shortcuts-switch]");
  const SWITCH = "maru-shortcuts";
  if (keySwitch) {
    keySwitch.checked = local.get(SWITCH) !== "off";
    keySwitch.addEventListener("change", () => local.set(SWITCH, keySwitch.checked ? "on" : "off"));
  }
  const go = (step) => {
    const links = all("[data-list] [data-item] a");
    const at = links.findIndex((link) => link.getAttribute("aria-current") === "true" || link === document.activeElement);
    const next = links[at < 0 ? 0 : at + step];
    if (next) { next.focus(); next.click(); }
  };
  const press = (element) => {
    if (element.matches("input, textarea, select")) { element.focus(); element.select?.(); return; }
    if (element.matches("details")) { element.open = !element.open; element.firstElementChild.focus(); return; }
    element.focus();
    element.click();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
    if (one("dialog[open]")) return;
    const letter = /^Key([A-Z])$/.exec(event.code)?.[1].toLowerCase();
    const key = /^[a-z]$/i.test(event.key) || !letter ? event.key.toLowerCase() : letter;
    if (key === "?" && help) { event.preventDefault(); help.showModal(); return; }
    if (local.get(SWITCH) === "off") return;
    const element = all("[data-shortcut]").find((candidate) => candidate.dataset.shortcut === key && !candidate.disabled);
    if (element) { event.preventDefault(); press(element); return; }
    if (key === "j" || key === "k") { event.preventDefault(); go(key === "j" ? 1 : -1); }
  });
})();
