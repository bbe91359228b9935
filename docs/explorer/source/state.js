// What the reader chose, and what follows from it. One object; views read it, controls change it.

const SIZES = [8, 12, 16, 24, 32, 48, 64];
const MOST = { kernel: 5, stride: 4, dilation: 3, filters: 4 };
const SCALED = ["photograph", "file"]; // pictures that any size and both numbers of channels are made of
const START = {
  convolution: { size: 3, stride: 1, dilation: 1, padding: "same" },
  transposed: { size: 3, stride: 2, dilation: 1, padding: "valid" },
  maximum: { size: 2, stride: 2, dilation: 1, padding: "valid" },
  average: { size: 2, stride: 2, dilation: 1, padding: "valid" },
};

const state = {
  view: "window", // or "gpu"
  operation: "convolution",
  geometry: structuredClone(START), // of each operation: it is found again as it was left
  relu: false,
  picture: "house", // or another of DRAWN, one of SCALED, "own" for a drawing, "map" for a map taken over
  size: 16,
  channels: 1,
  filters: [], // {preset: of PRESETS or null, weights, bias}
  filter: 0, // the one shown: k
  channel: 0, // the image's channel shown; -1 for all three as colours
  step: 0, // the output shown: p * map width + q
  image: null,
  map: null,
  filling: false, // the map is shown up to the step only
};
let photograph = null; // the decoded one that a picture of SCALED shows
const listeners = { change: [], step: [] };

function currentLayer() {
  return { operation: state.operation, relu: state.relu, ...state.geometry[state.operation] };
}

/** The map's channels: one of each filter; pooling keeps those of the image. */
function mapChannels() {
  return isPooling(currentLayer()) ? state.image.channels.length : state.filters.length;
}

function newFilter(preset) {
  return {
    preset,
    weights: [Float64Array.from(PRESETS[preset].weights(PRESET_SIZES[0]))],
    bias: 0,
  };
}

/** Change the state, compute what follows from it, and show it. */
function change(changes) {
  const old = state.map;
  state.filling = false;
  Object.assign(state, changes);
  fitImage();
  fitFilters();
  state.map = mapOf(currentLayer(), state.image, state.filters);
  state.filter = Math.min(state.filter, mapChannels() - 1);
  if (old && state.map) state.step = sameStep(old, state.map);
  listeners.change.forEach((show) => show());
  listeners.step.forEach((show) => show());
}

/** The step where the window is as far across and down another map. */
function sameStep(from, to) {
  const p = Math.floor((Math.floor(state.step / from.width) * to.height) / from.height);
  const q = Math.floor(((state.step % from.width) * to.width) / from.width);
  return p * to.width + q;
}

/** Show another output. */
function goTo(step) {
  if (!state.map) return;
  const last = state.map.height * state.map.width - 1;
  state.step = Math.max(0, Math.min(last, step));
  listeners.step.forEach((show) => show());
}

function fitImage() {
  if (state.picture in DRAWN) state.image = drawnPicture(state.picture, state.size, state.channels);
  if (SCALED.includes(state.picture)) {
    state.image = photographPicture(photograph, state.size, state.channels);
  }
  state.channels = state.image.channels.length; // of a drawing or a map, its own
  const colours = state.channels === 3 && state.picture !== "map";
  if (state.channel >= state.channels || (state.channel < 0 && !colours)) state.channel = 0;
}

function fitFilters() {
  if (isPooling(currentLayer())) return; // finds its filters as they were when it is a convolution again
  const { size } = currentLayer();
  for (const filter of state.filters) {
    const known = filter.preset && PRESET_SIZES.includes(size);
    if (filter.preset && !known) filter.preset = null; // keeps the weights, cut to the new size
    const preset = known && Float64Array.from(PRESETS[filter.preset].weights(size));
    filter.weights = Array.from({ length: state.channels }, (_, c) => {
      if (preset) return preset;
      const old = filter.weights[c] ?? filter.weights[0];
      return resizedWeights(old, Math.sqrt(old.length), size);
    });
  }
}

/** Give a filter the weights of a preset, and the kernel a size that the preset has. */
function choosePreset(name) {
  const geometry = state.geometry[state.operation];
  if (!PRESET_SIZES.includes(geometry.size)) geometry.size = 3;
  state.filters[state.filter].preset = name;
  change({});
}

function setWeight(c, i, value) {
  const filter = state.filters[state.filter];
  filter.preset = null;
  filter.weights = filter.weights.map((weights) => weights.slice()); // a preset's are shared
  filter.weights[c][i] = value;
  change({});
}

function setFilterCount(count) {
  const presets = Object.keys(PRESETS);
  const filters = state.filters.slice(0, count);
  while (filters.length < count) filters.push(newFilter(presets[filters.length]));
  change({ filters });
}

/** Set a geometry value of the operation that is shown. */
function setGeometry(name, value) {
  state.geometry[state.operation][name] = value;
  change({});
}

/** Paint a pixel in the channel that is shown, or in all of them. */
function paint(h, w, value) {
  if (state.channel < 0)
    state.image.channels.forEach((plane) => (plane[h * state.image.width + w] = value));
  else state.image.channels[state.channel][h * state.image.width + w] = value;
  change({ picture: "own" });
}

/** The map becomes the image: the next layer. */
function takeMapOver() {
  const { height, width, white, channels } = state.map;
  change({ picture: "map", image: { height, width, white, channels }, size: height });
}
