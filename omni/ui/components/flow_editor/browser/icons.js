// Line icons on a 24 x 24 grid, drawn for this editor.

const PATHS = {
  MT: ["M5.5 4.5h13a2.5 2.5 0 0 1 2.5 2.5v8a2.5 2.5 0 0 1-2.5 2.5H12l-4.5 3.4v-3.4h-2A2.5 2.5 0 0 1 3 15V7a2.5 2.5 0 0 1 2.5-2.5Z", "M8.2 11h.01M12 11h.01M15.8 11h.01"],
  VOICE: ["M6.6 3.5h2.6l1.7 4.2-2 1.6a12.2 12.2 0 0 0 5.8 5.8l1.6-2 4.2 1.7v2.6a2.1 2.1 0 0 1-2.3 2.1A16.7 16.7 0 0 1 4.5 5.8a2.1 2.1 0 0 1 2.1-2.3Z"],
  EMAIL: ["M5 5h14a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Z", "m3.6 7 8.4 6 8.4-6"],
  contact: ["M12 11.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5Z", "M4.8 20a7.2 7.2 0 0 1 14.4 0"],
  end: ["M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z", "M9.5 9.5h5v5h-5Z"],
  reach: ["M9 11a3.3 3.3 0 1 0 0-6.6A3.3 3.3 0 0 0 9 11Z", "M2.8 19.5a6.2 6.2 0 0 1 12.4 0M15.6 4.7a3.3 3.3 0 0 1 0 6M18 13.8a6.2 6.2 0 0 1 3.3 5.7"],
  destination: ["M5 6v5a3 3 0 0 0 3 3h11", "m14.5 9.5 4.5 4.5-4.5 4.5"],
  error: ["M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z", "M12 7.8v4.7M12 16h.01"],
  grip: ["M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01"],
  plus: ["M12 5.5v13M5.5 12h13"],
  up: ["M12 19V5.5m-5.5 5.5L12 5.5l5.5 5.5"],
  down: ["M12 5v13.5m5.5-5.5L12 18.5 6.5 13"],
  duplicate: ["M10.5 9h8A1.5 1.5 0 0 1 20 10.5v8a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 9 18.5v-8A1.5 1.5 0 0 1 10.5 9Z", "M5.5 15A1.5 1.5 0 0 1 4 13.5v-8A1.5 1.5 0 0 1 5.5 4h8A1.5 1.5 0 0 1 15 5.5"],
  remove: ["M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 12a1.4 1.4 0 0 0 1.4 1.3h6.6a1.4 1.4 0 0 0 1.4-1.3l.8-12M10.3 11v5.2M13.7 11v5.2"],
  undo: ["M8.5 5 4.5 9l4 4", "M4.5 9H14a5.5 5.5 0 0 1 0 11h-3.5"],
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const d of PATHS[name] ?? []) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
