// The network as data.py wrote it, with every reference resolved. Nothing here draws.

const data = JSON.parse(byId("data").textContent);
const { network } = data;

const SKIP = 1;
const SIZE_ONLY = 2;
const OWN = -1; // in an edge: the area's own ports

const layers = data.layers.map(([path, op, inputs, field, shares, shown], index) => ({
  index,
  path,
  inputs,
  field,
  shares,
  shown,
  op: data.ops[op],
  params: shares === OWN ? data.ops[op].params : 0,
  box: null,
}));

/** What each layer's value is read by. */
const readers = layers.map(() => []);
for (const layer of layers) {
  for (const input of new Set(layer.inputs)) if (input !== OWN) readers[input].push(layer.index);
}

/** Boxes and areas by number, in the order of the data; 0 is the whole network. */
const nodes = [];
const root = addNode(data.root, null);
for (const layer of layers) layer.box = layers[layer.shown].box;

function addNode(made, parent) {
  const node = {
    id: nodes.length,
    parent,
    level: parent ? parent.level + 1 : 0,
    area: made.children !== undefined,
    name: oneLine(made.name),
    type: oneLine(made.type ?? ""),
    times: made.times,
    layers: [], // those of one turn
    children: [],
    open: made.open ?? false,
    edges: made.edges ?? [],
    ins: made.ins ?? 1,
    outs: made.outs ?? 1,
  };
  nodes.push(node);
  if (node.area) {
    for (const child of made.children) {
      const added = addNode(child, node);
      node.children.push(added);
      for (const layer of added.layers) node.layers.push(layer);
    }
  } else {
    node.layers = made.layers.map((index) => layers[index]);
    for (const layer of node.layers) layer.box = node;
  }
  node.path = node.area ? made.path : node.layers[0].path;
  const macs = node.layers.map((layer) => layer.op.macs);
  node.params = node.layers.reduce((sum, layer) => sum + layer.params, 0);
  node.macs = macs.includes(null) ? null : macs.reduce((sum, value) => sum + value, 0);
  node.count = node.layers.length;
  return node;
}

/** How often a node is there: alike turns of itself and of the areas around it. */
function turns(node) {
  return node === null ? 1 : node.times * turns(node.parent);
}

/** The node that shows this one: itself, or the outermost closed area around it. */
function visible(node) {
  let shown = node;
  for (let area = node.parent; area !== null; area = area.parent) if (!area.open) shown = area;
  return shown;
}

/** The nodes that are drawn, in the order of the data. */
function* drawnNodes(area = root) {
  for (const child of area.children) {
    yield child;
    if (child.area && child.open) yield* drawnNodes(child);
  }
}

/** How many boxes are drawn in an area if `isOpen` tells which of the areas in it are open. */
function countBoxes(area, isOpen = (inner) => inner.open) {
  let boxes = 0;
  for (const child of area.children) {
    boxes += child.area && isOpen(child) ? countBoxes(child, isOpen) : 1;
  }
  return boxes;
}
