// «Tell me on this device»: offered only where the browser and the house both can.
const box = document.querySelector("[data-push]");
const SCOPE = "/activities/";

const bytes = (base64url) => {
  const base64 = base64url.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64 + "=".repeat((4 - (base64.length % 4)) % 4)), (char) => char.charCodeAt(0));
};

const show = (name) => {
  for (const part of box.querySelectorAll("[data-push-when]")) part.hidden = part.dataset.pushWhen !== name;
};

const send = async (subscription, act) => {
  const { endpoint, keys } = subscription.toJSON();
  const form = new FormData(box.querySelector("form"));
  form.set("act", act);
  form.set("endpoint", endpoint);
  form.set("p256dh", keys.p256dh);
  form.set("auth", keys.auth);
  const answer = await fetch(box.querySelector("form").action, { method: "POST", body: form });
  if (!answer.ok) throw new Error(String(answer.status));
};

const remembered = `push ${location.pathname}`;
const remembers = (value) => {
  try {
    if (value === undefined) return localStorage.getItem(remembered);
    value ? localStorage.setItem(remembered, value) : localStorage.removeItem(remembered);
  } catch {
    // Without memory the question is asked again: no harm.
  }
  return null;
};

const start = async () => {
  const answer = await fetch(box.dataset.pushKey);
  if (!answer.ok) return;
  const { key } = await answer.json();
  const worker = async () => {
    await navigator.serviceWorker.register(box.dataset.pushWorker, { scope: SCOPE });
    return navigator.serviceWorker.getRegistration(SCOPE);
  };
  const subscribed = async () => (await navigator.serviceWorker.getRegistration(SCOPE))?.pushManager.getSubscription();

  box.hidden = false;
  const asked = Notification.permission === "granted" && remembers() ? await subscribed() : null;
  show(asked ? "on" : Notification.permission === "denied" ? "denied" : "off");

  box.addEventListener("submit", async (event) => {
    event.preventDefault();
    const act = event.submitter?.value ?? "start";
    show("busy");
    try {
      if (act === "stop") {
        const known = await subscribed();
        if (known) await send(known, "stop");
        remembers("");
        show("off");
        return;
      }
      if ((await Notification.requestPermission()) !== "granted") {
        show("denied");
        return;
      }
      const ready = await worker();
      const options = { userVisibleOnly: true, applicationServerKey: bytes(key) };
      await send((await ready.pushManager.getSubscription()) ?? (await ready.pushManager.subscribe(options)), "start");
      remembers("yes");
      show("on");
    } catch {
      show("failed");
    }
  });
};

if (box && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) start();
