// Near me: the browser knows where it is, finds the nearest commune in a table that is the same for everybody, and asks
// for that commune. The position itself goes nowhere: no request holds it, nothing is kept.
const block = document.querySelector("[data-near]");

const nearest = ({ latitude, longitude }, { steps, codes, north, east }) => {
  const narrower = Math.cos((latitude * Math.PI) / 180);
  let [code, up, right] = [0, 0, 0];
  let found = { code: "", far: Infinity };
  for (let i = 0; i < codes.length; i += 1) {
    code += codes[i];
    up += north[i];
    right += east[i];
    const far = Math.hypot(up / steps - latitude, (right / steps - longitude) * narrower) * 111.195;
    if (far < found.far) found = { code: String(code).padStart(5, "0"), far };
  }
  return found;
};

const position = () =>
  new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(resolve, reject, { maximumAge: 600_000, timeout: 20_000 });
  });

if (block && "geolocation" in navigator) {
  const button = block.querySelector("button");
  const say = (name) => {
    for (const words of block.querySelectorAll("[data-near-says]")) words.hidden = words.dataset.nearSays !== name;
  };
  block.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    say("looking");
    try {
      const table = fetch(block.dataset.near, { credentials: "omit", referrerPolicy: "no-referrer" });
      const [{ coords }, answer] = await Promise.all([position(), table]);
      const found = nearest(coords, await answer.json());
      if (!found.code || found.far > 150) return say("outside");
      const address = new URL(window.location.href);
      for (const name of ["where", "page", "province"]) address.searchParams.delete(name);
      address.searchParams.set("unit", found.code);
      address.searchParams.set("within", "20");
      address.searchParams.set("order", "near");
      window.location.assign(address);
    } catch (wrong) {
      say(wrong.code === 1 ? "refused" : "failed");
    } finally {
      button.disabled = false;
    }
    return undefined;
  });
}
