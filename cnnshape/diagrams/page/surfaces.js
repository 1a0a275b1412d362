// Screen and paper: light or dark, and the whole drawing on a printed page.

// Colours: the system's until the reader chooses

const darkSystem = matchMedia("(prefers-color-scheme: dark)");
const page = document.documentElement;

function isDark() {
  return page.dataset.theme === "auto" ? darkSystem.matches : page.dataset.theme === "dark";
}

function tellTheme() {
  byId("theme").setAttribute("aria-pressed", String(isDark()));
}

byId("theme").addEventListener("click", () => {
  page.dataset.theme = isDark() ? "light" : "dark";
  tellTheme();
});
darkSystem.addEventListener("change", tellTheme);

// Paper: the whole drawing on a page

const PAPER = { width: 182, height: 236 }; // mm that the drawing may take of an A4 page
const paper = matchMedia("print");
let pageOnScreen = null;

function preparePaper(printing) {
  if (printing === svg.hasAttribute("viewBox")) return;
  if (printing) pageOnScreen = drawing.page;
  drawing.page = printing ? PAPER : pageOnScreen;
  chooseColumns();
  redraw();
  paintState();
  if (printing) {
    const { width, height } = drawing.size;
    svg.setAttribute("viewBox", `-4 -4 ${width + 12} ${height + 12}`);
    scene.removeAttribute("transform");
  } else {
    svg.removeAttribute("viewBox");
    look();
  }
}

paper.addEventListener("change", () => preparePaper(paper.matches));
window.addEventListener("beforeprint", () => preparePaper(true));
window.addEventListener("afterprint", () => preparePaper(false));
