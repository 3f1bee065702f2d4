// The list of what is to be visited, on a phone. Without this script it is an ordinary page. With it, the list and every checklist
// on it are kept on the device while there is a network, so that all of them open where there is none; what was kept of visits
// that are over goes. Beside each stands what of it still waits to be sent.
"use strict";
(() => {
  const list = document.getElementById("to-visit");
  if (!list || !("serviceWorker" in navigator) || !("caches" in window)) return;
  const korean = document.documentElement.lang === "ko";
  const say = (ko, en) => (korean ? ko : en);
  const state = document.getElementById("field-state");
  const tell = (words, tone) => { state.textContent = words; state.className = `field-state field-state-${tone}`; };
  const visits = [...list.querySelectorAll("[data-visit]")];
  const checklist = (id) => `/plan/visits/${id}/field`;

  /** Records and photos on this device that no server has answered yet, by visit. */
  const unsent = () => new Promise((resolve) => {
    const request = indexedDB.open("maru-field", 1);
    request.onupgradeneeded = () => {
      for (const name of ["drafts", "records", "photos"]) request.result.createObjectStore(name, { keyPath: "key" });
    };
    request.onerror = () => resolve(new Map());
    request.onsuccess = () => {
      const counts = new Map();
      const transaction = request.result.transaction(["records", "photos"]);
      for (const name of ["records", "photos"]) {
        transaction.objectStore(name).getAll().onsuccess = (event) => {
          for (const kept of event.target.result) counts.set(kept.visit, (counts.get(kept.visit) ?? 0) + 1);
        };
      }
      transaction.oncomplete = () => { request.result.close(); resolve(counts); };
      transaction.onabort = () => resolve(new Map());
    };
  });

  const mark = async () => {
    const [cache, counts] = [await caches.open("maru-field"), await unsent()];
    let kept = 0;
    for (const item of visits) {
      const there = await cache.match(checklist(item.dataset.visit), { ignoreSearch: true, ignoreVary: true });
      const waiting = counts.get(item.dataset.visit) ?? 0;
      kept += there ? 1 : 0;
      const words = [];
      if (!there) words.push(say("이 기기에 없어요.", "Not on this device."));
      if (waiting) words.push(say(`보내지 않은 것이 ${waiting}건 있어요. 인터넷이 될 때 점검표를 열면 보내요.`, `${waiting} wait to be sent: open the checklist where there is a network.`));
      item.querySelector(".field-mark").textContent = words.join(" ");
    }
    return kept;
  };

  const keepAll = async () => {
    const cache = await caches.open("maru-field");
    const wanted = new Set([location.pathname, ...visits.map((item) => checklist(item.dataset.visit))]);
    const counts = await unsent();
    for (const request of await cache.keys()) {
      const { pathname } = new URL(request.url);
      const visit = /^\/plan\/visits\/([^/]+)\/field$/.exec(pathname)?.[1];
      // What was recorded and not sent is sent from its checklist: that stays until then.
      if (visit && !wanted.has(pathname) && !counts.has(visit)) await cache.delete(request);
    }
    const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon]")].map((link) => link.href);
    const scripts = [...document.scripts].map((script) => script.src).filter(Boolean);
    await cache.addAll([...parts, ...scripts, "/plan/visits/field.js"]);
    for (const address of wanted) {
      const response = await fetch(address, { headers: { accept: "text/html" } });
      if (response.ok && !response.redirected) await cache.put(address, response);
    }
  };

  (async () => {
    await navigator.serviceWorker.register("/plan/visits/worker.js", { scope: "/plan/visits/" });
    await navigator.serviceWorker.ready;
    await keepAll().catch(() => { /* without a network: what was kept before is there */ });
    const kept = await mark();
    if (kept === visits.length) {
      tell(say("이 목록과 점검표를 모두 이 기기에 담았어요. 인터넷이 없어도 열려요.", "This list and all its checklists are on this device: they open without a network."), "good");
    } else {
      tell(say(`점검표 ${visits.length}개 가운데 ${kept}개가 이 기기에 있어요.`, `${kept} of ${visits.length} checklists are on this device.`), "kept");
    }
  })().catch(() => { /* the page works as it is */ });
})();
