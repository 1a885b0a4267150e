// Draws a phone's screen with one message. Text written by a person is added only as text.

const LOOKS = ["sms", "flash", "call"];
const HANDSET = "M6.6 3.5h2.6l1.7 4.2-2 1.6a12.2 12.2 0 0 0 5.8 5.8l1.6-2 4.2 1.7v2.6a2.1 2.1 0 0 1-2.3 2.1A16.7 16.7 0 0 1 4.5 5.8a2.1 2.1 0 0 1 2.1-2.3Z";
const PERSON = "M12 11.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5ZM4.8 20a7.2 7.2 0 0 1 14.4 0";
const WAVE = [0.35, 0.6, 1, 0.7, 0.45, 0.85, 0.55, 0.3, 0.65, 0.95, 0.5, 0.75, 0.4];

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".phone");
  if (!root.firstChild) build(root);
  const set = (name, text) => (root.querySelector(`.${name}`).textContent = text);
  for (const look of LOOKS) root.classList.toggle(look, look === data.look);
  root.querySelector(".avatar path").setAttribute("d", data.look === "call" ? HANDSET : PERSON);
  set("sender", data.sender);
  set("text", data.text);
  set("note", data.note);
  const stylesheet = parentElement.querySelector("link[rel=stylesheet]");
  const show = () => root.removeAttribute("hidden");
  if (!stylesheet || stylesheet.sheet) show();
  else stylesheet.addEventListener("load", show, { once: true });
}

function build(root) {
  const el = (name, ...children) => {
    const node = document.createElement("div");
    node.className = name;
    node.append(...children);
    return node;
  };
  const wave = el("wave", ...WAVE.map((height) => Object.assign(el("bar"), { style: `height: ${height * 100}%` })));
  wave.setAttribute("aria-hidden", "true");
  const top = el("top", el("avatar", picture()), el("sender"));
  root.append(el("screen", top, wave, el("bubble", el("text"))), el("note"));
}

function picture() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  return svg;
}
