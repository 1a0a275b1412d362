// Search over names and types: '/' goes there, Enter and the arrows go through the hits.

const search = { hits: [], at: -1 };
const searchField = byId("search");

function findHits() {
  const wanted = searchField.value.trim().toLowerCase();
  search.at = -1;
  search.hits = wanted === "" ? [] : layers.filter((layer) => searchText(layer).includes(wanted));
  tellHits();
}

/** What is searched of a layer: its path, its type and arguments, and the blocks that it is in. */
function searchText(layer) {
  if (layer.searched === undefined) {
    const { path, op, box } = layer;
    const texts = [path, op.type, op.summary];
    for (let area = box.parent; area !== null; area = area.parent) texts.push(area.type);
    layer.searched = oneLine(texts.join(" ")).toLowerCase();
  }
  return layer.searched;
}

function tellHits() {
  const { hits, at } = search;
  const empty = searchField.value.trim() === "";
  const found = hits.length ? plural(hits.length, "hit", "hits") : "no hit";
  byId("hits").textContent = empty ? "" : at < 0 ? found : `${at + 1} of ${count(hits.length)}`;
  markRows("hit", hits);
  markNodes("hit", new Set(hits.map((layer) => visible(layer.box))));
}

function goToHit(step) {
  const { hits } = search;
  if (!hits.length) return;
  search.at =
    search.at < 0
      ? step > 0
        ? 0
        : hits.length - 1
      : (search.at + step + hits.length) % hits.length;
  select({ layer: hits[search.at] });
  tellHits();
}
