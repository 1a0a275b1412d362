// The panel of what is known of the selected layer or group, or of the whole network.

const FOLDED = "×N: N alike turns are drawn once; numbers marked ‘each’ are those of one turn.";

/** Show a layer ({layer}), a group ({group}), or the network (null). */
function showDetails(selected) {
  const panel = byId("details");
  if (selected === null) panel.replaceChildren(...networkDetails());
  else if (selected.layer) panel.replaceChildren(...layerDetails(selected.layer));
  else panel.replaceChildren(...groupDetails(selected.group));
  panel.scrollTop = 0;
}

function heading(title, subtitle, kind, closable = true) {
  return element(
    "div",
    { class: "heading" },
    element(
      "div",
      {},
      element("h2", {}, kind && element("span", { class: `swatch ${kind}` }), oneLine(title)),
      subtitle && element("p", { class: "muted" }, subtitle),
    ),
    closable &&
      element(
        "button",
        { type: "button", class: "close", "aria-label": "Close details", title: "Close (Escape)" },
        "×",
      ),
  );
}

/** A list of terms; an entry is [term, ...what is said of it], and null is left out. */
function terms(...entries) {
  return element(
    "dl",
    {},
    entries
      .filter(Boolean)
      .map(([term, ...said]) =>
        element("div", {}, element("dt", {}, term), element("dd", {}, ...said)),
      ),
  );
}

function layerDetails(layer) {
  const { op, box } = layer;
  const inputs = layer.inputs.map((index, place) =>
    element(
      "span",
      { class: "item" },
      op.inputs[place],
      " from ",
      index === OWN ? "the input" : link(layers[index]),
    ),
  );
  return [
    heading(layer.path, `${op.type} ${op.summary}`.trim(), op.kind),
    box.layers.length > 1 && stackTabs(layer),
    turns(box) > 1 &&
      element("p", { class: "note" }, `Drawn once for ${count(turns(box))} alike turns.`),
    drawField(layer.field),
    terms(
      [layer.inputs.length > 1 ? "Inputs" : "Input", ...inputs],
      ["Output", element("strong", {}, op.output), ...readBy(layer)],
      op.formula && ["Formula", element("span", { class: "formula" }, op.formula)],
      ...op.notes.map((note) => ["Note", note]),
      ["Parameters", ...parameters(layer)],
      op.buffers > 0 && ["Buffers", `${count(op.buffers)}, saved but not learned`],
      ["MACs", element("strong", {}, count(op.macs)), ...part(op.macs, network.macs)],
      op.connections !== 0 && ["Connections", count(op.connections)],
      ["Receptive field", fieldText(layer.field)],
    ),
    op.arguments.length > 0 &&
      element(
        "details",
        { class: "arguments" },
        element("summary", {}, "Arguments"),
        terms(...op.arguments.map(([name, value]) => [name, value])),
      ),
  ].filter(Boolean);
}

function link(layer) {
  return element(
    "button",
    { type: "button", class: "link", "data-layer": layer.index },
    oneLine(layer.path),
  );
}

/** The layers of a box, one of them chosen. */
function stackTabs(layer) {
  const { layers: inside } = layer.box;
  if (!inside.includes(layer)) return false;
  return element(
    "div",
    { class: "stack", role: "group", "aria-label": "Layers of this box" },
    inside.map((other) =>
      element(
        "button",
        {
          type: "button",
          "data-layer": other.index,
          "aria-pressed": String(other === layer),
        },
        other.op.type,
      ),
    ),
  );
}

function readBy(layer) {
  const found = readers[layer.index];
  const shown = found.slice(0, 8);
  const given = network.outputs.includes(layer.index);
  const names = shown.flatMap((index, place) => [place ? ", " : "read by ", link(layers[index])]);
  if (found.length > shown.length) names.push(` and ${count(found.length - shown.length)} more`);
  const parts = found.length ? [element("span", { class: "item" }, names)] : [];
  if (given) parts.push(element("span", { class: "item" }, "an output of the network"));
  return parts;
}

function parameters(layer) {
  const { op } = layer;
  if (layer.shares !== OWN) {
    return [
      element("strong", {}, "0"),
      " of its own: the weights are those of ",
      link(layers[layer.shares]),
    ];
  }
  const tensors = op.weights.map(([name, size, elements]) =>
    size.includes("×") ? `${name} ${size} = ${count(elements)}` : `${name} ${size}`,
  );
  return [
    element("strong", {}, count(op.params)),
    ...part(op.params, network.params),
    ...tensors.map((text) => element("span", { class: "item muted" }, text)),
  ];
}

