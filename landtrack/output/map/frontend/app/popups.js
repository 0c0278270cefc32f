// What the popups of folium need of jQuery, and no more.

/** Turns markup into an element, which is all that they call. @param {unknown} html */
function markup(html) {
  if (typeof html !== "string") {
    return { 0: html, ready: (/** @type {() => void} */ action) => action() };
  }
  const parsed = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  return parsed ? [document.importNode(parsed, true)] : [];
}

/** Lets the popups of folium do without jQuery, where it is not there. */
export function serve() {
  window.$ = window.$ || markup;
}
