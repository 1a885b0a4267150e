// The flow editor's entry point: Streamlit calls it again on each run with new data, with the same shadow root.
import { createEditor } from "./editor.js";

const editors = new WeakMap();

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".flow");
  if (!editors.has(root)) editors.set(root, createEditor(root));
  const editor = editors.get(root);
  editor.receive(data, (gesture) => setStateValue("gesture", gesture));
  showOnceStyled(root, parentElement.querySelector("link[rel=stylesheet]"));
  return editor.dispose;
}

function showOnceStyled(root, stylesheet) {
  const show = () => root.removeAttribute("hidden");
  if (!stylesheet || stylesheet.sheet) show();
  else stylesheet.addEventListener("load", show, { once: true });
}
