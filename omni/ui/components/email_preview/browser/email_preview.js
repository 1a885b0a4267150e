// Shows untrusted HTML behind three defences, each sufficient by itself: active elements are removed, the frame's
// sandbox allows nothing, and its policy allows only inline styles and data: images.

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const ACTING = "script, base, link, meta[http-equiv], iframe, frame, object, embed, portal";
const PAPER = `
  html { color-scheme: light; background: #fff; color: #16181d; font: 15px/1.5 Arial, Helvetica, sans-serif; overflow-wrap: break-word; }
  img { max-width: 100%; }
  img:not([src]) { display: inline-block; padding: 6px 10px; border: 1px dashed #a9b0bc; border-radius: 4px; background: #f3f4f6; color: #4b5360; font-size: 13px; }
`;

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".mail");
  if (!root.firstChild) build(root);
  const part = (name) => root.querySelector(`.${name}`);
  for (const name of ["subject", "sender", "caption"]) {
    part(name).textContent = data[name];
    part(name).hidden = !data[name];
  }
  part("head").hidden = !data.subject && !data.sender;
  const initial = [...data.sender.trim()][0] ?? "";
  part("initial").textContent = initial.toUpperCase();
  part("initial").hidden = !initial;
  const frame = part("frame");
  frame.title = data.title;
  frame.style.height = `${data.height}px`;
  const shown = harmless(data.html);
  if (frame.srcdoc !== shown) frame.srcdoc = shown; // writing it again would reload the frame and scroll to its top
  const stylesheet = parentElement.querySelector("link[rel=stylesheet]");
  const show = () => root.removeAttribute("hidden");
  if (!stylesheet || stylesheet.sheet) show();
  else stylesheet.addEventListener("load", show, { once: true });
}

function build(root) {
  const add = (parent, tag, name) => {
    const node = document.createElement(tag);
    node.className = name;
    parent.append(node);
    return node;
  };
  const head = add(root, "div", "head");
  add(head, "span", "initial").setAttribute("aria-hidden", "true");
  const words = add(head, "div", "words");
  add(words, "div", "subject");
  add(words, "div", "sender");
  const frame = document.createElement("iframe");
  frame.className = "frame";
  frame.setAttribute("sandbox", ""); // set before the frame has a document
  frame.setAttribute("referrerpolicy", "no-referrer");
  root.append(frame);
  add(root, "p", "caption");
}

const withoutUrls = (css) => css.replace(/url\(\s*(?!\s*['"]?data:)[^)]*\)/gi, "none").replace(/@import[^;]*;?/gi, "");

// Returns the HTML without anything that could run or load. Addresses that cannot load are removed too, so that a
// missing image shows its alternative text.
function harmless(html) {
  const mail = new DOMParser().parseFromString(html, "text/html"); // inert: nothing runs or loads
  for (const node of mail.querySelectorAll(ACTING)) node.remove();
  for (const node of mail.querySelectorAll("[target], [ping]")) {
    node.removeAttribute("target");
    node.removeAttribute("ping");
  }
  for (const image of mail.querySelectorAll("img, source, [background], [poster]")) {
    for (const name of ["src", "srcset", "background", "poster"]) {
      if (!/^\s*data:/i.test(image.getAttribute(name) ?? "data:")) image.removeAttribute(name);
    }
  }
  for (const node of mail.querySelectorAll("[style]")) node.setAttribute("style", withoutUrls(node.getAttribute("style")));
  for (const node of mail.querySelectorAll("style")) node.textContent = withoutUrls(node.textContent);
  const meta = (attributes) => Object.assign(mail.createElement("meta"), attributes);
  const style = mail.createElement("style");
  style.textContent = PAPER;
  const base = mail.createElement("base");
  base.target = "_blank"; // a new window, which the sandbox does not open: links do nothing
  mail.head.prepend(
    meta({ httpEquiv: "Content-Security-Policy", content: POLICY }),
    meta({ httpEquiv: "x-dns-prefetch-control", content: "off" }),
    meta({ name: "referrer", content: "no-referrer" }),
    base,
    style,
  );
  return `<!doctype html>${mail.documentElement.outerHTML}`;
}
