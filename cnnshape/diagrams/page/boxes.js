// What a box says, how large it is, and its picture.

const NAME = 13; // font sizes
const LINE = 12;
const FIGURE = 11.5;
const ROW = 17; // from one line of text to the next
const INSIDE = 10; // between a box's border and its text
const ICON = 12;
const LEAST_WIDTH = 132;
const MOST_WIDTH = 264;
const facts = new Set(data.facts);

/** What a box says: {name, times, right, lines: [{strong, text, layer}], figures: [left, right]}. */
function contentOf(node) {
  const { layers: inside } = node;
  const last = inside[inside.length - 1];
  const each = turns(node) > 1 ? "each " : "";
  const figures = [
    facts.has("params") && node.params > 0 ? `${each}${count(node.params)} params` : "",
    facts.has("macs") && node.macs !== 0
      ? `${node.macs === null ? "?" : count(node.macs)} MACs`
      : "",
  ];
  const lines = node.area
    ? [{ strong: node.type, text: plural(node.count, "layer", "layers"), layer: null }]
    : inside.map((layer) => ({
        strong: layer.op.type,
        text: facts.has("arguments") ? oneLine(layer.op.summary) : "",
        layer,
      }));
  const say = (text) => lines.push({ strong: "", text, layer: null });
  if (facts.has("rf")) say(`receptive field ${fieldText(last.field)}`);
  if (facts.has("formula") && !node.area) {
    for (const layer of inside) if (layer.op.formula) say(oneLine(layer.op.formula));
  }
  if (facts.has("path")) say(oneLine(node.path));
  return {
    name: node.name,
    times: node.times > 1 ? `×${count(node.times)}` : "",
    right: facts.has("shape") ? last.op.output : "",
    lines,
    figures: figures.some(Boolean) ? figures : null,
  };
}

function fieldText(field) {
  return field === null ? "unknown" : field.join("×");
}

function naturalWidth(node) {
  const { name, times, right, lines, figures } = node.content;
  const gap = (...texts) => 14 * Math.max(0, texts.filter(Boolean).length - 1);
  const wide = [
    (node.area ? ICON + 7 : 0) +
      textWidth(name, NAME, 600) +
      textWidth(times, NAME, 600) +
      (times ? 6 : 0) +
      gap(name, right) +
      textWidth(right, LINE),
    ...lines.map(({ strong, text }) => textWidth(`${strong} ${text}`, LINE)),
    figures ? figures.reduce((sum, text) => sum + textWidth(text, FIGURE), 0) + gap(...figures) : 0,
  ];
  return Math.max(...wide) + 2 * INSIDE;
}

/** Measure all boxes: those of one area are equally wide, whether its groups are open or not. */
function measureBoxes() {
  for (const area of nodes.filter((node) => node.area)) {
    let width = LEAST_WIDTH;
    for (const child of area.children) {
      child.content = contentOf(child);
      width = Math.max(width, Math.min(MOST_WIDTH, Math.ceil(naturalWidth(child) / 4) * 4));
    }
    for (const child of area.children) {
      const { content } = child;
      content.lines = content.lines.flatMap((line) => wrapLine(line, width - 2 * INSIDE));
      const { lines, figures } = content;
      const height = 14 + ROW * (1 + lines.length + (figures ? 1 : 0));
      child.size = { width, height, axis: width / 2, ins: [width / 2], outs: [width / 2] };
      if (child.area) child.headerWidth = Math.min(MOST_WIDTH, headerWidth(child));
    }
  }
}

/** A line as several where its arguments need them: broken between two, the rest set in. */
function wrapLine({ strong, text, layer }, width) {
  const made = [{ strong, text: "", layer, inset: 0 }];
  for (const word of text.split(/(?<=,) /u)) {
    const line = made[made.length - 1];
    const longer = line.text ? `${line.text} ${word}` : word;
    const before = line.strong ? `${line.strong} ` : "";
    if (!line.text || textWidth(before + longer, LINE) <= width - line.inset) line.text = longer;
    else made.push({ strong: "", text: word, layer, inset: INSIDE });
  }
  return made;
}

function headerWidth({ name, type, content }) {
  const typeWidth = type ? textWidth(type, LINE) + 10 : 0;
  const timesWidth = content.times ? textWidth(content.times, NAME, 600) + 6 : 0;
  return 2 * INSIDE + ICON + 7 + textWidth(name, NAME, 600) + timesWidth + typeWidth;
}

function pillSize() {
  const texts = [
    "input",
    network.input,
    ...network.outputs.map((index) => layers[index].op.output),
  ];
  const widest = Math.max(...texts.map((text) => textWidth(text, LINE)));
  const width = Math.min(MOST_WIDTH, Math.max(88, widest + textWidth("output 10", LINE) + 30));
  return { width, height: 26, axis: width / 2, ins: [width / 2], outs: [width / 2] };
}

/** The input, or an output. */
function drawPill(name, size, [x, y], { width, height }) {
  const inside = width - 24;
  const told = shorten(`${name}  ${size}`, inside, LINE);
  return shape(
    "g",
    { class: "pill", transform: `translate(${x - width / 2} ${y})` },
    shape("rect", { width, height, rx: height / 2 }),
    shape(
      "text",
      { x: width / 2, y: 17, "text-anchor": "middle" },
      shape("tspan", { class: "muted" }, told.slice(0, name.length)),
      told.slice(name.length),
    ),
  );
}

