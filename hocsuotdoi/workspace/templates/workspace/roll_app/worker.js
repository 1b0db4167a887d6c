{# The service worker of the offline roll. It serves the program from its own store, never the data: that is in IndexedDB, which no update touches. #}const { version, files, decoder } = {{ told|safe }};
const store = `roll-${version}`;

self.addEventListener("install", (event) => {
  const fresh = files.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(store).then((cache) => cache.addAll(fresh)));
});

// The new version takes over when nobody is at work with the old one, or when the person says so.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  if (event.data === "keep decoder") event.waitUntil(caches.open(store).then((cache) => cache.add(decoder)));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("roll-") && name !== store;
  const clear = async () => {
    const names = (await caches.keys()).filter(old);
    const had = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    if (had.flat().some((request) => request.url.includes("jsQR"))) {
      await (await caches.open(store)).add(decoder).catch(() => {});
    }
    await Promise.all(names.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clear());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const page = request.mode === "navigate" && pathname.startsWith("/roll/");
  if (!page && !pathname.startsWith("/static/") && !files.includes(pathname)) return;
  const kept = async () => {
    const cache = await caches.open(store);
    return (await cache.match(page ? files[0] : request, { ignoreVary: true, ignoreSearch: true })) ?? fetch(request);
  };
  event.respondWith(kept());
});
