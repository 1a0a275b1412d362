// The table of all layers: every turn of a repeat has its own row, also where it is drawn once.

const COLUMNS = [
  {
    key: "name",
    title: "Name",
    text: (layer) => oneLine(layer.path),
    sort: (layer) => layer.index,
  },
  {
    key: "type",
    title: "Type and arguments",
    text: (layer) => `${layer.op.type} ${oneLine(layer.op.summary)}`.trim(),
    sort: (layer) => `${layer.op.type} ${layer.op.summary}`,
  },
  {
    key: "output",
    title: "Output",
    right: true,
    text: (layer) => layer.op.output,
    sort: (layer) => layer.op.elements,
  },
  {
    key: "params",
    title: "Parameters",
    right: true,
    text: (layer) => count(layer.params),
    sort: (layer) => layer.params,
    total: network.params,
  },
  {
    key: "macs",
    title: "MACs",
    right: true,
    text: (layer) => count(layer.op.macs),
    sort: (layer) => layer.op.macs,
    total: network.macs,
  },
  {
    key: "field",
    title: "Receptive field",
    right: true,
    text: (layer) => fieldText(layer.field),
    sort: (layer) => layer.field && layer.field.reduce((area, size) => area * size, 1),
  },
];
for (const column of COLUMNS) {
  if (column.total)
    column.largest = layers.reduce((most, layer) => Math.max(most, column.sort(layer) ?? 0), 0);
}
const table = byId("layers");
const tableBody = element("tbody", { role: "rowgroup" });
const rows = layers.map(drawRow);
const sorted = { key: null, descending: false };

function drawRow(layer) {
  const cells = COLUMNS.map((column) => {
    const text = column.text(layer);
    const cell = element("td", { role: "gridcell", class: column.right ? "number" : null });
    if (column.key === "name") {
      const cut = text.lastIndexOf(".") + 1;
      cell.className = "path";
      cell.append(
        element("span", { class: `swatch ${layer.op.kind}` }),
        element("span", { class: "around muted" }, element("bdi", {}, text.slice(0, cut))),
        element("span", { class: "last" }, text.slice(cut)),
      );
    } else if (column.key === "type") {
      const { type } = layer.op;
      cell.append(type, element("span", { class: "muted" }, text.slice(type.length)));
    } else {
      cell.append(text);
      if (text === "0" || text === "unknown") cell.classList.add("faint");
    }
    if (column.largest) shade(cell, column.sort(layer) / column.largest);
    if (!column.right) cell.title = text;
    return cell;
  });
  return element(
    "tr",
    { role: "row", "data-layer": layer.index, tabindex: -1, "aria-selected": "false" },
    ...cells,
  );
}

/** A bar behind a number, as long as its part of the column's largest. */
function shade(cell, part) {
  if (!part) return;
  cell.classList.add("bar-cell");
  cell.style.backgroundSize = `${100 * part}% 100%`;
}

function drawTable() {
  const head = COLUMNS.map((column) =>
    element(
      "th",
      {
        role: "columnheader",
        class: column.right ? "number" : null,
        "aria-sort": "none",
        "data-column": column.key,
      },
      element("button", { type: "button" }, column.title),
    ),
  );
  const totals = COLUMNS.map((column) =>
    element(
      "td",
      { role: "gridcell", class: column.right ? "number" : null },
      column.key === "name"
        ? plural(layers.length, "layer", "layers")
        : column.total === undefined
          ? ""
          : count(column.total),
    ),
  );
  table.append(
    element(
      "thead",
      { role: "rowgroup" },
      element("tr", { role: "row" }, ...head),
      element("tr", { role: "row", class: "totals" }, ...totals),
    ),
    tableBody,
  );
  table.setAttribute("aria-rowcount", layers.length + 2);
  setColumnWidths();
  sortBy(null);
}

const CELL_PADDING = 18;
const MOST_NUMBER = 200; // px of a column of numbers or sizes
const LEAST_TEXT = 124; // px of a column of names or arguments
const ON_PAPER = 0.82; // of the size on the screen

