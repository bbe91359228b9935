// The start: what is shown when, and the first step, where the house's wall begins.

listeners.change.push(showControls, showSizesOnFigures, showFormulas, showTables);
listeners.step.push(showWindow, showSum, showGpu);

bindControls();
bindTransport();
bindPointers();
bindGpu();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => listeners.step.forEach((show) => show()));
element("fold").open = matchMedia("(min-width: 34rem)").matches;
addEventListener("resize", () => listeners.step.forEach((show) => show()));
change({ filters: [newFilter("vertical")], step: 8 * 16 + 3 });