/** A value's share of the whole as a text and a bar. */
function part(value, total) {
  const text = share(value, total);
  if (!text || value === 0) return [];
  const bar = element("span", { class: "bar", "aria-hidden": "true" });
  bar.append(element("span"));
  bar.firstChild.style.width = `${(100 * value) / total}%`;
  return [" ", element("span", { class: "muted" }, `${text} of all`), bar];
}

function groupDetails(group) {
  const times = turns(group);
  const each = times > 1 ? " each" : "";
  const last = group.layers[group.layers.length - 1];
  const total = (value) => (value === null ? null : value * times);
  return [
    heading(
      group.path,
      [group.type, plural(group.count, "layer", "layers")].filter(Boolean).join(", "),
      "group",
    ),
    times > 1 && element("p", { class: "note" }, `Drawn once for ${count(times)} alike turns.`),
    terms(
      ["Output", element("strong", {}, last.op.output)],
      [
        "Parameters",
        element("strong", {}, count(group.params)),
        each,
        ...part(total(group.params), network.params),
      ],
      [
        "MACs",
        element("strong", {}, count(group.macs)),
        each,
        ...part(total(group.macs), network.macs),
      ],
      ["Receptive field", fieldText(last.field), times > 1 ? " after the first turn" : " after it"],
      ["First layer", link(group.layers[0])],
    ),
  ].filter(Boolean);
}

function networkDetails() {
  const { name, reference, description, params, buffers, macs } = network;
  const folded = nodes.some((node) => node.times > 1);
  return [
    heading(name, reference, null, false),
    description && element("p", { class: "description" }, description),
    terms(
      ["Input", network.input],
      [
        network.outputs.length > 1 ? "Outputs" : "Output",
        ...network.outputs.map((index) =>
          element(
            "span",
            { class: "item" },
            layers[index].op.output,
            " from ",
            link(layers[index]),
          ),
        ),
      ],
      ["Parameters", element("strong", {}, count(params))],
      buffers > 0 && ["Buffers", `${count(buffers)}, saved but not learned`],
      ["MACs", element("strong", {}, count(macs)), macs !== null && ` = ${count(2 * macs)} FLOPs`],
    ),
    element(
      "div",
      { class: "conventions muted" },
      [...data.conventions, folded && FOLDED].filter(Boolean).map((text) => element("p", {}, text)),
      element("p", { class: "keys" }, byId("keys").textContent),
    ),
  ].filter(Boolean);
}

// The receptive field on the input, both to the same scale.

const FIELD_WIDTH = 168;
const FIELD_HEIGHT = 112;

function drawField(field) {
  const { space } = network;
  if (field === null || field.length !== space.length || space.length < 1 || space.length > 3)
    return false;
  const faces =
    space.length === 1
      ? [{ input: [space[0], null], seen: [field[0], null], name: "" }]
      : [
          {
            input: space.slice(-1).concat(space.slice(-2, -1)),
            seen: field.slice(-1).concat(field.slice(-2, -1)),
            name: "",
          },
        ];
  if (space.length === 3) {
    faces[0].name = "H×W";
    faces.push({ input: [space[2], space[0]], seen: [field[2], field[0]], name: "D×W" });
  }
  const beyond = field.some((size, dimension) => size > space[dimension]);
  const caption =
    `One output sees ${fieldText(field)} of ${space.join("×")}` +
    (beyond ? ", and beyond into the padding" : "");
  return element(
    "figure",
    { class: "field" },
    faces.map(drawFace),
    element("figcaption", { class: "muted" }, caption),
  );
}

function drawFace({ input, seen, name }) {
  const [inputWidth, inputHeight] = input;
  const [seenWidth, seenHeight] = seen;
  const line = inputHeight === null;
  const widest = Math.max(inputWidth, seenWidth);
  const highest = line ? 1 : Math.max(inputHeight, seenHeight);
  const scale = Math.min(FIELD_WIDTH / widest, line ? Infinity : FIELD_HEIGHT / highest);
  const width = widest * scale;
  const height = line ? 20 : highest * scale;
  const centred = (wide, high, classes) => {
    const w = Math.max(1, wide * scale);
    const h = line ? 20 : Math.max(1, high * scale);
    return shape("rect", {
      class: classes,
      x: (width - w) / 2 + 1,
      y: (height - h) / 2 + 1,
      width: w,
      height: h,
    });
  };
  const below = name ? 16 : 0;
  return shape(
    "svg",
    {
      width: width + 2,
      height: height + 2 + below,
      role: "img",
      "aria-label": `Receptive field ${seen.filter(Boolean).join("×")} on an input of ${input.filter(Boolean).join("×")}`,
    },
    centred(inputWidth, inputHeight, "input"),
    centred(seenWidth, seenHeight, "seen"),
    name &&
      shape(
        "text",
        { x: width / 2 + 1, y: height + 14, "text-anchor": "middle", class: "muted" },
        name,
      ),
  );
}