/** Numbers have the width that they need; names and arguments share the rest, cut where they must. */
function setColumnWidths() {
  const widths = COLUMNS.map((column) => {
    const words = column.right ? column.title.split(" ") : [column.title];
    let width =
      Math.max(...words.map((word) => textWidth(word, 12, 600))) + (column.right ? 14 : 0);
    for (const text of new Set(layers.map(column.text)))
      width = Math.max(width, textWidth(text, 12.5));
    if (column.total !== undefined)
      width = Math.max(width, textWidth(count(column.total), 12.5, 600));
    const wanted = Math.ceil(width) + CELL_PADDING + (column.key === "name" ? 18 : 0);
    return {
      wanted,
      needed: Math.min(wanted, column.right ? MOST_NUMBER : LEAST_TEXT),
      fixed: column.right,
    };
  });
  const tracks = (scale) =>
    widths
      .map(({ wanted, needed, fixed }) =>
        fixed ? `${needed * scale}px` : `minmax(${needed * scale}px, ${wanted}fr)`,
      )
      .join(" ");
  const least = widths.reduce((sum, { needed }) => sum + needed, 0);
  table.style.setProperty("--columns", tracks(1));
  table.style.setProperty("--paper-columns", tracks(ON_PAPER));
  table.style.setProperty("--least-width", `${least}px`);
}

/** Sort by a column: numbers the largest first, then the other way, then as the data flow. */
function sortBy(key) {
  const column = COLUMNS.find((other) => other.key === key);
  if (!column) Object.assign(sorted, { key: null, descending: false });
  else if (sorted.key !== key) Object.assign(sorted, { key, descending: Boolean(column.right) });
  else if (sorted.descending === Boolean(column.right)) sorted.descending = !sorted.descending;
  else Object.assign(sorted, { key: null, descending: false });

  const order = layers.map((layer) => layer.index);
  if (sorted.key) {
    const values = layers.map(column.sort);
    const sign = sorted.descending ? -1 : 1;
    order.sort((one, other) => compare(values[one], values[other], sign) || one - other);
  }
  tableBody.replaceChildren(...order.map((index) => rows[index]));
  order.forEach((index, place) => rows[index].setAttribute("aria-rowindex", place + 3));
  for (const heading of table.querySelectorAll("th")) {
    const direction = sorted.descending ? "descending" : "ascending";
    heading.setAttribute("aria-sort", heading.dataset.column === sorted.key ? direction : "none");
  }
}

/** What is not known comes last whichever way one sorts. */
function compare(one, other, sign) {
  if (one === null || other === null) return (one === null) - (other === null);
  if (typeof one === "string") return sign * one.localeCompare(other, "en", { numeric: true });
  return sign * (one - other);
}

function markRows(name, marked) {
  for (const row of tableBody.querySelectorAll(`.${name}`)) row.classList.remove(name);
  for (const layer of marked) rows[layer.index].classList.add(name);
}

/** Mark the selected layer's row and let Tab reach it. */
function selectRow(layer, { scroll = true } = {}) {
  for (const row of tableBody.querySelectorAll('[aria-selected="true"]'))
    row.setAttribute("aria-selected", "false");
  for (const row of tableBody.querySelectorAll('[tabindex="0"]')) row.setAttribute("tabindex", -1);
  const row = layer ? rows[layer.index] : tableBody.firstElementChild;
  row?.setAttribute("tabindex", 0);
  if (!layer) return;
  row.setAttribute("aria-selected", "true");
  if (scroll) scrollToRow(row);
}

function scrollToRow(row) {
  const pane = table.parentElement;
  const head = table.tHead.getBoundingClientRect();
  const { top, bottom } = row.getBoundingClientRect();
  const area = pane.getBoundingClientRect();
  if (pane.scrollHeight <= pane.clientHeight) return;
  if (top < head.bottom) pane.scrollTop -= head.bottom - top + 40;
  else if (bottom > area.bottom) pane.scrollTop += bottom - area.bottom + 40;
}
