// The layout of an open area: rows from above, columns, and arrows that pass no box.
//
// Every edge goes down: out of its source, across in the gap between two rows, down a lane
// that is free of boxes, across in a second gap, and into its target. Areas are laid out from
// the inside out; where a value passes a border is fixed by the inner layout.

const HEADER = 30; // the height of an open area's title
const PADDING = 16; // between an area's border and what is in it
const STRIP_GAP = 44; // between strips that stand side by side
const GAP = 32; // between two rows
const TRACK = 9; // from one horizontal line in a gap to the next

/**
 * The layout of an open area whose children's sizes `sizeOf` tells, by child:
 * {width, height, axis, ins, outs}, `axis`, `ins` and `outs` being distances from the left edge.
 * What is higher than `most` goes on beside itself where a single arrow can be led there.
 *
 * The same of the area, with {at: [[child, x, y]], pills: [[x, y]], arrows} from its upper left
 * corner. An arrow's `source` and `target` are children, or null for the area's own ports;
 * `exit` and `entry` are the numbers of the ports.
 */
function layOut(area, sizeOf, most) {
  const vertices = makeVertices(area, sizeOf);
  const edges = makeEdges(area, vertices);
  rankVertices(vertices);
  placeColumns(vertices.all);
  const rows = makeRows(vertices.all);
  findLanes(edges, rows);
  const tracks = findTracks(edges, rows);
  setGaps(area, rows, tracks);
  const strips = cutStrips(edges, rows, most);
  return measureArea(area, vertices, edges, rows, strips);
}

function makeVertices(area, sizeOf) {
  const port = () => ({
    child: null, port: true, left: LANE / 2, right: LANE / 2, height: 0, ins: [0], outs: [0],
  });
  const pill = (size) => ({ ...port(), ...around(size), port: false, height: size.height });
  const own = (number, size) => Array.from({ length: number }, () => (size ? pill(size) : port()));
  const entries = own(area.ins, area.parent === null && sizeOf(null));
  const exits = own(area.outs, area.parent === null && sizeOf(null));
  const children = area.children.map((child) => {
    const size = sizeOf(child);
    return { child, port: false, ...around(size), height: size.height };
  });
  const all = [...entries, ...children, ...exits];
  for (const vertex of all) Object.assign(vertex, { next: [], before: [], rank: 0, x: 0 });
  return { entries, children, exits, all };
}

/** Extents from the axis, and ports from the axis. */
function around({ width, axis, ins, outs }) {
  return {
    left: axis,
    right: width - axis,
    ins: ins.map((x) => x - axis),
    outs: outs.map((x) => x - axis),
  };
}

function makeEdges(area, { entries, children, exits }) {
  const found = new Map();
  for (const [from, out, to, into, flags] of area.edges) {
    const source = from === OWN ? entries[out] : children[from];
    const target = to === OWN ? exits[into] : children[to];
    const edge = {
      source, target, flags,
      exit: out,
      entry: into,
      out: from === OWN || source.outs.length === 1 ? 0 : out,
      into: to === OWN || target.ins.length === 1 ? 0 : into,
    };
    // A closed area has one port: values that pass an open one apart come together there.
    const key = `${from} ${from === OWN ? out : edge.out} ${to} ${to === OWN ? into : edge.into}`;
    const same = found.get(key);
    if (same) {
      same.flags &= flags;
      continue;
    }
    found.set(key, edge);
    source.next.push(target);
    target.before.push(source);
  }
  return [...found.values()];
}

function rankVertices({ entries, all, exits }) {
  let last = 0;
  for (const vertex of all) {
    if (entries.includes(vertex)) continue;
    vertex.rank = 1 + Math.max(0, ...vertex.before.map((before) => before.rank));
    if (!exits.includes(vertex)) last = Math.max(last, vertex.rank);
  }
  for (const vertex of exits) vertex.rank = last + 1;
}

/**
 * For each rank: its height, the spans [from, to, value] that lanes must keep clear of, and the
 * horizontal lines in the gap below it that belong to lanes.
 */
function makeRows(vertices) {
  const ranks = Math.max(...vertices.map((vertex) => vertex.rank));
  const rows = Array.from({ length: ranks + 1 }, () => ({ height: 0, taken: [], lines: [] }));
  for (const vertex of vertices) {
    const row = rows[vertex.rank];
    row.height = Math.max(row.height, vertex.height);
    row.taken.push([vertex.x - vertex.left - LANE, vertex.x + vertex.right + LANE, null]);
  }
  return rows;
}

/** The room below each row: for arrows, or only as much as a border keeps. */
function setGaps(area, rows, tracks) {
  const whole = area.parent === null;
  if (!whole) rows[0].height = HEADER;
  rows.forEach((row, rank) => {
    const last = rank === rows.length - 1;
    const border = !whole && (rank === 0 || rank === rows.length - 2);
    const room = border && !tracks[rank] ? PADDING : GAP + TRACK * Math.max(0, tracks[rank] - 1);
    row.room = last ? 0 : room;
  });
}

