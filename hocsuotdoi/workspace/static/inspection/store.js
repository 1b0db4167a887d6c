// What stays on the phone: notes, pictures, findings and how a visit ended until the server has them, what is still being
// written, and what was taken along. No update clears it.
const NAME = "hocsuotdoi-inspection";
let opened;

const open = () =>
  (opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 2);
    request.onupgradeneeded = ({ oldVersion }) => {
      const made = request.result;
      if (oldVersion < 1) {
        made.createObjectStore("kept");
        made.createObjectStore("notes", { keyPath: "key" });
        made.createObjectStore("photos", { keyPath: "id" });
      }
      made.createObjectStore("findings", { keyPath: "id" });
      made.createObjectStore("closings", { keyPath: "key" });
      made.createObjectStore("drafts", { keyPath: "key" });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => {
        request.result.close();
        opened = undefined;
      };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  }));

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Runs `work` on a store and waits until the disk has it. */
const within = async (name, mode, work) => {
  const transaction = (await open()).transaction(name, mode, { durability: "strict" });
  const finished = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
  finished.catch(() => {});
  const result = await work(transaction.objectStore(name));
  await finished;
  return result;
};

export const keep = (key, value) => within("kept", "readwrite", (store) => done(store.put(value, key)));
export const kept = (key) => within("kept", "readonly", (store) => done(store.get(key)));
export const allOf = (name) => within(name, "readonly", (store) => done(store.getAll()));
export const put = (name, row) => within(name, "readwrite", (store) => done(store.put(row)));
export const drop = (name, key) => within(name, "readwrite", (store) => done(store.delete(key)));

/** Changes one row as it is now, in one transaction: another tab may have written it meanwhile. */
export const change = (name, key, work) =>
  within(name, "readwrite", async (store) => {
    const row = await done(store.get(key));
    const changed = row && work(row);
    if (changed) await done(store.put(changed));
    return changed;
  });

/** Asks the browser never to clear it by itself. */
export const persist = async () => {
  try {
    return (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.()) || false;
  } catch {
    return false;
  }
};
