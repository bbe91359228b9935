// Paints the memory that a warp's request touches: a row is 128 bytes, a colour is a lane.

const MOST_ROWS = 16;
const WORDS = ROW_BYTES / 4;

function laneColour(lane) {
  return `hsl(${265 - lane * 7} 70% ${62 + lane * 0.4}%)`;
}

/** The words that a request touches: a Map from address to {lanes}, and its rows of 128 bytes. */
function wordsOf(request) {
  const words = new Map();
  for (const { lane, address } of request.lanes) {
    for (let word = address; word < address + request.bytes; word += 4) {
      words.set(word, [...(words.get(word) ?? []), lane]);
    }
  }
  const rows = [...new Set([...words.keys()].map((word) => Math.floor(word / ROW_BYTES)))].sort(
    (a, b) => a - b,
  );
  return { words, rows };
}

function paintMemory(canvas, request) {
  const { words, rows } = wordsOf(request);
  const shared = request.space === "shared";
  const room = canvas.parentElement.clientWidth;
  const label = room > 560 ? 84 : 0; // the row's address, where there is room for it
  const cell = Math.max(8, Math.min(30, Math.floor((room - label) / WORDS)));
  const height = Math.max(18, Math.min(cell, 24));
  const head = shared && cell >= 16 ? 18 : 0; // the banks' numbers
  const shown = rows.slice(0, MOST_ROWS);
  const sharpness = window.devicePixelRatio || 1;
  const [wide, high] = [label + WORDS * cell + 1, head + shown.length * height + 1];
  canvas.width = wide * sharpness;
  canvas.height = high * sharpness;
  canvas.style.width = `${wide}px`;
  canvas.style.height = `${high}px`;
  const context = canvas.getContext("2d");
  context.setTransform(sharpness, 0, 0, sharpness, 0, 0);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = "11px system-ui, sans-serif";

  context.fillStyle = themeColour("muted");
  for (let bank = 0; head && bank < WORDS; bank++)
    context.fillText(bank, label + (bank + 0.5) * cell, 9);
  shown.forEach((row, i) => {
    const y = head + i * height;
    context.fillStyle = themeColour("muted");
    if (label) context.fillText(`byte ${row * ROW_BYTES}`, label / 2 - 4, y + height / 2);
    for (let column = 0; column < WORDS; column++) {
      const x = label + column * cell;
      const lanes = words.get(row * ROW_BYTES + column * 4);
      const sector = Math.floor((column * 4) / SECTOR);
      const moves = !shared && sectorMoves(words, row, sector);
      context.fillStyle = lanes
        ? laneColour(lanes[0])
        : moves
          ? themeColour("unused")
          : themeColour("back");
      context.fillRect(x, y, cell, height);
      context.strokeStyle = themeColour("line");
      context.lineWidth = 1;
      context.strokeRect(x + 0.5, y + 0.5, cell, height);
      context.fillStyle = "#111";
      if (lanes && cell >= 16)
        context.fillText(
          lanes.length === 1 ? lanes[0] : `${lanes.length}×`,
          x + cell / 2,
          y + height / 2,
        );
    }
  });
  context.strokeStyle = themeColour("text");
  context.lineWidth = 1.5;
  for (let sector = 0; !shared && sector <= 4; sector++) {
    const x = label + sector * (SECTOR / 4) * cell;
    context.beginPath();
    context.moveTo(x, head);
    context.lineTo(x, head + shown.length * height);
    context.stroke();
  }
  return rows.length - shown.length;
}

function sectorMoves(words, row, sector) {
  const first = row * ROW_BYTES + sector * SECTOR;
  for (let word = first; word < first + SECTOR; word += 4) if (words.has(word)) return true;
  return false;
}
