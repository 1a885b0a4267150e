// Shows the length of the SMS being typed. The field is on the page outside the component, so its input event is
// listened to on the document.

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;
const shown = new WeakMap();

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".size");
  if (!shown.has(root)) shown.set(root, build(root));
  const line = shown.get(root);
  // Streamlit makes the widget's key a class, with every character a class may not contain replaced by "-".
  const field = () => document.querySelector(`.st-key-${data.of.replace(/[^a-zA-Z0-9_-]/g, "-")} textarea`);
  const show = (text) => showSize(line, sizeOf(filled(text, data.values)), text.search(PLACEHOLDER) >= 0, data);
  const listen = (event) => {
    if (event.target === field()) show(event.target.value);
  };
  document.addEventListener("input", listen);
  const typing = field();
  // Text being typed is newer than the text the server has.
  show(typing && typing === document.activeElement ? typing.value : data.text);
  showOnceStyled(root, parentElement.querySelector("link[rel=stylesheet]"));
  return () => document.removeEventListener("input", listen);
}

export function filled(text, values) {
  return text.replace(PLACEHOLDER, (_, name) => (Object.hasOwn(values, name.trim()) ? values[name.trim()] : ""));
}

export function sizeOf(text) {
  const lengthening = [...new Set(text)].filter((character) => !isStandard(character));
  const [single, joined] = lengthening.length ? [70, 63] : [160, 153];
  const characters = text.length;
  const parts = characters === 0 ? 0 : characters <= single ? 1 : Math.ceil(characters / joined);
  return { characters, parts, lengthening };
}

// Characters that do not lengthen an SMS: printable ASCII without [ ] |, and line breaks.
const isStandard = (character) => /^[\x20-\x5a\x5c\x5e-\x7b\x7d\x7e\r\n]$/.test(character);

function showSize(line, { characters, parts, lengthening }, isPersonal, { words, language }) {
  const number = (value) => value.toLocaleString(language);
  const form = new Intl.PluralRules(language).select(parts) === "one" ? words.one : words.other;
  const size = form.replace("{characters}", number(characters)).replace("{parts}", number(parts));
  line.size.textContent = isPersonal ? `${size} · ${words.note}` : size;
  line.lengthening.hidden = lengthening.length === 0;
  line.words.textContent = words.lengthening;
  line.characters.replaceChildren(...lengthening.slice(0, 12).map(chip), lengthening.length > 12 ? " …" : "");
}

function chip(character) {
  const made = document.createElement("code");
  made.textContent = /\s/.test(character) ? "␣" : character;
  return made;
}

function build(root) {
  const part = (name) => Object.assign(document.createElement("span"), { className: name });
  const line = { size: part("sum"), lengthening: part("lengthening"), words: part("words"), characters: part("chips") };
  line.lengthening.append(line.words, " ", line.characters);
  root.append(line.size, line.lengthening);
  return line;
}

function showOnceStyled(root, stylesheet) {
  const show = () => root.removeAttribute("hidden");
  if (!stylesheet || stylesheet.sheet) show();
  else stylesheet.addEventListener("load", show, { once: true });
}
