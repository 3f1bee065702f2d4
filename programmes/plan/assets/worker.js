// Keeps the list of what is to be visited and its checklists on the phone, so that they open where there is no network. It keeps
// nothing else: not what was written (that is in IndexedDB, see field.js), no other page.
"use strict";

const KEPT = "maru-field";
const isList = (path) => path === "/plan/visits/field";
const isChecklist = (path) => /^\/plan\/visits\/[^/]+\/field$/.test(path);
// Files under /assets carry the hash of what they hold.
const isAsset = (path) => path.startsWith("/assets/");
const isOurScript = (path) => path === "/plan/visits/field.js" || path === "/plan/visits/visits.js";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const known = (request) => caches.match(request, { cacheName: KEPT, ignoreSearch: true, ignoreVary: true });

const keep = async (request, response) => {
  const cache = await caches.open(KEPT);
  // Who was signed out, or may not see it any more, does not keep it.
  if (response.ok && !response.redirected) await cache.put(request, response.clone());
  else if (response.status < 500) await cache.delete(request, { ignoreSearch: true, ignoreVary: true });
  return response;
};

const networkFirst = async (request) => {
  try {
    return await keep(request, await fetch(request));
  } catch (error) {
    const kept = await known(request);
    if (kept) return kept;
    throw error;
  }
};

const keptFirst = async (request) => (await known(request)) ?? keep(request, await fetch(request));

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (isAsset(pathname)) event.respondWith(keptFirst(event.request));
  else if (isList(pathname) || isChecklist(pathname) || isOurScript(pathname)) event.respondWith(networkFirst(event.request));
});
