// The formulas of size and cost with the numbers put in, and the two grids as tables.

function formulaRow(name, formula, numbers, result) {
  const row = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = name;
  row.append(head);
  for (const text of [formula, numbers]) row.insertCell().textContent = text;
  const strong = document.createElement("strong");
  strong.textContent = ` = ${result}`;
  row.lastChild.append(strong);
  return row;
}

function showFormulas() {
  const { operation, size, stride, dilation } = currentLayer();
  const [before, after] = paddingOf(currentLayer());
  const h = state.image.height;
  const p = outputLength(currentLayer(), h);
  const channels = state.image.channels.length;
  const filters = mapChannels();
  const pooling = isPooling(currentLayer());
  const rows = [];
  if (operation === "transposed") {
    rows.push(
      formulaRow(
        "Output size",
        "(H − 1) · stride − padding + dilation · (R − 1) + 1",
        `(${h} − 1) · ${stride} − ${before + after} + ${dilation} · (${size} − 1) + 1`,
        p,
      ),
    );
  } else {
    rows.push(
      formulaRow(
        "Output size",
        "⌊(H + padding − dilation · (R − 1) − 1) / stride⌋ + 1",
        `⌊(${h} + ${before + after} − ${dilation} · (${size} − 1) − 1) / ${stride}⌋ + 1`,
        p,
      ),
    );
  }
  rows.push(
    pooling
      ? formulaRow("Parameters", "none: a pool learns nothing", "0", 0)
      : formulaRow(
          "Parameters",
          "filters · (channels · R · S + 1 bias)",
          `${filters} · (${channels} · ${size} · ${size} + 1)`,
          parameterCount(currentLayer(), channels, filters),
        ),
  );
  if (!pooling && state.map) {
    const pixels = operation === "transposed" ? h : p;
    rows.push(
      formulaRow(
        "Multiply-adds",
        `filters · ${operation === "transposed" ? "H · W" : "P · Q"} · channels · R · S`,
        `${filters} · ${pixels} · ${pixels} · ${channels} · ${size} · ${size}`,
        (filters * pixels * pixels * channels * size * size).toLocaleString("en"),
      ),
    );
  }
  element("formulas").tBodies[0].replaceChildren(...rows);
  element("formula-note").textContent =
    `Padding is both sides together: ${before} before and ${after} after. R = S = ${size} is the kernel's side.`;
}

/** Fill a table with one channel; its first row and column number the pixels. */
function fillTable(table, picture, channel) {
  const head = document.createElement("tr");
  for (let w = -1; w < picture.width; w++) {
    const cell = document.createElement(w < 0 ? "td" : "th");
    if (w >= 0) {
      cell.scope = "col";
      cell.textContent = w;
    }
    head.append(cell);
  }
  const rows = Array.from({ length: picture.height }, (_, h) => {
    const row = document.createElement("tr");
    const name = document.createElement("th");
    name.scope = "row";
    name.textContent = h;
    row.append(name);
    for (let w = 0; w < picture.width; w++) {
      row.insertCell().textContent = valueText(picture.channels[channel][h * picture.width + w]);
    }
    return row;
  });
  table.tHead.replaceChildren(head);
  table.tBodies[0].replaceChildren(...rows);
}

function showTables() {
  if (!element("tables").open) return;
  fillTable(element("image-table"), state.image, Math.max(state.channel, 0));
  element("map-table").hidden = !state.map;
  if (state.map) fillTable(element("map-table"), state.map, state.filter);
}
