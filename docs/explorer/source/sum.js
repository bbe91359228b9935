// This step, spelled out: every product with the sum so far, the line of the sum, and in words.

const LONGEST_SUM = 25; // products in a line

function channelName(c) {
  if (state.image.channels.length === 1) return "";
  const colours = state.image.channels.length === 3 && state.picture !== "map";
  return colours ? ["red", "green", "blue"][c] : `channel ${c}`;
}

function showSum() {
  const tables = element("products");
  tables.replaceChildren();
  if (!state.map) {
    element("sum-line").textContent = "";
    element("position").textContent = "";
    return;
  }
  element("sum-heading").textContent = isPooling(currentLayer())
    ? "This step, pixel by pixel"
    : "This step, product by product";
  const terms = currentTerms();
  const channels = [...new Set(terms.map((term) => term.c))];
  for (const c of channels)
    tables.append(
      productTable(
        c,
        terms.filter((term) => term.c === c),
      ),
    );
  element("sum-line").replaceChildren(...sumLine(terms));
  const { p, q } = currentOutput();
  element("position").textContent = `Map row ${p}, column ${q}:`;
}

/** A table as large as the kernel: "pixel × weight" over the sum so far. */
function productTable(c, terms) {
  const { size, operation } = currentLayer();
  const table = document.createElement("table");
  table.createCaption().textContent = channelName(c);
  table.createCaption().hidden = channelName(c) === "";
  for (let r = 0; r < size; r++) {
    const row = table.insertRow();
    for (let s = 0; s < size; s++) {
      const cell = row.insertCell();
      const term = terms.find((each) => each.r === r && each.s === s);
      if (!term) {
        cell.className = "nothing"; // a transposed convolution: no pixel is there
        continue;
      }
      const product = document.createElement("span");
      product.textContent = isPooling(currentLayer())
        ? valueText(term.pixel)
        : `${valueText(term.pixel)} × ${weightText(term.weight)}`;
      const total = document.createElement("small");
      total.textContent = `${operation === "maximum" ? "max" : "sum"} ${valueText(term.total)}`;
      cell.className = term.inside ? "" : "padding";
      cell.append(product, total);
    }
  }
  return table;
}

function productText(term) {
  return `${factor(valueText(term.pixel))}·${factor(weightText(term.weight))}`;
}

/** "red 12", "green −3": the products of each channel added up, where they are too many for a line. */
function channelSums(terms) {
  const sums = new Map();
  for (const { c, product } of terms) sums.set(c, (sums.get(c) ?? 0) + product);
  return [...sums].map(([c, sum]) => `${channelName(c)} ${factor(valueText(sum))}`);
}

function factor(text) {
  return text.startsWith("−") ? `(${text})` : text;
}

function sumLine(terms) {
  const { operation, size, relu } = currentLayer();
  const total = terms.length ? terms[terms.length - 1].total : 0;
  const value = finish({ ...currentLayer(), relu: false }, state.filters, state.filter, total);
  let text;
  if (operation === "maximum")
    text = `max(${terms.map((term) => valueText(term.pixel)).join(", ")})`;
  else if (operation === "average") {
    text = `(${terms.map((term) => factor(valueText(term.pixel))).join(" + ")}) / ${size * size}`;
  } else {
    const { bias } = state.filters[state.filter];
    text =
      [
        ...(terms.length > LONGEST_SUM ? channelSums(terms) : terms.map(productText)),
        ...(bias ? [`${factor(valueText(bias))} (bias)`] : []),
      ].join(" + ") || "no pixel reaches it: 0";
  }
  const result = document.createElement("strong");
  result.textContent = valueText(value);
  const parts = [text, " = ", result];
  if (relu) {
    const rectified = document.createElement("strong");
    rectified.textContent = valueText(Math.max(value, 0));
    parts.push(", ReLU: max(0, ", valueText(value), ") = ", rectified);
  }
  return parts;
}

/** The step in words, for who does not see it. */
function stepInWords() {
  if (!state.map) return element("no-map").textContent;
  const { p, q } = currentOutput();
  const terms = currentTerms();
  const value = state.map.channels[state.filter][state.step];
  const range = (name) => {
    const all = terms.map((term) => term[name]);
    return all.length ? `${Math.min(...all)} to ${Math.max(...all)}` : "none";
  };
  const thread =
    state.view === "gpu" && !element("gpu-thread").hidden
      ? ` ${element("gpu-who").textContent}`
      : "";
  return `Map row ${p}, column ${q}: ${valueText(value)}. Window over image rows ${range("h")}, columns ${range("w")}.${thread}`;
}

function say(text) {
  element("live").textContent = text;
}
