// Handles clicks, taps and focus in the editor. Returns a function that stops listening.

export function listenToPresses(root, list, editor) {
  const byButton = {
    up: (id) => editor.moveBy(id, -1),
    down: (id) => editor.moveBy(id, 1),
    duplicate: editor.duplicate,
    remove: editor.remove,
  };

  root.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    const id = at(".card")?.dataset.id;
    const act = at("[data-act]")?.dataset.act;
    if (id !== undefined && act in byButton) byButton[act](id);
    else if (at(".main")) editor.select(id);
    else if (at("[data-insert]")) editor.openChoices([...list.children].indexOf(at(".step")));
    else if (at("[data-choice]")) editor.addHere(at("[data-choice]").dataset.choice);
    else if (at("[data-add]")) editor.addLast(at("[data-add]").dataset.add);
  });

  root.addEventListener("focusin", (event) => {
    const id = event.target.closest(".card")?.dataset.id;
    if (id !== undefined) editor.rove(id);
  });

  const onPressElsewhere = (event) => {
    if (!event.composedPath().some((node) => node.classList?.contains("open"))) editor.closeChoices(false);
  };
  document.addEventListener("pointerdown", onPressElsewhere);
  return () => document.removeEventListener("pointerdown", onPressElsewhere);
}
