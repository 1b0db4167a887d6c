// On the page of signing out: what signed-in pages keep in this browser for one person, under names that begin with
// "private-", goes with them. If something in it was never sent, that is said before.
const form = document.querySelector("form[action*='logout']");

const stores = async () =>
  indexedDB.databases ? (await indexedDB.databases()).map((each) => each.name).filter((name) => name?.startsWith("private-")) : ["private-reports"];

const count = (name) =>
  new Promise((resolve) => {
    const request = indexedDB.open(name);
    request.onerror = () => resolve(0);
    request.onsuccess = () => {
      const database = request.result;
      const names = [...database.objectStoreNames];
      if (!names.length) {
        database.close();
        return resolve(0);
      }
      const counts = database.transaction(names).objectStore(names[0]).count();
      counts.onsuccess = () => {
        database.close();
        resolve(counts.result);
      };
      counts.onerror = () => resolve(0);
      return undefined;
    };
  });

const forget = async () => {
  const gone = (name) =>
    new Promise((resolve) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = request.onerror = request.onblocked = resolve;
    });
  await Promise.all((await stores()).map(gone));
  const caches = globalThis.caches ? (await globalThis.caches.keys()).filter((name) => name.startsWith("private-")) : [];
  await Promise.all(caches.map((name) => globalThis.caches.delete(name)));
};

if (form) {
  const unsent = document.getElementById("unsent");
  stores()
    .then((names) => Promise.all(names.map(count)))
    .then((counts) => {
      if (unsent && counts.some(Boolean)) unsent.hidden = false;
    })
    .catch(() => {});
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await forget().catch(() => {});
    form.submit();
  });
}
