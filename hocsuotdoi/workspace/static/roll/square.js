// QR codes in pictures. The browser reads them where it can; elsewhere a decoder is loaded for it.
const WIDEST = 720;

const loadDecoder = (address) =>
  new Promise((resolve, reject) => {
    if (window.jsQR) return resolve(window.jsQR);
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.jsQR);
    script.onerror = () => reject(new Error("decoder"));
    document.head.append(script);
    return null;
  });

export const canRead = async () =>
  "BarcodeDetector" in window && (await window.BarcodeDetector.getSupportedFormats()).includes("qr_code");

/** A function that finds the text of a square on a canvas, or null. `decoder`: the address of the one to load. */
export const reader = async (decoder) => {
  if (await canRead().catch(() => false)) {
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    return async (canvas) => (await detector.detect(canvas))[0]?.rawValue ?? null;
  }
  const decode = await loadDecoder(decoder);
  return (canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, width, height);
    return decode(data, width, height)?.data ?? null;
  };
};

/** A picture on a canvas no wider than a reader needs. */
export const drawn = (source, width, height) => {
  const scale = Math.min(1, WIDEST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
};

/** The code that a ticket's square holds: the last part of its address, or what stands there alone; else "". */
export const codeOf = (text) => {
  const match = /sessions\/[0-9a-f-]{36}\/([^/?#\s]+)/i.exec(text);
  if (!match && /[:/]/.test(text)) return "";
  const code = (match ? match[1] : text).replace(/[^0-9a-z]/gi, "").toUpperCase();
  return code.length <= 12 ? code : "";
};
