// Shows messages that the house sends to this browser. It answers no requests for pages.
self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data.json();
  } catch {
    // A message without words that can be read: the title says enough.
  }
  event.waitUntil(
    self.registration.showNotification(said.title || "Học Suốt Đời", {
      body: said.body || "",
      tag: said.tag || undefined,
      lang: "vi",
      icon: "/static/icons/icon-192.png",
      data: { url: said.url || "/" },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  // Only pages of ours, whatever the message says.
  const asked = new URL(event.notification.data.url, self.location.origin);
  const url = asked.origin === self.location.origin ? asked.href : self.location.origin;
  event.waitUntil(self.clients.openWindow(url));
});
