// The first view: the window on the image in yellow, its output on the map in pink.

const places = { image: null, map: null }; // of the painted cells, for the pointer
const pen = { on: false, h: 0, w: 0 };

function currentOutput() {
  return { p: Math.floor(state.step / state.map.width), q: state.step % state.map.width };
}

function currentTerms() {
  const { p, q } = currentOutput();
  return termsOf(currentLayer(), state.image, state.filters, state.filter, p, q);
}

/** The window's cells on the image, each once: a dilated window has gaps. */
function windowMarks() {
  if (!state.map) return [];
  const cells = new Map(currentTerms().map(({ h, w }) => [`${h},${w}`, { h, w }]));
  return [...cells.values()].map((cell) => ({
    ...cell,
    fill: themeColour("window"),
    edge: themeColour("window-edge"),
  }));
}

function imagePadding() {
  return state.operation === "transposed" ? [0, 0] : paddingOf(currentLayer());
}

function paintImage(marks) {
  const [before, after] = imagePadding();
  const grid = gridOf(state.image, state.channel, {
    before,
    after,
    paddingText: state.operation === "maximum" ? "−∞" : "0",
    own: state.picture === "map",
  });
  const drawing = pen.on ? [{ h: pen.h, w: pen.w, edge: themeColour("accent") }] : [];
  places.image = paintGrid(element("image"), grid, [...marks, ...drawing]);
}

function paintMap(marks) {
  const canvas = element("map");
  canvas.hidden = !state.map;
  if (!state.map) return;
  const faint = (p, q) => state.filling && p * state.map.width + q > state.step;
  const grid = gridOf(state.map, state.filter, { own: true, faint });
  places.map = paintGrid(canvas, grid, marks);
  const [below, above] = grid.clipped ? ["≤ ", "≥ "] : ["", ""];
  element("map-range").textContent =
    `black ${below}${valueText(grid.low)}, white ${above}${valueText(grid.high)}`;
}

/** The window in yellow, its output in pink. */
function paintStep() {
  paintImage(windowMarks());
  const { p, q } = state.map ? currentOutput() : {};
  paintMap([{ h: p, w: q, fill: themeColour("output"), edge: themeColour("output-edge") }]);
}

function showWindow() {
  element("no-map").hidden = Boolean(state.map);
  if (state.view === "window") paintStep();
}

function showSizesOnFigures() {
  const { image, map } = state;
  element("image-size").textContent = `${image.height} × ${image.width}`;
  element("map-size").textContent = map ? `${map.height} × ${map.width}` : "";
  const channel = state.channel < 0 ? "in colour" : `channel ${state.channel}`;
  const canvas = element("image");
  canvas.setAttribute(
    "aria-label",
    `Image, ${image.height} by ${image.width}, ${channel}. ${pen.on ? "Arrow keys move the pen, Enter paints." : ""}`,
  );
  canvas.setAttribute("role", pen.on ? "application" : "img"); // an application gets the arrow keys
  canvas.tabIndex = pen.on ? 0 : -1;
  if (map)
    element("map").setAttribute(
      "aria-label",
      `Map, ${map.height} by ${map.width}, filter ${state.filter}`,
    );
}

// A pointer on the map, or on the image while the pen is off, moves the window there.

function followPointer(canvas, find) {
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    find(event, true);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) find(event, false);
  });
}

function stepAtImage(h, w) {
  const { size, stride, dilation, operation } = currentLayer();
  const before = paddingOf(currentLayer())[0];
  const middle = dilation * Math.floor((size - 1) / 2);
  const one = (at, length) => {
    const found =
      operation === "transposed"
        ? at * stride - before + middle
        : Math.round((at + before - middle) / stride);
    return Math.max(0, Math.min(length - 1, found));
  };
  return one(h, state.map.height) * state.map.width + one(w, state.map.width);
}

let penValue = 0; // of the stroke under way: the opposite of what it began on

function penDown(h, w) {
  if (!isInside(state.image, h, w)) return;
  const channel = Math.max(state.channel, 0);
  const old = state.image.channels[channel][h * state.image.width + w];
  penValue = old > state.image.white / 2 ? 0 : state.image.white;
  penTo(h, w);
}

function penTo(h, w) {
  if (!isInside(state.image, h, w)) return;
  Object.assign(pen, { h, w });
  paint(h, w, penValue);
}

function bindPointers() {
  followPointer(element("map"), (event) => {
    const [p, q] = cellAt(element("map"), places.map, event);
    if (isInside(state.map, p, q)) goTo(p * state.map.width + q);
  });
  followPointer(element("image"), (event, begins) => {
    const [h, w] = cellAt(element("image"), places.image, event);
    if (pen.on && begins) penDown(h, w);
    else if (pen.on) penTo(h, w);
    else if (state.map) goTo(stepAtImage(h, w));
  });
  element("image").addEventListener("keydown", (event) => {
    if (!pen.on) return;
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const by = moves[event.key];
    if (event.key === "Enter" || event.key === " ") penDown(pen.h, pen.w);
    else if (by && isInside(state.image, pen.h + by[0], pen.w + by[1])) {
      pen.h += by[0];
      pen.w += by[1];
      showWindow();
      showGpu();
      say(
        `Pen at row ${pen.h}, column ${pen.w}: ${valueText(state.image.channels[Math.max(state.channel, 0)][pen.h * state.image.width + pen.w])}`,
      );
    } else if (!by) return;
    event.preventDefault();
    event.stopPropagation();
  });
}
