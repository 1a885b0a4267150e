// Draws the strip; Streamlit calls it again on each run with new data.

const ICONS = {
  practice: ["M9.5 3.5h5M10.2 3.5v5.6L5 18.2a1.6 1.6 0 0 0 1.4 2.3h11.2a1.6 1.6 0 0 0 1.4-2.3l-5.2-9.1V3.5", "M7.7 14.5h8.6"],
  live: [
    "M12 13.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4Z",
    "M8.6 15.4a4.8 4.8 0 0 1 0-6.8M15.4 8.6a4.8 4.8 0 0 1 0 6.8M5.8 18.2a8.8 8.8 0 0 1 0-12.4M18.2 5.8a8.8 8.8 0 0 1 0 12.4",
  ],
};

export default function ({ parentElement, data }) {
  const strip = parentElement.querySelector(".strip");
  const words = JSON.stringify(data);
  if (strip.dataset.words === words) return;
  strip.dataset.words = words;
  strip.className = `strip ${data.kind}`;
  const mode = part("strong", "mode", data.title);
  mode.prepend(icon(ICONS[data.kind] ?? []));
  strip.replaceChildren(mode, part("span", "about", data.about));
  showOnceStyled(strip, parentElement.querySelector("link[rel=stylesheet]"));
}

function part(tag, name, text) {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

function icon(paths) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

function showOnceStyled(element, stylesheet) {
  const show = () => element.removeAttribute("hidden");
  if (!stylesheet || stylesheet.sheet) show();
  else stylesheet.addEventListener("load", show, { once: true });
}