function drawBox(node) {
  const { width, height } = node.size;
  const { lines, figures } = node.content;
  const inside = width - 2 * INSIDE;
  const kind = node.area ? "group" : node.layers[0].op.kind;
  const made = shape("g", treeItem(node, `box ${kind}`));
  if (node.times > 1) {
    made.append(shape("rect", { class: "behind", x: 4, y: 4, width, height, rx: 6 }));
  }
  made.append(
    shape("title", {}, tooltip(node)),
    shape("rect", { class: "face", width, height, rx: 6 }),
  );
  made.append(...titleRow(node, inside));
  let y = 20 + ROW;
  for (const { strong, text, layer, inset } of lines) {
    const at = { x: INSIDE + inset, y, "data-layer": layer ? layer.index : null };
    made.append(lineOf(strong, text, at, inside - inset));
    y += ROW;
  }
  if (figures) made.append(...figureRow(figures, y, width));
  return made;
}

/** Parameters to the left, MACs to the right. */
function figureRow([left, right], y, width) {
  const inside = width - 2 * INSIDE;
  const shownRight = shorten(right, right && left ? inside / 2 + 20 : inside, FIGURE);
  const room = inside - (shownRight ? textWidth(shownRight, FIGURE) + 8 : 0);
  const put = (text, x, anchor) =>
    text && shape("text", { x, y, class: "figure muted", "text-anchor": anchor }, text);
  return [
    put(shorten(left, room, FIGURE), INSIDE, null),
    put(shownRight, width - INSIDE, "end"),
  ].filter(Boolean);
}

function titleRow(node, inside) {
  const { name, times, right } = node.content;
  const start = INSIDE + (node.area ? ICON + 7 : 0);
  const taken =
    (times ? textWidth(times, NAME, 600) + 6 : 0) + (right ? textWidth(right, LINE) + 12 : 0);
  const shown = shorten(name, Math.max(40, inside + INSIDE - start - taken), NAME, 600);
  const row = [shape("text", { x: start, y: 20, class: "name" }, shown)];
  if (times) {
    const x = start + textWidth(shown, NAME, 600) + 6;
    row.push(shape("text", { x, y: 20, class: "name times" }, times));
  }
  if (right) {
    row.push(
      shape("text", { x: inside + INSIDE, y: 20, class: "size", "text-anchor": "end" }, right),
    );
  }
  if (node.area) row.push(toggle(true));
  return row;
}

function lineOf(strong, text, attributes, width) {
  const type = shorten(strong, width, LINE);
  const rest = text
    ? shorten(`${strong ? " " : ""}${text}`, width - textWidth(type, LINE), LINE)
    : "";
  return shape(
    "text",
    { ...attributes, class: "line" },
    type,
    rest && shape("tspan", { class: "muted" }, rest),
  );
}

/** The square with + or − before a group's name. */
function toggle(closed) {
  const sign = closed ? "M3 6h6M6 3v6" : "M3 6h6";
  return shape(
    "g",
    { class: "toggle", transform: `translate(${INSIDE} ${9.5})`, "aria-hidden": "true" },
    shape("rect", { width: ICON, height: ICON, rx: 2.5 }),
    shape("path", { d: sign }),
  );
}

/** The title of an open area; the area's ground is drawn apart, under the arrows. */
function drawHeader(node, width) {
  const { name, type } = node;
  const { times } = node.content;
  const made = shape("g", treeItem(node, "header"));
  const inside = width - 2 * INSIDE - ICON - 7;
  const timesWidth = times ? textWidth(times, NAME, 600) + 6 : 0;
  const typeWidth = type ? Math.min(textWidth(type, LINE), inside / 2) + 10 : 0;
  const shown = shorten(name, inside - timesWidth - typeWidth, NAME, 600);
  let x = INSIDE + ICON + 7;
  made.append(
    shape("title", {}, tooltip(node)),
    shape("path", {
      class: "face",
      d: `M1.5 ${HEADER}V6a4.5 4.5 0 0 1 4.5-4.5H${width - 6}a4.5 4.5 0 0 1 4.5 4.5V${HEADER}z`,
    }),
    toggle(false),
    shape("text", { x, y: 20, class: "name" }, shown),
  );
  x += textWidth(shown, NAME, 600) + 6;
  if (times) made.append(shape("text", { x, y: 20, class: "name times" }, times));
  x += timesWidth + 4;
  if (type) {
    made.append(
      shape("text", { x, y: 20, class: "line muted" }, shorten(type, width - INSIDE - x, LINE)),
    );
  }
  return made;
}

function treeItem(node, classes) {
  return {
    id: `node-${node.id}`,
    class: `node ${classes}`,
    role: "treeitem",
    tabindex: -1,
    "aria-level": node.level,
    "aria-expanded": node.area ? String(node.open) : null,
    "aria-label": spoken(node),
    "data-node": node.id,
  };
}

function spoken(node) {
  const { name, times, right, lines } = node.content;
  const what = lines.map(({ strong, text }) => `${strong} ${text}`.trim()).join(" ");
  return [name, times, what, right ? `output ${right}` : ""].filter(Boolean).join(", ");
}

function tooltip(node) {
  if (node.area) {
    const alike = node.times > 1 ? `, ${count(node.times)} alike` : "";
    return `${node.path}${alike}\n${plural(node.count, "layer", "layers")}`;
  }
  return node.layers
    .map(({ path, op }) =>
      [`${path}: ${op.type} ${op.summary}`.trim(), op.formula].filter(Boolean).join("\n"),
    )
    .join("\n");
}
