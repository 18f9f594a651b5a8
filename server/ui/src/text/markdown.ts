import purify from "dompurify";
import { Lexer, Marked, type Tokens } from "marked";
import { highlighted } from "./code";

// Agents' markdown: marked writes HTML, in which markup of the agent's own is escaped already, and DOMPurify then keeps only what is
// listed here. Either would do; an agent must get past both.

purify.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName !== "A") return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer nofollow");
});

const allowed = {
  ALLOWED_TAGS: ["a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre",
    "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"],
  ALLOWED_ATTR: ["alt", "class", "dir", "href", "src", "start", "title"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
};

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    html: ({ text }) => escape(text),
    image: ({ href, text }) => (href.startsWith("data:image/") ? `<img src="${escape(href)}" alt="${escape(text)}">` : link(href, text)),
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    code: ({ text, lang }) => code(text, /^\S*/.exec(lang ?? "")![0].toLowerCase()),
  },
});

/** An image elsewhere is not loaded: that would tell its host who reads. */
function link(href: string, text: string): string {
  return `<a href="${escape(href)}">image: ${escape(text || href)}</a>`;
}

function code(text: string, language: string): string {
  return `<pre dir="ltr"><code>${highlighted(text, language) ?? escape(text)}</code></pre>`;
}

function escape(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (c) => names[c]!);
}

/** Cuts markdown into its blocks, so that a text that grows is drawn anew only at its end. */
export function blocks(text: string): string[] {
  try {
    const tokens = new Lexer({ gfm: true }).blockTokens(text) as Tokens.Generic[];
    return tokens.filter((t) => t.type !== "space").map((t) => t.raw);
  } catch {
    return [text]; // nested deeper than the stack allows
  }
}

/** A block as nodes, with nothing that runs or loads. What cannot be read as markdown is text. */
export function nodes(block: string): DocumentFragment {
  try {
    const html = marked.parse(block, { async: false });
    return purify.sanitize(html, { ...allowed, RETURN_DOM_FRAGMENT: true });
  } catch {
    const plain = document.createDocumentFragment();
    plain.append(block);
    return plain;
  }
}
