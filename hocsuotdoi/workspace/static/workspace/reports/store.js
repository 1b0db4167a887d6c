// What was written into a report and is not on the server yet. Kept for one person on this device: signing out clears it
// (core/static/js/forget.js), and so does whoever opens a report of theirs here next.
const NAME = "private-reports";
const DRAFTS = "drafts";
const OWNER = "/workspace/reports/whose"; // no page: whose pages are kept

const opened = () =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(DRAFTS, { keyPath: "report" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Opens, works, waits until the disk has it, closes: so that signing out can delete the store at any time. */
const within = async (mode, work) => {
  const database = await opened();
  try {
    const transaction = database.transaction(DRAFTS, mode, { durability: "strict" });
    const finished = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await work(transaction.objectStore(DRAFTS));
    await finished;
    return result;
  } finally {
    database.close();
  }
};

/** `draft`: {report, whose, fields, over, at, wanted}. `report`: which, and what of it («781», «781/totals», «781/odd/…»);
 * `over`: what was shown while it was written; `wanted`: whether it is to be sent. */
export const keep = (draft) => within("readwrite", (store) => done(store.put(draft)));
export const kept = (report) => within("readonly", (store) => done(store.get(report)));
/** All whose name begins so. */
export const keptOf = async (start) => {
  const every = await within("readonly", (store) => done(store.getAll()));
  return every.filter((draft) => draft.report.startsWith(start));
};
export const drop = (report) => within("readwrite", (store) => done(store.delete(report)));

/** Nothing of anybody else stays on this device, neither words nor pages. */
export const forgetOthers = async (whose) => {
  const others = await within("readwrite", async (store) => {
    const found = (await done(store.getAll())).filter((draft) => draft.whose !== whose);
    await Promise.all(found.map((draft) => done(store.delete(draft.report))));
    return found;
  });
  if (!globalThis.caches) return;
  const last = await (await (await caches.open(NAME)).match(OWNER))?.text();
  if (others.length || (last && last !== whose)) await caches.delete(NAME);
  await (await caches.open(NAME)).put(OWNER, new Response(whose));
};
