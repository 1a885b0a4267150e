// The bar that offers to restore a removed step. It stays while the pointer or the focus is on it.
import { el, fill, setText } from "./dom.js";
import { icon } from "./icons.js";
import { appear } from "./motion.js";

const SHOWN_MS = 8000;

export function createUndoBar(dock, onUndo) {
  const sentence = el("span", "undo-text");
  const word = el("span");
  const button = el("button", "undo-button", { type: "button", "data-act": "undo" }, icon("undo"), word);
  const bar = el("div", "undo", { hidden: "" }, sentence, button);
  let timer = 0;
  const hide = () => {
    clearTimeout(timer);
    bar.hidden = true;
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(hide, SHOWN_MS);
    bar.classList.remove("held");
  };
  const hold = () => {
    clearTimeout(timer);
    bar.classList.add("held");
  };
  bar.addEventListener("pointerenter", hold);
  bar.addEventListener("focusin", hold);
  for (const leaving of ["pointerleave", "focusout"]) bar.addEventListener(leaving, () => bar.hidden || wait());
  button.addEventListener("click", onUndo);
  dock.append(bar);
  return {
    hide,
    show(title, labels) {
      setText(sentence, fill(labels.removed, { title }));
      setText(word, labels.undo);
      bar.hidden = false;
      appear(bar);
      wait();
    },
  };
}
