// What stays on the phone: the journal, and a few kept things (device, what is carried, clock). No update clears it.
const NAME = "hocsuotdoi-roll";
let opened;

const open = () =>
  (opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("kept");
      request.result.createObjectStore("journal", { keyPath: "number" });
    };
    request.onsuccess = () => {
      // A newer version of the page in another tab may go on: this one opens anew when it is needed.
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
export const forget = (key) => within("kept", "readwrite", (store) => done(store.delete(key)));

export const entries = () => within("journal", "readonly", (store) => done(store.getAll()));
export const lastEntry = () =>
  within("journal", "readonly", async (store) => (await done(store.openCursor(null, "prev")))?.value);
/** The latest that was noted for an institution. */
export const lastOf = (institution) =>
  within("journal", "readonly", async (store) => {
    const request = store.openCursor(null, "prev");
    for (let cursor = await done(request); cursor; cursor = await done(request)) {
      if (cursor.value.institution === institution) return cursor.value;
      cursor.continue();
    }
    return undefined;
  });
/** Refused by the store (ConstraintError) when the number is taken: another tab was quicker. */
export const addEntry = (entry) => within("journal", "readwrite", (store) => done(store.add(entry)));
export const putEntries = (changed) =>
  within("journal", "readwrite", (store) => Promise.all(changed.map((entry) => done(store.put(entry)))));
export const dropEntries = (numbers) =>
  within("journal", "readwrite", (store) => Promise.all(numbers.map((number) => done(store.delete(number)))));

/** Asks the browser never to clear it by itself. */
export const persist = async () => {
  try {
    return (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.()) || false;
  } catch {
    return false;
  }
};
