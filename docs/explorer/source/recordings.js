// What the memory microscope recorded of three kernels, looked up. RECORDINGS is made by
// recordings.py, whose first lines say what its fields are. No DOM here.

const WARP = 32;
const SECTOR = 32; // bytes of global memory that move together
const ROW_BYTES = 128; // four sectors, or a word of each of the 32 banks
const RECORDED_SIZE = 16;

function geometryKey(size, padding, stride, dilation) {
  return [size, size === 1 ? "same" : padding, stride, size === 1 ? 1 : dilation].join(" ");
}

/** The recording of a layer of the explorer with an algorithm, or undefined. */
function recordingOf(chosen, image, algorithm) {
  if (chosen.operation !== "convolution" || image.channels.length !== 1) return undefined;
  if (image.height !== RECORDED_SIZE) return undefined;
  const key = geometryKey(chosen.size, chosen.padding, chosen.stride, chosen.dilation);
  return RECORDINGS.find(
    (each) => each.algorithm === algorithm && geometryKey(...each.geometry) === key,
  );
}

/** The recorded geometry that has most in common with a layer. */
function nearestGeometry(chosen) {
  const wanted = [chosen.size, chosen.padding, chosen.stride, chosen.dilation];
  const common = (each) => each.geometry.filter((value, i) => value === wanted[i]).length;
  return RECORDINGS.reduce((best, each) => (common(each) > common(best) ? each : best)).geometry;
}

/** A request, its line in the source and its lanes: [{lane, address}], in bytes from the array's begin. */
function requestOf(recording, number) {
  const [line, pattern, base, cost, least] = recording.requests[number];
  const [array, kind, space, bytes, source] = recording.lines[line];
  const lanes = recording.patterns[pattern].flatMap(([first, count, start, step]) =>
    Array.from({ length: count }, (_, i) => ({
      lane: first + i,
      address: base + start + i * step,
    })),
  );
  return { array, kind, space, bytes, source, lanes, cost, least };
}

/** Which warp and lane store each output of filter 0: a Map from p * Q + q. */
function ownersOf(recording, outputs) {
  const owners = new Map();
  recording.warps.forEach(([, , timeline], warp) => {
    for (const number of timeline) {
      const request = requestOf(recording, number);
      if (request.array !== "y") continue;
      for (const { lane, address } of request.lanes) {
        if (address < 4 * outputs) owners.set(address / 4, { warp, lane });
      }
    }
  });
  return owners;
}

/** How many outputs a lane of a warp stores, of all filters. */
function outputsOfLane(recording, warp, lane) {
  const stores = recording.warps[warp][2].map((number) => requestOf(recording, number));
  return stores.filter((each) => each.array === "y" && each.lanes.some((one) => one.lane === lane))
    .length;
}
