// Pictures are made small before they are kept: no phone is filled by them, and drawn anew they carry no traces of where
// they were taken.
const LONGEST = 1600;
const PREVIEW = 320;

const drawn = (bitmap, longest) => {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
};

/** Bytes of a JPEG of at most 1600 pixels, and a preview; throws when the file is no picture. */
export const small = async (file) => {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const blob = await new Promise((resolve) => drawn(bitmap, LONGEST).toBlob(resolve, "image/jpeg", 0.85));
  const preview = drawn(bitmap, PREVIEW).toDataURL("image/jpeg", 0.7);
  bitmap.close();
  return { bytes: await blob.arrayBuffer(), preview };
};
