// The kernel's weights: shown, and changed by typing.

const SAYS = {
  transposed:
    "Each pixel adds the kernel times its value to the map; an output collects the pixels that reach it.",
  maximum: "The map gets the largest pixel of the window. Nothing is learnt.",
  average: "The map gets the mean of the window’s pixels. Nothing is learnt.",
};

/** A field for a number: says what it expected where that is none. */
function bindNumber(input, use) {
  input.addEventListener("change", () => {
    const value = parseNumber(input.value);
    input.setAttribute("aria-invalid", String(value === null));
    element("number-error").textContent =
      value === null ? `“${input.value}” is no number; expected one such as 2, −0.5 or 1/16.` : "";
    if (value !== null) use(value);
  });
}

function showKernel(pooling) {
  const { size, operation } = currentLayer();
  element("kernel").hidden = pooling;
  element("kernel-controls").hidden = pooling;
  element("operation-says").textContent = SAYS[operation] ?? "";
  element("kernel-heading").firstChild.textContent = pooling ? "Window " : "Kernel ";
  const channel = Math.max(state.channel, 0);
  const of = state.channels > 1 && !pooling ? `, ${channelName(channel)}` : "";
  element("kernel-size").textContent = `${size} × ${size}${of}`;
  fillSelect(
    element("filter"),
    Array.from({ length: mapChannels() }, (_, k) => [k, k]),
  );
  element("filter").value = state.filter;
  element("filter-label").hidden = mapChannels() === 1;
  element("filter-label").firstChild.textContent = pooling ? "Channel " : "Filter ";
  element("take-over").disabled = !state.map;
  if (!pooling) showWeights(size, channel);
}

function showWeights(size, channel) {
  const { preset, weights, bias } = state.filters[state.filter];
  for (const button of element("presets").children) {
    button.setAttribute("aria-pressed", String(button.dataset.preset === preset));
  }
  element("preset-does").textContent = preset
    ? `${PRESETS[preset].label}: ${PRESETS[preset].does}.`
    : "Your own weights.";
  element("bias").value = weightText(bias);
  element("kernel").classList.toggle("large", size > 3);
  if (element("kernel").rows.length !== size)
    element("kernel").replaceChildren(...weightRows(size));
  element("kernel")
    .querySelectorAll("input")
    .forEach((input, i) => {
      input.value = weightText(weights[channel][i]);
      input.setAttribute("aria-invalid", "false");
    });
  element("number-error").textContent = "";
}

function weightRows(size) {
  return Array.from({ length: size }, (_, r) => {
    const row = document.createElement("tr");
    for (let s = 0; s < size; s++) {
      const input = document.createElement("input");
      input.setAttribute("aria-label", `Weight, row ${r}, column ${s}`);
      input.autocomplete = "off";
      bindNumber(input, (value) => setWeight(Math.max(state.channel, 0), r * size + s, value));
      row.insertCell().append(input);
    }
    return row;
  });
}
