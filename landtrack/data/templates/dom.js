// Making elements: every word of the data goes into text nodes, never into markup.
window.landtrack = window.landtrack || {};

(function (landtrack) {
  "use strict";

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "text") {
        made.textContent = value;
      } else if (value !== null && value !== undefined && value !== false) {
        made.setAttribute(name, value === true ? "" : value);
      }
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  function button(attributes, action, ...children) {
    const made = element("button", { type: "button", ...attributes }, ...children);
    made.addEventListener("click", action);
    return made;
  }

  function data(id) {
    return JSON.parse(document.getElementById(id).textContent);
  }

  // Fills the {name} places of a sentence.
  function fill(sentence, values) {
    return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  }

  // folium's own popups call jQuery for one thing only: to turn markup into an element.
  function markup(html) {
    if (typeof html !== "string") {
      return { 0: html, ready: (action) => action() };
    }
    const parsed = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    return [document.importNode(parsed, true)];
  }

  window.$ = window.$ || markup;

  Object.assign(landtrack, { element, button, data, fill });
})(window.landtrack);
