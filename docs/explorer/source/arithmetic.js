// The arithmetic: which pixels and weights make an output, and what they add up to. No DOM here.
//
// Letters as in cuDNN: image c h w, kernel r s, map k p q. A layer is
//   {operation: "convolution", "transposed", "maximum" or "average", size, stride, dilation,
//   padding, relu}; an image or a map is
//   {height, width, white, channels: [Float64Array, row by row]}; filters are
//   {weights: [per channel of the image: Float64Array, row by row], bias}.

function isPooling(layer) {
  return layer.operation === "maximum" || layer.operation === "average";
}

/** The zeros [before, after] each axis, as PyTorch's padding="valid" and "same" put them. */
function paddingOf(layer) {
  const reach = layer.dilation * (layer.size - 1); // from the window's first to its last pixel
  if (layer.padding === "valid") return [0, 0];
  if (layer.padding === "full") return [reach, reach];
  return [Math.floor(reach / 2), Math.ceil(reach / 2)];
}

/** The length of the map along an axis where the image has `length` pixels; below 1: no map. */
function outputLength(layer, length) {
  const [before, after] = paddingOf(layer);
  const reach = layer.dilation * (layer.size - 1);
  if (layer.operation === "transposed") {
    return (length - 1) * layer.stride - before - after + reach + 1;
  }
  return Math.floor((length + before + after - reach - 1) / layer.stride) + 1;
}

/** Weights and biases: a layer of `filters` filters over `channels` channels. */
function parameterCount(layer, channels, filters) {
  return isPooling(layer) ? 0 : filters * (channels * layer.size * layer.size + 1);
}

/**
 * Call visit(c, r, s, h, w) for every pixel (c, h, w) that output (k, p, q) reads, in the order in
 * which the kernels add: channel, row, column. A convolution's h and w may lie in the padding.
 */
function eachTerm(layer, image, k, p, q, visit) {
  const before = paddingOf(layer)[0];
  const { size, stride, dilation } = layer;
  const pooling = isPooling(layer);
  const transposed = layer.operation === "transposed";
  const last = pooling ? k + 1 : image.channels.length;
  for (let c = pooling ? k : 0; c < last; c++) {
    for (let r = 0; r < size; r++) {
      for (let s = 0; s < size; s++) {
        // Transposed, pixel h adds its product with row r at p = h * stride - padding + r * dilation.
        const h = transposed
          ? (p + before - r * dilation) / stride
          : p * stride - before + r * dilation;
        const w = transposed
          ? (q + before - s * dilation) / stride
          : q * stride - before + s * dilation;
        if (!transposed) visit(c, r, s, h, w);
        else if (Number.isInteger(h) && Number.isInteger(w) && isInside(image, h, w))
          visit(c, r, s, h, w);
      }
    }
  }
}

function isInside(image, h, w) {
  return h >= 0 && h < image.height && w >= 0 && w < image.width;
}

/** The pixel, and in the padding 0: minus infinity where the largest is looked for. */
function pixelAt(layer, image, c, h, w) {
  if (isInside(image, h, w)) return image.channels[c][h * image.width + w];
  return layer.operation === "maximum" ? -Infinity : 0;
}

/** The terms of one output: {c, r, s, h, w, inside, pixel, weight, product, total so far}. */
function termsOf(layer, image, filters, k, p, q) {
  const terms = [];
  let total = layer.operation === "maximum" ? -Infinity : 0;
  eachTerm(layer, image, k, p, q, (c, r, s, h, w) => {
    const pixel = pixelAt(layer, image, c, h, w);
    const weight = isPooling(layer) ? 1 : filters[k].weights[c][r * layer.size + s];
    const product = pixel * weight;
    total = layer.operation === "maximum" ? Math.max(total, pixel) : total + product;
    terms.push({ c, r, s, h, w, inside: isInside(image, h, w), pixel, weight, product, total });
  });
  return terms;
}

/** What the terms' total becomes: the bias or the division, then ReLU. */
function finish(layer, filters, k, total) {
  let value = total;
  if (layer.operation === "average") value = total / (layer.size * layer.size);
  if (!isPooling(layer)) value = total + filters[k].bias;
  return layer.relu ? Math.max(value, 0) : value;
}

/** One output, without a list of its terms. */
function outputAt(layer, image, filters, k, p, q) {
  const maximum = layer.operation === "maximum";
  const pooling = isPooling(layer);
  let total = maximum ? -Infinity : 0;
  eachTerm(layer, image, k, p, q, (c, r, s, h, w) => {
    const pixel = pixelAt(layer, image, c, h, w);
    if (maximum) total = Math.max(total, pixel);
    else total += pooling ? pixel : pixel * filters[k].weights[c][r * layer.size + s];
  });
  return finish(layer, filters, k, total);
}

/** The whole map, or null where the window is larger than the padded image. */
function mapOf(layer, image, filters) {
  const height = outputLength(layer, image.height);
  const width = outputLength(layer, image.width);
  if (height < 1 || width < 1) return null;
  const count = isPooling(layer) ? image.channels.length : filters.length;
  const channels = Array.from({ length: count }, (_, k) =>
    Float64Array.from({ length: height * width }, (_, i) =>
      outputAt(layer, image, filters, k, Math.floor(i / width), i % width),
    ),
  );
  return { height, width, white: image.white, channels };
}
