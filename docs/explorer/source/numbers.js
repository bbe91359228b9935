// Numbers as text, and back.

/** A value: an integer, or with four digits after the point. */
function valueText(value) {
  if (value === -Infinity) return "−∞";
  const text = String(Number(value.toFixed(4)) + 0); // + 0: no minus zero
  return text.replace("-", "−");
}

/** A weight: a fraction such as 1/16 where that says it exactly, else as a value. */
function weightText(weight) {
  if (!Number.isInteger(weight)) {
    for (const denominator of [2, 4, 8, 16, 32, 64, 128, 256]) {
      const numerator = weight * denominator;
      if (Number.isInteger(numerator)) return `${valueText(numerator)}/${denominator}`;
    }
  }
  return valueText(weight);
}

/** The number that a person typed: "2", "-0.5", "1/16"; null where it is none. */
function parseNumber(text) {
  const parts = text.trim().replaceAll("−", "-").replaceAll(",", ".").split("/");
  const numbers = parts.map((part) => (part.trim() === "" ? NaN : Number(part)));
  const value =
    numbers.length === 1 ? numbers[0] : numbers.length === 2 ? numbers[0] / numbers[1] : NaN;
  return Number.isFinite(value) ? value : null;
}
