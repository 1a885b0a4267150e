// Scrolls the editor's scrolling ancestor while a card is dragged near its upper or lower edge.

const EDGE_PX = 72;
const FASTEST_PX = 18; // per animation frame

export function createScroller(root, onScroll) {
  const box = scrollingAncestor(root);
  const isPage = box === document.scrollingElement;
  const begun = box.scrollTop;
  let speed = 0;
  let frame = 0;

  const step = () => {
    frame = 0;
    const before = box.scrollTop;
    box.scrollTop += speed;
    if (speed === 0 || box.scrollTop === before) return;
    onScroll();
    ask();
  };
  const ask = () => {
    if (frame === 0) frame = requestAnimationFrame(step);
  };

  return {
    scrolled: () => box.scrollTop - begun,
    pull(y) {
      const frameOf = isPage ? { top: 0, bottom: innerHeight } : box.getBoundingClientRect();
      const upper = Math.max(0, frameOf.top) + EDGE_PX - y;
      const lower = y - (Math.min(innerHeight, frameOf.bottom) - EDGE_PX);
      const depth = Math.min(1, Math.max(upper, lower, 0) / EDGE_PX);
      speed = Math.round(FASTEST_PX * depth) * (upper > lower ? -1 : 1);
      if (speed !== 0) ask();
    },
    stop() {
      speed = 0;
      cancelAnimationFrame(frame);
    },
  };
}

// Looks upwards, also out of shadow roots: Streamlit scrolls a section of its page, not the page.
function scrollingAncestor(node) {
  for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) {
    const flows = /auto|scroll/.test(getComputedStyle(at).overflowY);
    if (flows && at.scrollHeight > at.clientHeight) return at;
  }
  return document.scrollingElement;
}
