// The images to choose from. Drawn ones have values 0 to 9, photographs 0 to 255.

const DRAWN_WHITE = 9;
const PHOTOGRAPH_WHITE = 255;

/** A drawn picture says how bright the point (x, y) of the unit square is, 0 to 9. */
const DRAWN = {
  house: {
    label: "House",
    at(x, y) {
      const roof = y >= 0.12 && y < 0.45 && Math.abs(x - 0.5) < (y - 0.06) * 1.05;
      const wall = y >= 0.45 && y < 0.88 && Math.abs(x - 0.5) < 0.32;
      const door = y >= 0.62 && Math.abs(x - 0.5) < 0.11;
      return roof ? 6 : wall ? (door ? 2 : 9) : 0;
    },
  },
  circle: {
    label: "Circle",
    at: (x, y) => (Math.hypot(x - 0.5, y - 0.5) < 0.36 ? 9 : 0),
  },
  stripes: {
    label: "Stripes",
    at: (x, y) => (Math.floor((x + y) * 4) % 2 ? 9 : 1),
  },
  blank: { label: "Blank", at: () => 0 },
};

function drawnPicture(name, size, channels) {
  const at = (_, i) =>
    DRAWN[name].at(((i % size) + 0.5) / size, (Math.floor(i / size) + 0.5) / size);
  const one = () => Float64Array.from({ length: size * size }, at);
  return {
    height: size,
    width: size,
    white: DRAWN_WHITE,
    channels: Array.from({ length: channels }, one),
  };
}

/** The middle square of a photograph, scaled: grey in one channel, or red, green and blue. */
function photographPicture(source, size, channels) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const side = Math.min(source.naturalWidth, source.naturalHeight);
  const left = (source.naturalWidth - side) / 2;
  const top = (source.naturalHeight - side) / 2;
  context.imageSmoothingQuality = "high";
  context.drawImage(source, left, top, side, side, 0, 0, size, size);
  const bytes = context.getImageData(0, 0, size, size).data;
  const grey = (i) => Math.round((bytes[i] * 299 + bytes[i + 1] * 587 + bytes[i + 2] * 114) / 1000);
  const one = (_, c) =>
    Float64Array.from({ length: size * size }, (_, i) =>
      channels === 1 ? grey(4 * i) : bytes[4 * i + c],
    );
  return {
    height: size,
    width: size,
    white: PHOTOGRAPH_WHITE,
    channels: Array.from({ length: channels }, one),
  };
}

/** Load an image from an address: the photograph in this page, or a file of the reader's own. */
async function loadPhotograph(address) {
  const source = new Image();
  source.src = address;
  await source.decode();
  return source;
}
