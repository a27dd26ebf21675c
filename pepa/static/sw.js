/*
Keeps one page for when there is no net: Catat, as /petugas/kegiatan/catat/luring gives it, and its script. Nothing else is
kept, and no answer of any other address passes here.
*/
const KEPT = "catat", PAGE = "/petugas/kegiatan/catat", SHELL = PAGE + "/luring", SCRIPT = "/static/catat.js";

addEventListener("install", (event) => {
  event.waitUntil(Promise.all([SHELL, SCRIPT].map((one) => fetch(one))).then((answers) => {
    if (!answers.every((one) => one.ok && !one.redirected)) throw new Error("a page about a fault is not kept");
    return caches.open(KEPT).then((kept) => Promise.all([kept.put(SHELL, answers[0]), kept.put(SCRIPT, answers[1])]));
  }).then(() => skipWaiting()));
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const asked = event.request, path = new URL(asked.url).pathname;
  if (asked.method !== "GET") return;
  if (asked.mode === "navigate" && path === PAGE) {
    event.respondWith(fetch(asked).catch(() => caches.match(SHELL)));
  } else if (path === SCRIPT) {
    event.respondWith(fetch(asked).catch(() => caches.match(SCRIPT, { ignoreSearch: true })));
  }
});
