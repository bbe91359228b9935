// The second view: the same step as a GPU computes it, from recordings of three kernels.

const ALGORITHMS = {
  direct:
    "One thread computes one output, alone. Every pixel and every weight comes from global " +
    "memory, each time anew.",
  tiled:
    "A block of 16 × 16 threads computes 16 outputs of 16 filters. It loads a tile of weights and " +
    "a tile of pixels to shared memory once, and each number is used by 16 threads.",
  blocked:
    "A thread computes 8 outputs of 8 filters in registers: 16 numbers from shared memory feed 64 " +
    "multiply-adds. Loads are 128 bits wide where they can be.",
};

const gpu = { algorithm: "direct", at: -1, owners: null, recording: null }; // at -1: the first of x

function gpuChoose(changes) {
  Object.assign(gpu, changes);
  change({});
}

/** What is shown: the recording, the warp of the current output, its lane and the chosen request. */
function gpuStep() {
  const recording = state.map && recordingOf(currentLayer(), state.image, gpu.algorithm);
  if (!recording) return null;
  if (gpu.recording !== recording) {
    gpu.recording = recording;
    gpu.owners = ownersOf(recording, state.map.height * state.map.width);
  }
  const owner = gpu.owners.get(state.step);
  const [block, warp, timeline] = recording.warps[owner.warp];
  const find = (array) =>
    timeline.findIndex((number) => requestOf(recording, number).array === array);
  gpu.at = gpu.at < 0 ? find("x") : Math.min(gpu.at, timeline.length - 1);
  const { at } = gpu;
  return {
    recording,
    owner,
    block,
    warp,
    timeline,
    at,
    request: requestOf(recording, timeline[at]),
  };
}

function showGpu() {
  if (state.view !== "gpu") return;
  const step = gpuStep();
  for (const button of element("algorithms").children) {
    button.setAttribute("aria-pressed", String(button.dataset.algorithm === gpu.algorithm));
  }
  element("gpu-idea").textContent = ALGORITHMS[gpu.algorithm];
  element("gpu-missing").hidden = Boolean(step);
  for (const id of ["gpu-panel", "gpu-thread", "gpu-whole"]) element(id).hidden = !step;
  if (!step) {
    paintStep();
    return;
  }
  showThread(step);
  showRequest(step);
  showComparison();
  paintImage(gpuImageMarks(step));
  paintMap(gpuMapMarks(step));
}

function showThread({ recording, owner, block, warp }) {
  const { p, q } = currentOutput();
  const thread = warp * WARP + owner.lane;
  const count = outputsOfLane(recording, owner.warp, owner.lane);
  const more = count > 1 ? ` It computes ${count} outputs.` : "";
  element("gpu-who").textContent =
    `Output (${p}, ${q}) of filter 0: thread ${thread} of block ${block}, which is lane ${owner.lane} of warp ${warp}.${more}`;
}

/** The three kernels side by side, over the whole layer. */
function showComparison() {
  const found = Object.keys(ALGORITHMS).map((name) =>
    recordingOf(currentLayer(), state.image, name),
  );
  const rows = [
    ["Blocks × threads", (each) => `${each.blocks} × ${each.threads}`],
    ["Requests of warps", ({ totals }) => totals.requests.toLocaleString("en")],
    ["Bytes asked of global memory", ({ totals }) => totals.requested.toLocaleString("en")],
    ["Bytes moved by it", ({ totals }) => totals.moved.toLocaleString("en")],
    [
      "Passes over shared memory",
      ({ totals }) => (totals.passes ? totals.passes.toLocaleString("en") : "–"),
    ],
    [
      "… without bank conflicts",
      ({ totals }) => (totals.passes ? totals.least_passes.toLocaleString("en") : "–"),
    ],
  ].map(([name, text]) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    row.append(head);
    for (const each of found) {
      const cell = row.insertCell();
      cell.textContent = text(each);
      cell.classList.toggle("chosen", each.algorithm === gpu.algorithm);
    }
    return row;
  });
  element("gpu-comparison").tBodies[0].replaceChildren(...rows);
}

/** The window, and where the request reads the image the pixels of its lanes. */
function gpuImageMarks({ owner, request }) {
  const marks = windowMarks().map(({ h, w, edge }) => ({ h, w, edge }));
  if (request.array !== "x") return marks;
  const pixels = request.lanes.map(({ lane, address }) => ({
    h: Math.floor(address / 4 / RECORDED_SIZE),
    w: (address / 4) % RECORDED_SIZE,
    fill: laneColour(lane),
    text: String(lane),
    edge: lane === owner.lane ? themeColour("text") : undefined,
  }));
  return [...pixels, ...marks];
}

function gpuMapMarks({ owner }) {
  const marks = [];
  for (const [output, { warp, lane }] of gpu.owners) {
    if (warp !== owner.warp) continue;
    const [p, q] = [Math.floor(output / state.map.width), output % state.map.width];
    marks.push({ h: p, w: q, fill: laneColour(lane), text: String(lane) });
  }
  const { p, q } = currentOutput();
  return [...marks, { h: p, w: q, edge: themeColour("output-edge") }];
}

/** Change the settings to the recorded ones that are nearest. */
function takeRecorded() {
  const [size, padding, stride, dilation] = nearestGeometry(currentLayer());
  state.geometry.convolution = { size, padding, stride, dilation };
  const fits = state.picture in DRAWN || SCALED.includes(state.picture);
  change({
    operation: "convolution",
    size: RECORDED_SIZE,
    channels: 1,
    picture: fits ? state.picture : "house",
  });
}

function bindGpu() {
  for (const name of Object.keys(ALGORITHMS)) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: name });
    button.dataset.algorithm = name;
    button.addEventListener("click", () => gpuChoose({ algorithm: name, at: -1 }));
    element("algorithms").append(button);
  }
  element("gpu-request").addEventListener("input", (event) => {
    gpu.at = Number(event.target.value);
    showGpu();
  });
  for (const [id, by] of [
    ["gpu-back", -1],
    ["gpu-on", 1],
  ]) {
    element(id).addEventListener("click", () => {
      const last = Number(element("gpu-request").max);
      gpu.at = Math.max(0, Math.min(last, gpu.at + by));
      showGpu();
      say(element("gpu-caption").textContent);
    });
  }
  element("gpu-lanes").addEventListener("toggle", showGpu);
  element("gpu-take").addEventListener("click", takeRecorded);
}
