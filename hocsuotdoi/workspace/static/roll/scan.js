// Tickets before the camera. The browser reads the squares where it can; elsewhere a decoder is loaded for it.
import { announce, h, show } from "./dom.js";
import { ticket } from "./roll.js";
import { canRead, drawn, reader } from "./square.js";
import { seconds } from "./status.js";
import { act, mark, rollOfSession, sessionOf } from "./session.js";
import { state } from "./sync.js";
import { momentWords, say, told } from "./wording.js";

const SAME_TICKET = 4000;

/** Where the browser cannot read squares itself, the decoder is kept for days without a connection. */
export const keepDecoder = async (worker) => {
  if (!(await canRead().catch(() => false))) worker?.postMessage("keep decoder");
};

/** Marks whom the text stands for, and says who that is. */
const take = async (session, text) => {
  const roll = rollOfSession(sessionOf(session.id) ?? session);
  const seen = ticket(text, roll, state.carry);
  if (seen.kind === "no_code") return ["wrong", say("scan_no_code")];
  if (seen.kind === "unknown") return ["wrong", say("scan_unknown", { code: seen.code })];
  if (seen.kind === "wrong_gone") return ["wrong", say("scan_wrong_gone")];
  if (seen.kind === "wrong") {
    const { title, starts } = seen.session;
    return ["wrong", say("scan_wrong", { name: seen.name, title, when: momentWords(starts, seconds()) })];
  }
  const missing = seen.lines.filter((line) => line.present !== line.size);
  if (!missing.length) return ["already", say("scan_already", { name: seen.name })];
  const kept =
    missing.length === 1
      ? await mark(session, missing[0], missing[0].size)
      : await act(session, "all", { present: Object.fromEntries(missing.map((line) => [line.key, line.size])) });
  if (!kept) return ["wrong", say("not_kept")];
  const size = seen.lines.reduce((sum, line) => sum + line.size, 0);
  return ["here", size > 1 ? say("scan_group", { name: seen.name, size }) : say("scan_here", { name: seen.name })];
};

/** The screen; returns what ends it. */
export const scanScreen = (session) => {
  let ended = false;
  let stream;
  const recent = new Map();
  const video = h("video", { playsinline: true, muted: true, autoplay: true, "aria-label": say("scan_title") });
  video.muted = true;
  const camera = h("div", { class: "camera" }, video);
  const no = h("p", { class: "soft", hidden: true }, say("no_camera"));
  const results = h("ol", { class: "plain results", "aria-live": "polite", reversed: true });
  const code = h("input", { type: "text", id: "code", autocomplete: "off", autocapitalize: "characters", maxlength: 20 });

  const tell = ([kind, words]) => {
    results.prepend(h("li", { class: `result result-${kind}` }, words));
    while (results.children.length > 6) results.lastChild.remove();
    navigator.vibrate?.(kind === "here" ? 60 : [60, 60, 60]);
    announce(words);
  };

  const look = async (text) => {
    if (Date.now() - (recent.get(text) ?? 0) < SAME_TICKET) return;
    tell(await take(session, text));
    recent.set(text, Date.now());
  };

  const watch = async () => {
    const read = await reader(told.decoder);
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 } },
    });
    if (ended) return stop();
    video.srcObject = stream;
    await video.play();
    while (!ended) {
      if (video.videoWidth) {
        const text = await read(drawn(video, video.videoWidth, video.videoHeight));
        if (text && !ended) await look(text);
      }
      await new Promise((resume) => setTimeout(resume, 120));
    }
    return null;
  };

  const stop = () => {
    ended = true;
    for (const track of stream?.getTracks() ?? []) track.stop();
  };

  const fromPicture = async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    try {
      const picture = await createImageBitmap(file);
      const text = await (await reader(told.decoder))(drawn(picture, picture.width, picture.height));
      if (text) await look(text);
      else tell(["wrong", say("scan_nothing")]);
    } catch {
      tell(["wrong", say("scan_nothing")]);
    }
    event.target.value = "";
  };

  const typed = async (event) => {
    event.preventDefault();
    if (!code.value.trim()) return;
    recent.delete(code.value);
    await look(code.value);
    code.value = "";
    code.focus();
  };

  show([
    h("p", { class: "back" }, h("a", { href: `#/s/${session.id}` }, `‹ ${say("scan_done")}`)),
    h("h1", {}, say("scan_title")),
    h("p", { class: "lead" }, session.title),
    camera,
    no,
    h("p", { class: "soft small" }, say("scan_help")),
    results,
    h(
      "form",
      { class: "panel", onsubmit: typed, novalidate: true },
      h("div", { class: "field" }, h("label", { for: "code" }, say("scan_code")), code),
      h("button", { class: "button button-secondary", type: "submit" }, say("scan_mark")),
      h(
        "label",
        { class: "button button-quiet", for: "picture" },
        say("scan_picture"),
        h("input", { type: "file", id: "picture", class: "only-screen-reader", accept: "image/*", capture: "environment", onchange: fromPicture }),
      ),
    ),
  ]);
  watch().catch(() => {
    camera.hidden = true;
    no.hidden = false;
  });
  return stop;
};
