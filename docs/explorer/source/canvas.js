// Paints grids of numbers: the image with the padding around it, and the map.

const LARGEST_CELL = 25; // pixels of the screen
const SMALLEST_CELL = 3;
const LARGEST_TEXT = 13;
const SMALLEST_TEXT = 8;

function themeColour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/**
 * Paint a grid and return what a pointer needs to find its cells.
 *
 * grid: {height, width, before, after: cells of padding, level(h, w): brightness 0 to 1 or [r, g, b],
 * text(h, w), faint(h, w): not reached yet}; marks: cells to lay a colour on, {h, w, fill, edge, text}.
 */
function paintGrid(canvas, grid, marks) {
  const rows = grid.height + grid.before + grid.after;
  const columns = grid.width + grid.before + grid.after;
  const room = canvas.parentElement.clientWidth;
  const cell = Math.max(SMALLEST_CELL, Math.min(LARGEST_CELL, Math.floor(room / columns)));
  const sharpness = window.devicePixelRatio || 1;
  canvas.width = columns * cell * sharpness;
  canvas.height = rows * cell * sharpness;
  canvas.style.width = `${columns * cell}px`;
  canvas.style.height = `${rows * cell}px`;
  const context = canvas.getContext("2d");
  context.setTransform(sharpness, 0, 0, sharpness, 0, 0);
  context.textAlign = "center";
  context.textBaseline = "middle";
  const colours = {
    line: themeColour("line"),
    padding: themeColour("padding"),
    muted: themeColour("muted"),
  };
  const place = { cell, before: grid.before };

  const cells = [];
  for (let h = -grid.before; h < grid.height + grid.after; h++) {
    for (let w = -grid.before; w < grid.width + grid.after; w++) {
      cells.push({ h, w, inside: isInside(grid, h, w) });
    }
  }
  for (const { h, w, inside } of cells) {
    const [x, y] = corner(place, h, w);
    context.globalAlpha = inside && grid.faint(h, w) ? 0.25 : 1;
    context.fillStyle = inside ? shade(grid.level(h, w)) : colours.padding;
    context.fillRect(x, y, cell, cell);
  }
  context.globalAlpha = 1;
  if (cell >= 8) {
    context.strokeStyle = colours.line;
    context.lineWidth = 1;
    for (const { h, w } of cells) {
      const [x, y] = corner(place, h, w);
      context.strokeRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
    }
  }
  for (const mark of marks) paintMark(context, place, mark);
  paintTexts(context, place, grid, cells, marks, colours.muted);
  return place;
}

function corner(place, h, w) {
  return [(w + place.before) * place.cell, (h + place.before) * place.cell];
}

function shade(level) {
  const [r, g, b] = (Array.isArray(level) ? level : [level, level, level]).map((part) =>
    Math.round(255 * Math.max(0, Math.min(1, part))),
  );
  return `rgb(${r}, ${g}, ${b})`;
}

function paintMark(context, place, { h, w, fill, edge }) {
  const [x, y] = corner(place, h, w);
  if (fill) {
    context.fillStyle = fill;
    context.fillRect(x, y, place.cell, place.cell);
  }
  if (edge) {
    context.strokeStyle = edge;
    const wide = place.cell >= 14 ? 2 : 1;
    context.lineWidth = wide;
    context.strokeRect(x + wide / 2, y + wide / 2, place.cell - wide, place.cell - wide);
  }
}

/** Write the numbers where all of them fit into their cells, or none. */
function paintTexts(context, place, grid, cells, marks, muted) {
  const marked = new Map(
    marks.filter((mark) => mark.fill).map((mark) => [`${mark.h},${mark.w}`, mark]),
  );
  const texts = cells.map(
    ({ h, w, inside }) =>
      marked.get(`${h},${w}`)?.text ?? (inside ? grid.text(h, w) : grid.paddingText),
  );
  const widest = texts.reduce((a, b) => (b.length > a.length ? b : a), "");
  const font = (size) => `${size}px system-ui, sans-serif`;
  context.font = font(LARGEST_TEXT);
  const fits = (LARGEST_TEXT * (place.cell - 4)) / context.measureText(widest).width;
  const size = Math.floor(Math.min(LARGEST_TEXT, place.cell / 2, fits));
  if (size < SMALLEST_TEXT) return;
  context.font = font(size);
  cells.forEach(({ h, w, inside }, i) => {
    const [x, y] = corner(place, h, w);
    const level = inside ? grid.level(h, w) : null;
    const bright = Array.isArray(level) ? (level[0] + level[1] + level[2]) / 3 > 0.5 : level > 0.5;
    const faint = inside && grid.faint(h, w);
    if (marked.has(`${h},${w}`)) context.fillStyle = "#111";
    else if (!inside || faint) context.fillStyle = muted;
    else context.fillStyle = bright ? "#111" : "#eee";
    context.fillText(texts[i], x + place.cell / 2, y + place.cell / 2 + 0.5);
  });
}

/** The cell (h, w) under a pointer. */
function cellAt(canvas, place, event) {
  const box = canvas.getBoundingClientRect();
  const w = Math.floor((event.clientX - box.left) / place.cell) - place.before;
  const h = Math.floor((event.clientY - box.top) / place.cell) - place.before;
  return [h, w];
}

/** The grid of one channel, or of three as colours (channel -1), bright where the value is high. */
function gridOf(
  picture,
  channel,
  { before = 0, after = 0, paddingText = "0", own = false, faint = () => false },
) {
  const at = (c, h, w) => picture.channels[c][h * picture.width + w];
  const planes = channel < 0 ? picture.channels : [picture.channels[channel]];
  const [low, high, clipped] = own
    ? rangeOf(planes.flatMap((plane) => Array.from(plane)))
    : [0, picture.white];
  const level = (value) => (high > low ? (value - low) / (high - low) : 0.5);
  return {
    height: picture.height,
    width: picture.width,
    before,
    after,
    paddingText,
    faint,
    low,
    high,
    clipped,
    level: (h, w) =>
      channel < 0 ? [0, 1, 2].map((c) => level(at(c, h, w))) : level(at(channel, h, w)),
    text: (h, w) => (channel < 0 ? "" : valueText(at(channel, h, w))),
  };
}

/**
 * What is black, what is white, and whether values lie beyond. Of a photograph's map the outermost
 * fiftieths do: where it meets the zeros of the padding, its edges would outshine all others.
 */
function rangeOf(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const cut = sorted.length > 2000 ? Math.floor(sorted.length / 50) : 0;
  return [sorted[cut], sorted[sorted.length - 1 - cut], cut > 0];
}
