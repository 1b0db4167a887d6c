{# The service worker of the reports: opens a report that its author had open before, without a connection. What was typed is not its business (static/workspace/reports/words.js). #}const CACHE = "private-reports";
const DAYS = 7;
const report = /^(\/workspace\/reports\/\d+\/)/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const isOurs = (url) => new URL(url).origin === self.location.origin;
const isStatic = (url) => isOurs(url) && new URL(url).pathname.startsWith("/static/");

/** Only what the server allows: reports that the person writes. */
const keep = async (path, response) => {
  if (response.ok && response.headers.get("X-Kept-Offline")) await (await caches.open(CACHE)).put(path, response);
};

self.addEventListener("message", (event) => {
  const { page, files } = event.data ?? {};
  if (!report.test(page ?? "")) return;
  const work = async () => {
    await keep(page, await fetch(page, { credentials: "same-origin" }));
    const cache = await caches.open(CACHE);
    const old = Date.now() - DAYS * 86_400_000;
    for (const request of await cache.keys()) {
      const date = (await cache.match(request)).headers.get("Date");
      if (date && new Date(date) < old) await cache.delete(request);
    }
    await Promise.allSettled((files ?? []).filter(isStatic).map(async (file) => (await cache.match(file)) ?? cache.add(file)));
  };
  event.waitUntil(work().catch(() => {}));
});

const opened = async (request) => {
  const { pathname } = new URL(request.url);
  const [path] = report.exec(pathname);
  try {
    const response = await fetch(request);
    if (pathname === path) await keep(path, response.clone());
    return response;
  } catch (lost) {
    const kept = await (await caches.open(CACHE)).match(path);
    if (kept && pathname !== path) return Response.redirect(path);
    if (kept) return kept;
    throw lost;
  }
};

const file = async (request) => {
  try {
    return await fetch(request);
  } catch (lost) {
    const kept = await (await caches.open(CACHE)).match(request, { ignoreVary: true });
    if (kept) return kept;
    throw lost;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !isOurs(request.url)) return;
  if (request.mode === "navigate" && report.test(new URL(request.url).pathname)) event.respondWith(opened(request));
  else if (isStatic(request.url)) event.respondWith(file(request));
});
