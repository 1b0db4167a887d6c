// Tickets before the camera tick their people on the roll.
import { codeOf, drawn, reader } from "../roll/square.js";

const SAME_TICKET = 4000;
const box = document.getElementById("scan");
const opener = document.querySelector("[data-scan-open]");

if (box && opener && navigator.mediaDevices?.getUserMedia) {
  const video = box.querySelector("video");
  const said = box.querySelector("[role=status]");
  const recent = new Map();
  let stream;

  const tell = (word, name = "") => {
    said.textContent = box.dataset[word].replace("{name}", name);
    navigator.vibrate?.(word === "here" ? 60 : [60, 60, 60]);
  };

  const tick = (row) => {
    const input = row.querySelector("input[type=checkbox], input[type=number]");
    const whole = input.type === "checkbox" ? input.checked : input.value === input.max;
    if (whole) return false;
    if (input.type === "checkbox") input.checked = true;
    else input.value = input.max;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  };

  const look = (text) => {
    if (Date.now() - (recent.get(text) ?? 0) < SAME_TICKET) return;
    recent.set(text, Date.now());
    const code = codeOf(text);
    const rows = code ? [...document.querySelectorAll(`#roll > [data-code="${code}"]`)] : [];
    if (!rows.length) return tell("unknown");
    const ticked = rows.map(tick);
    tell(ticked.some(Boolean) ? "here" : "already", rows[0].dataset.party);
  };

  const watch = async () => {
    const read = await reader(box.dataset.decoder);
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: "environment" } } });
    video.srcObject = stream;
    await video.play();
    while (box.open) {
      if (video.videoWidth) {
        const text = await read(drawn(video, video.videoWidth, video.videoHeight));
        if (text && box.open) look(text);
      }
      await new Promise((resume) => setTimeout(resume, 120));
    }
  };

  opener.hidden = false;
  opener.addEventListener("click", () => {
    said.textContent = "";
    box.showModal();
    watch().catch(() => tell("blind"));
  });
  box.addEventListener("close", () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
  });
}
