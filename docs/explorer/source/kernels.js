// The kernels to choose from, for any size where they have a meaning: 3 x 3 and 5 x 5.

const GAUSSIAN = { 3: [1, 2, 1], 5: [1, 4, 6, 4, 1] }; // rows of Pascal's triangle
const DERIVATIVE = { 3: [-1, 0, 1], 5: [-1, -2, 0, 2, 1] };
const LAPLACIAN = {
  3: [0, 1, 0, 1, -4, 1, 0, 1, 0],
  5: [0, 0, 1, 0, 0, 0, 1, 2, 1, 0, 1, 2, -16, 2, 1, 0, 1, 2, 1, 0, 0, 0, 1, 0, 0],
};

function outer(column, row) {
  return column.flatMap((a) => row.map((b) => a * b));
}

function centre(size) {
  return Array.from({ length: size * size }, (_, i) =>
    i === Math.floor((size * size) / 2) ? 1 : 0,
  );
}

/** Name, what it does, and its weights row by row. */
const PRESETS = {
  vertical: {
    label: "Vertical edge",
    does: "bright on the left, dark on the right gives a large number",
    weights: (size) =>
      outer(
        Array(size).fill(1),
        DERIVATIVE[size].map((a) => -Math.sign(a)),
      ),
  },
  gaussian: {
    label: "Gaussian",
    does: "a weighted mean: it blurs",
    weights: (size) => outer(GAUSSIAN[size], GAUSSIAN[size]).map((a) => a / 4 ** (size - 1)),
  },
  sobelX: {
    label: "Sobel x",
    does: "the slope along a row, smoothed along the column",
    weights: (size) => outer(GAUSSIAN[size], DERIVATIVE[size]),
  },
  sobelY: {
    label: "Sobel y",
    does: "the slope along a column, smoothed along the row",
    weights: (size) => outer(DERIVATIVE[size], GAUSSIAN[size]),
  },
  laplacian: {
    label: "Laplacian",
    does: "how much a pixel differs from its neighbours",
    weights: (size) => LAPLACIAN[size],
  },
  sharpen: {
    label: "Sharpen",
    does: "the picture minus its Laplacian",
    weights: (size) => centre(size).map((a, i) => a - LAPLACIAN[size][i]),
  },
};

const PRESET_SIZES = [3, 5];

/** The weights of another size that keep the middle of these: cut, or with zeros around. */
function resizedWeights(weights, from, to) {
  const shift = Math.floor(to / 2) - Math.floor(from / 2);
  return Float64Array.from({ length: to * to }, (_, i) => {
    const r = Math.floor(i / to) - shift;
    const s = (i % to) - shift;
    return r >= 0 && r < from && s >= 0 && s < from ? weights[r * from + s] : 0;
  });
}