/** Cut the rows into strips of about `most` in height, where a single arrow passes. */
function cutStrips(edges, rows, most) {
  const passing = rows.map(() => 0);
  for (const { source, target } of edges) {
    const long = target.rank - source.rank > 1;
    for (let rank = source.rank; rank < target.rank; rank += 1) passing[rank] += long ? Infinity : 1;
  }
  const strips = [{ first: 0 }];
  let height = 0; // of the strip so far
  let cut = null; // the last row after which it may end, and its height up to there
  rows.forEach((row, rank) => {
    if (cut !== null && height + row.height > most) {
      strips.push({ first: cut.rank + 1 });
      height -= cut.height;
      cut = null;
    }
    height += row.height + row.room;
    if (passing[rank] === 1 && rank > 0 && rank < rows.length - 2) cut = { rank, height };
  });
  strips.forEach((strip, index) => {
    const end = strips[index + 1]?.first ?? rows.length;
    for (const row of rows.slice(strip.first, end)) row.strip = strip;
  });
  return strips;
}

function measureArea(area, { entries, children, exits, all }, edges, rows, strips) {
  const whole = area.parent === null;
  const margin = whole ? 0 : PADDING;
  setExtents(all, edges, rows, strips);
  let height = 0;
  let right = null;
  for (const strip of strips) {
    // Where the left edge of a strip would be, the one before it ends, and an arrow's room.
    strip.shift = right === null ? 0 : right + STRIP_GAP - strip.left;
    strip.channel = strip.left + strip.shift - STRIP_GAP / 2;
    right = strip.right + strip.shift;
    let y = strip === strips[0] ? 0 : GAP + (whole ? 0 : HEADER);
    for (const row of rows.filter((row) => row.strip === strip)) {
      row.top = y;
      row.bottom = y + row.height;
      y = row.bottom + row.room;
    }
    height = Math.max(height, y);
  }
  const left = strips[0].left - margin;
  const missing = Math.max(0, (whole ? 0 : area.headerWidth) - (right + margin - left));
  const axis = missing / 2 - left;
  if (!whole) rows[rows.length - 1].top = height;
  const x = (vertex) => vertex.x + rows[vertex.rank].strip.shift + axis;
  return {
    width: right + margin - left + missing,
    height,
    axis,
    ins: entries.map(x),
    outs: exits.map(x),
    at: children.map((vertex) => [vertex.child, x(vertex) - vertex.left, rows[vertex.rank].top]),
    pills: whole ? [...entries, ...exits].map((vertex) => [x(vertex), rows[vertex.rank].top]) : [],
    arrows: edges.map((edge) => makeArrow(edge, rows, axis)),
  };
}

/** How far each strip goes to both sides, boxes and lanes. */
function setExtents(vertices, edges, rows, strips) {
  for (const strip of strips) Object.assign(strip, { left: Infinity, right: -Infinity });
  const widen = (strip, left, right) => {
    strip.left = Math.min(strip.left, left);
    strip.right = Math.max(strip.right, right);
  };
  for (const { x, left, right, rank } of vertices) widen(rows[rank].strip, x - left, x + right);
  for (const { lane, source } of edges) widen(rows[source.rank].strip, lane, lane);
}

function makeArrow(edge, rows, axis) {
  const { source, target, flags, exit, entry } = edge;
  const from = rows[source.rank];
  const to = rows[target.rank];
  const points = from.strip === to.strip ? pointsWithin(edge, rows) : pointsAcross(edge, from, to);
  return {
    points: points.map(([x, y]) => [x + axis, y]),
    flags,
    source: source.child ?? null,
    target: target.child ?? null,
    exit,
    entry,
    head: !target.port && !(target.child && target.child.area && target.child.open),
  };
}

function pointsWithin({ source, target, from, lane, to, lines }, rows) {
  const { shift } = rows[source.rank].strip;
  const points = [[from + shift, rows[source.rank].top + source.height]];
  let x = from;
  for (const line of lines) {
    const end = line.entering ? to : lane;
    const above = rows[line.entering ? target.rank - 1 : source.rank];
    const y = above.bottom + GAP / 2 - 3 + TRACK * line.track;
    points.push([x + shift, y], [end + shift, y]);
    x = end;
  }
  points.push([to + shift, rows[target.rank].top]);
  return points;
}

/** From the end of one strip up to the beginning of the next. */
function pointsAcross({ source, from, to }, before, after) {
  const [start, end] = [from + before.strip.shift, to + after.strip.shift];
  const { channel } = after.strip;
  const [below, above] = [before.bottom + GAP / 2, after.top - GAP / 2 - 3];
  return [
    [start, before.top + source.height], [start, below], [channel, below],
    [channel, above], [end, above], [end, after.top],
  ];
}
