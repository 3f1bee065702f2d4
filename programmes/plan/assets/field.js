// The checklist of a field visit. Without this script it is an ordinary form that needs a network. With it, what is written
// stays on the phone until the server has answered that it arrived; photos are made small before they are kept. What is sent
// twice is taken once: a record by its name, a photo by the digest of its bytes.
"use strict";
(() => {
  const form = document.querySelector("form[data-field]");
  if (!form || !("indexedDB" in window)) return;
  const korean = document.documentElement.lang === "ko";
  const say = (ko, en) => (korean ? ko : en);
  const api = `/api/v1/plan/visits/${form.dataset.field}`;
  const visit = form.dataset.field;
  const state = document.getElementById("field-state");
  const tell = (words, tone) => { state.textContent = words; state.className = `field-state field-state-${tone}`; };

  // ---- what is kept on the phone -------------------------------------------------------------------------------------
  const database = new Promise((resolve, reject) => {
    const request = indexedDB.open("maru-field", 1);
    request.onupgradeneeded = () => {
      for (const name of ["drafts", "records", "photos"]) request.result.createObjectStore(name, { keyPath: "key" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const work = async (store, mode, ask) => {
    const transaction = (await database).transaction(store, mode);
    const request = ask(transaction.objectStore(store));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  };
  const put = (store, value) => work(store, "readwrite", (objects) => objects.put(value));
  const take = (store, key) => work(store, "readwrite", (objects) => objects.delete(key));
  const one = (store, key) => work(store, "readonly", (objects) => objects.get(key));
  const all = (store) => work(store, "readonly", (objects) => objects.getAll());

  // ---- what was written ----------------------------------------------------------------------------------------------
  const written = () => [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
  const restore = (fields) => {
    for (const [name, value] of fields) {
      for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (control.type === "radio") control.checked = control.value === value;
        else if (control.type !== "hidden") control.value = value;
      }
    }
  };
  const local = () => {
    // Korea's clock, whatever the phone is set to: the server reads it as such.
    const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Seoul", dateStyle: "short", timeStyle: "medium" });
    return parts.format(new Date()).replace(" ", "T");
  };
  const recordOf = (fields) => {
    const value = (name) => (fields.find(([known]) => known === name)?.[1] ?? "").trim();
    const answers = {};
    for (const [name, verdict] of fields) {
      if (name.startsWith("answer-")) answers[name.slice(7)] = { verdict, note: value(`note-${name.slice(7)}`) };
    }
    const findings = [];
    for (let row = 1; value(`due-${row}`) || value(`finding-${row}`) || row <= 3; row += 1) {
      if (value(`finding-${row}`)) findings.push({ text: value(`finding-${row}`), due: value(`due-${row}`) });
    }
    return { id: value("record"), at: local(), answers, summary: value("summary"), findings };
  };
  const missing = (record) => {
    const asked = new Set([...form.querySelectorAll("input[type=radio]")].map((radio) => radio.name));
    if (Object.keys(record.answers).length < asked.size) {
      return say("답하지 않은 항목이 있어요. 볼 수 없었다면 ‘볼 수 없었음’을 골라 주세요.", "A question has no answer. If it could not be seen, choose “Could not be seen”.");
    }
    if (!record.summary) return say("전체적으로 본 것을 적어 주세요.", "Write what you saw on the whole.");
    if (record.findings.some((finding) => !finding.due)) return say("지적사항마다 조치 기한을 골라 주세요.", "Choose until when each finding is put right.");
    return "";
  };

  // ---- photos --------------------------------------------------------------------------------------------------------
  const LONGEST_SIDE = 1600;
  const MOST_BYTES = 560 * 1024;
  const small = async (file) => {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    // Drawn anew, a picture holds no place and no device any more.
    for (let quality = 0.85; quality > 0.2; quality -= 0.15) {
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
      if (blob && blob.size <= MOST_BYTES) return { blob, canvas };
    }
    throw new Error("too large");
  };
  const digestOf = async (bytes) =>
    [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const shelf = document.getElementById("field-photos");
  const show = (canvas, caption) => {
    const item = document.createElement("li");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", caption || say("찍은 사진", "A photo that was taken"));
    item.append(canvas);
    shelf.append(item);
  };
  const showKept = async () => {
    for (const kept of (await all("photos")).filter((photo) => photo.visit === visit)) {
      const picture = await createImageBitmap(new Blob([kept.bytes], { type: "image/jpeg" }));
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [picture.width, picture.height];
      canvas.getContext("2d").drawImage(picture, 0, 0);
      show(canvas, kept.caption);
    }
  };
  const choose = document.getElementById("photo");
  if (choose) {
    document.getElementById("photo-part").hidden = false;
    choose.addEventListener("change", async () => {
      const caption = document.getElementById("photo-caption");
      for (const file of choose.files) {
        try {
          const { blob, canvas } = await small(file);
          const bytes = await blob.arrayBuffer();
          const digest = await digestOf(bytes);
          await put("photos", { key: `${visit}.${digest}`, visit, digest, caption: caption.value.trim(), bytes });
          show(canvas, caption.value.trim());
          tell(say("사진을 이 기기에 저장했어요.", "The photo is kept on this device."), "kept");
        } catch {
          tell(say("이 사진은 읽을 수 없어요. 다시 찍어 주세요.", "This photo cannot be read. Take it again."), "bad");
        }
      }
      caption.value = "";
      choose.value = "";
      send();
    });
  }

  // ---- sending -------------------------------------------------------------------------------------------------------
  // The page may have been kept for days: its token is asked for anew before anything is sent.
  const token = async () => {
    const response = await fetch(location.pathname, { cache: "no-store", headers: { accept: "text/html" } });
    if (response.redirected) throw new Error("sign-in");
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.body.dataset.csrfToken ?? "";
  };
  const refused = async (response) => {
    const problem = await response.json().catch(() => ({}));
    return [problem.detail, problem.what_to_do].filter(Boolean).join(" ") || String(response.status);
  };
  const sendAll = async () => {
    const [records, photos] = [await all("records"), await all("photos")];
    if (records.length + photos.length === 0) return "nothing";
    const headers = { "x-csrf-token": await token(), accept: "application/json" };
    for (const kept of records) {
      await put("records", { ...kept, tried: true });
      const response = await fetch(`/api/v1/plan/visits/${kept.visit}/records`, {
        method: "POST", headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(kept.record),
      });
      if (response.status === 401) throw new Error("sign-in");
      if (!response.ok) throw new Error(await refused(response));
      await take("records", kept.key);
    }
    for (const kept of photos) {
      const address = `/api/v1/plan/visits/${kept.visit}/photos/${kept.digest}?caption=${encodeURIComponent(kept.caption)}`;
      const response = await fetch(address, { method: "PUT", headers: { ...headers, "content-type": "image/jpeg" }, body: kept.bytes });
      if (response.status === 401) throw new Error("sign-in");
      if (!response.ok) throw new Error(await refused(response));
      await take("photos", kept.key);
    }
    return "sent";
  };
  const waiting = async () => (await all("records")).length + (await all("photos")).length;
  const send = async () => {
    // Two tabs do not send at the same time; if they did, the server would take it once.
    const guarded = navigator.locks ? (run) => navigator.locks.request("maru-field", run) : (run) => run();
    try {
      const result = await guarded(sendAll);
      if (result === "sent") {
        tell(say("모두 보냈어요.", "Everything was sent."), "good");
        if (!(await one("records", visit)) && form.dataset.sent === "yes") location.assign(`/plan/visits/${visit}`);
      }
    } catch (error) {
      const count = await waiting();
      if (error instanceof TypeError) {
        tell(say(`인터넷이 없어 ${count}건을 이 기기에 저장해 두었어요. 연결되면 저절로 보내요.`, `No network: ${count} kept on this device. It is sent when there is one.`), "kept");
      } else if (error.message === "sign-in") {
        tell(say(`${count}건이 이 기기에 있어요. 다시 로그인하면 보내요.`, `${count} kept on this device. Sign in again and it is sent.`), "bad");
      } else {
        tell(say(`서버가 받지 않았어요. ${count}건을 이 기기에 저장해 두었어요. ${error.message}`, `The server refused it; ${count} kept on this device. ${error.message}`), "bad");
      }
    }
  };

  form.addEventListener("input", () => { put("drafts", { key: visit, fields: written() }).catch(() => {}); });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const record = recordOf(written());
    const wrong = missing(record);
    if (wrong) { tell(wrong, "bad"); state.focus(); return; }
    try {
      // What was written again before it was sent takes the place of the first; what may have arrived does not.
      const before = await one("records", visit);
      if (!before || before.tried) record.id = crypto.randomUUID();
      else record.id = before.record.id;
      await put("records", { key: before?.tried ? `${visit}.${record.id}` : visit, visit, record, tried: false });
    } catch {
      // A device that keeps nothing sends the form as it is.
      form.submit();
      return;
    }
    await take("drafts", visit);
    form.dataset.sent = "yes";
    await send();
    state.focus();
  });
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  // Networks come back without telling anybody.
  window.setInterval(async () => { if (await waiting()) send(); }, 20000);

  (async () => {
    const draft = await one("drafts", visit).catch(() => undefined);
    if (draft) { restore(draft.fields); tell(say("쓰던 것을 이어서 적을 수 있어요.", "What you wrote is still here."), "kept"); }
    await showKept();
    if (await one("records", visit)) form.dataset.sent = "yes";
    if ("serviceWorker" in navigator) {
      await navigator.serviceWorker.register("/plan/visits/worker.js", { scope: "/plan/visits/" });
      await navigator.serviceWorker.ready;
      // What this page is made of is kept now, not only when it is opened the next time.
      const cache = await caches.open("maru-field");
      const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon]")].map((link) => link.href);
      const scripts = [...document.scripts].map((script) => script.src).filter(Boolean);
      await cache.addAll([location.pathname, ...parts, ...scripts]);
      document.getElementById("field-offline").hidden = false;
    }
    await send();
  })().catch(() => { /* the form works as it is */ });
})();
