{# The service worker of the visit on the phone. It serves the program from its own store, never the data: that is in IndexedDB, which no update touches. #}const { version, files } = {{ told|safe }};
const store = `inspection-${version}`;

self.addEventListener("install", (event) => {
  const fresh = files.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(store).then((cache) => cache.addAll(fresh)));
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const clear = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("inspection-") && name !== store);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clear());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const page = request.mode === "navigate" && pathname === files[0];
  if (!page && !files.includes(pathname)) return;
  const kept = async () => {
    const cache = await caches.open(store);
    return (await cache.match(page ? files[0] : request, { ignoreVary: true, ignoreSearch: true })) ?? fetch(request);
  };
  event.respondWith(kept());
});
