// Keyboard commands for the step that has the focus.

const WALK = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };

export function listenToKeys(root, editor) {
  root.addEventListener("keydown", (event) => {
    const done = onKey(event, editor);
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  });
}

function onKey(event, editor) {
  const command = event.ctrlKey || event.metaKey;
  if (event.key === "Escape") return editor.closeChoices(true);
  if (command && !event.shiftKey && event.key.toLowerCase() === "z") return editor.undo();
  const id = event.target.closest(".card")?.dataset.id;
  if (id === undefined) return false;
  if (command && event.key.toLowerCase() === "d") return editor.duplicate(id);
  if (event.key in WALK && !command && !event.shiftKey) {
    return event.altKey ? editor.moveBy(id, WALK[event.key]) : editor.walk(id, WALK[event.key]);
  }
  if (event.key === "Delete" || event.key === "Backspace") return editor.remove(id);
  return false;
}
