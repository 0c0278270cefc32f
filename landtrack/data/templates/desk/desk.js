// The lines of a job as they come; when it ends the page is asked for anew. Without this script
// the page asks for itself every two seconds.
// @ts-check

const log = /** @type {HTMLElement | null} */ (document.querySelector("pre[data-news]"));
if (log) {
  const news = new EventSource(log.dataset.news ?? "");
  let told = "";
  const state = document.querySelector(".state[role=status]");
  const was = state?.textContent ?? "";
  /** @param {string} text */
  const say = (text) => { if (state && text) state.textContent = text; };
  news.onopen = () => { told = ""; say(was); };
  news.onerror = () => { say(log.dataset.lost ?? ""); };
  news.onmessage = (message) => {
    const { lines, state } = /** @type {{ lines: string[], state: string }} */ (JSON.parse(message.data));
    told += lines.map((each) => `${each}\n`).join("");
    log.textContent = told;
    log.scrollTop = log.scrollHeight;
    if (state !== "waiting" && state !== "working") {
      news.close();
      // files that are on their way would be left half here: the page that follows them has it all
      if (document.querySelector("form.drop button[disabled]")) return;
      if (begun()) ended(); else location.reload();
    }
  };
}

/** Whether something is typed or chosen here that the page would lose. */
function begun() {
  return [...document.querySelectorAll("input, textarea, select")].some((each) => {
    if (each instanceof HTMLSelectElement) {
      const stated = [...each.options].findIndex((own) => own.defaultSelected);
      return each.selectedIndex !== Math.max(0, stated);
    }
    if (each instanceof HTMLTextAreaElement) return each.value !== each.defaultValue;
    if (!(each instanceof HTMLInputElement) || each.type === "hidden") return false;
    if (each.type === "file") return each.files !== null && each.files.length > 0;
    const ticked = each.type === "checkbox" || each.type === "radio";
    return ticked ? each.checked !== each.defaultChecked : each.value !== each.defaultValue;
  });
}

/** Say that it ended, where the page cannot be asked for anew without losing what is typed. */
function ended() {
  const said = document.createElement("p");
  const way = document.createElement("a");
  way.href = location.href.replace(/#.*/, "");
  way.textContent = log?.dataset.ended ?? "";
  said.className = "mark";
  said.setAttribute("role", "status");
  said.append(way);
  log?.after(said);
}

// How long it may still take, by what the last one took; of one that ended its end is what is read.

const took = /** @type {HTMLElement | null} */ (document.querySelector("[data-took]"));
if (took) {
  const { took: whole = "", since = "", left = "" } = took.dataset;
  const shown = took.querySelector("span");
  const count = () => {
    const seconds = Number(whole) - (Date.now() - Date.parse(since)) / 1000;
    if (shown) shown.textContent = seconds > 0 ? left.replace("{}", String(Math.ceil(seconds))) : "";
  };
  count();
  setInterval(count, 1000);
}
for (const each of document.querySelectorAll("pre[data-end]")) each.scrollTop = each.scrollHeight;

// Files that are dropped, and how far they are. Without this script they are chosen and sent. Where
// more is typed with them they are chosen by dropping, and sent by the button.

const SMALL = 8 << 20;  // bytes: what is sent in a moment is sent at once, in one form

const drop = /** @type {HTMLFormElement | null} */ (document.querySelector("form.drop"));
if (drop) {
  const hint = /** @type {HTMLElement} */ (drop.querySelector(".hint"));
  const going = /** @type {HTMLElement} */ (drop.querySelector(".going"));
  const bar = /** @type {HTMLProgressElement} */ (drop.querySelector("progress"));
  hint.hidden = false;

  /** @param {FormData} form @param {[string, File][]} files of it, each with the folders that it came with */
  const send = (form, files) => {
    const large = files.reduce((sum, [, file]) => sum + file.size, 0) > SMALL;
    if (drop.dataset.parts && large) inPieces(files, String(form.get("title") ?? ""));
    else whole(form);
  };

  /** @param {FormData} form @returns {[string, File][]} */
  const filesOf = (form) => [...form.values()].filter((each) => each instanceof File && each.name !== "").map((each) => {
    const file = /** @type {File} */ (each);
    return [file.webkitRelativePath || file.name, file];
  });

  /** What is said of a state, for who looks and who hears. @param {string} said */
  const say = (said) => { if (told.textContent !== said) told.textContent = said; };
  const told = /** @type {HTMLElement} */ (going.querySelector("span"));

  /** @param {[string, File][]} files @param {string} title of a new place */
  const inPieces = async (files, title) => {
    const { again = "", gone = "", at = "" } = told.dataset;
    const size = files.reduce((sum, [, file]) => sum + file.size, 0);
    const [first = "", between = "", last = ""] = at.split("{}");
    const mega = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(0);
    going.hidden = false;
    drop.querySelector("button")?.setAttribute("disabled", "");
    const { bring } = await import("./pieces.js");
    const answer = await bring(drop.dataset.parts ?? "", files, title, {
      count: (there) => { bar.value = there / size; say(first + mega(there) + between + mega(size) + last); },
      broken: () => { say(again); },
    });
    if (answer?.ok) location.assign(answer.url);
    else if (answer) refuse(await answer.text());
    else {
      say(gone);
      drop.querySelector("button")?.removeAttribute("disabled");
    }
  };

  /** Show the page that says why not. @param {string} text */
  const refuse = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    document.querySelector("main")?.replaceWith(page.querySelector("main") ?? "");
  };

  /** @param {FormData} form */
  const whole = (form) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
    request.onload = () => {
      if (request.status >= 400) { refuse(request.responseText); return; }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      if (!stays(page)) location.assign(request.responseURL);
    };
    request.onerror = () => { say(told.dataset.broken ?? ""); };
    request.open("POST", drop.getAttribute("action") ?? "");  // drop.action may be a field of that name
    request.send(form);
    going.hidden = false;
    drop.querySelector("button")?.setAttribute("disabled", "");
  };

  /**
   * Put in what came with a file that belongs to a form of this page, where what was typed stays.
   * @param {Document} page that was answered @returns {boolean}
   */
  const stays = (page) => {
    const choice = document.getElementById(drop.dataset.into ?? "");
    const fresh = page.getElementById(drop.dataset.into ?? "");
    const box = choice?.closest("section");
    const mark = page.querySelector(".mark[role=status]");
    if (!choice || !fresh || !box || !mark) return false;
    choice.replaceWith(fresh);
    box.querySelector(".mark")?.remove();
    box.querySelector("h2")?.after(mark);
    drop.reset();
    going.hidden = true;
    drop.querySelector("button")?.removeAttribute("disabled");
    box.scrollIntoView();
    return true;
  };

  /** @param {FileSystemEntry} entry @returns {Promise<[string, File][]>} */
  const below = async (entry) => {
    if (entry.isFile) {
      const file = await new Promise((give, fail) => /** @type {FileSystemFileEntry} */ (entry).file(give, fail));
      return [[entry.fullPath.replace(/^\//, ""), /** @type {File} */ (file)]];
    }
    const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
    /** @type {[string, File][]} */
    const found = [];
    for (;;) {
      const some = /** @type {FileSystemEntry[]} */ (await new Promise((give, fail) => reader.readEntries(give, fail)));
      if (!some.length) return found;
      for (const each of some) found.push(...await below(each));
    }
  };

  drop.addEventListener("submit", (event) => { 
    event.preventDefault();
    const form = new FormData(drop);
    send(form, filesOf(form));
  });
  for (const name of ["dragover", "dragenter"]) {
    document.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const held = event.dataTransfer;
    const input = /** @type {HTMLInputElement | null} */ (drop.querySelector("input[type=file][multiple]"));
    if ("fill" in drop.dataset && input && held) { input.files = held.files; return; }
    const entries = [...held?.items ?? []].map((each) => each.webkitGetAsEntry()).filter((each) => each !== null);
    const bare = entries.length ? [] : [...held?.files ?? []];
    const form = new FormData();
    for (const each of /** @type {NodeListOf<HTMLInputElement>} */ (drop.querySelectorAll("[name=title], [type=hidden]"))) {
      form.append(each.name, each.value);
    }
    const found = (await Promise.all(entries.map(below))).flat();
    for (const file of bare) found.push([file.name, file]);
    for (const [path, file] of found) form.append("files", file, path);
    send(form, found);
  });
}

// One tick for all of a list. Without this script each is ticked by itself.

for (const all of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[data-tick]"))) {
  const own = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(`input[name="${all.dataset.tick}"][type="checkbox"]`));
  /** @type {HTMLElement} */ (all.closest("[data-all]")).hidden = own.length < 2;
  all.onchange = () => { for (const each of own) each.checked = all.checked; };
}

// A page that is made to be printed.

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-print]"))) {
  button.hidden = false;
  button.onclick = () => window.print();
}

// What if: the answer follows what is typed. Without this script it is asked for by its button.

const live = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-answer]"));
if (live) {
  let last = 0;
  let waits = 0;
  const ask = async () => {
    last += 1;
    const own = last;
    const typed = /** @type {any} */ (new FormData(live));
    const answer = await fetch(`${live.action}?${new URLSearchParams(typed)}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(live.dataset.answer ?? "");
    if (own !== last || !fresh) return;
    document.getElementById(live.dataset.answer ?? "")?.replaceWith(fresh);
    show(JSON.parse(fresh.dataset.values ?? "{}"));
  };
  /** What is dragged goes from nothing to three times what it is now. @type {NodeListOf<HTMLInputElement>} */
  const drags = live.querySelectorAll("[data-drag]");
  /** @param {Record<string, number>} now */
  const show = (now) => {
    for (const each of drags) {
      const value = now[each.dataset.drag ?? ""] ?? 0;
      each.hidden = !(value > 0);
      each.dataset.now = String(value);
    }
  };
  for (const each of drags) {
    each.addEventListener("input", () => {
      const typed = /** @type {HTMLInputElement} */ (document.getElementById(each.dataset.drag ?? ""));
      typed.value = each.value === "100" ? "" : String(Math.round(Number(each.dataset.now) * Number(each.value)) / 100);
    });
  }
  live.addEventListener("focusin", () => { ask(); }, { once: true });
  live.addEventListener("input", () => { clearTimeout(waits); waits = window.setTimeout(ask, 40); });
  live.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formmethod")) return;  // to be kept, not asked
    event.preventDefault();
    ask();
  });
}

// A sheet beside its form: drawn when it comes into view, and anew when something is changed; of
// several changes the last one. Without this script it is asked for by its button.

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-preview]"))) {
  const box = /** @type {HTMLElement} */ (document.getElementById(form.dataset.preview ?? ""));
  let busy = false;
  let shown = "";
  let waits = 0;
  const asked = () => String(new URLSearchParams(/** @type {any} */ (new FormData(form))));
  const draw = async () => {
    const wanted = asked();
    if (busy || wanted === shown || !form.checkValidity()) return;
    busy = true;
    box.setAttribute("aria-busy", "true");
    if (!box.querySelector("img")) box.textContent = form.dataset.busy ?? "";
    try {
      const answer = await fetch(`${form.getAttribute("action")}?${wanted}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(box.id) ?? page.querySelector("main");
      box.replaceChildren(...fresh?.childNodes ?? []);
      for (const each of form.querySelectorAll("[id^=lack-]")) each.textContent = page.getElementById(each.id)?.textContent ?? "";
      for (const each of page.querySelectorAll("#asked-values p")) {  // what is typed already stays
        if (!document.getElementById(each.querySelector("input")?.id ?? "")) form.querySelector("#asked-values")?.append(each);
      }
    } catch {
      box.textContent = form.dataset.lost ?? "";
    }
    shown = wanted;
    busy = false;
    box.removeAttribute("aria-busy");
    draw();
  };
  form.addEventListener("input", () => { clearTimeout(waits); waits = window.setTimeout(draw, 400); });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.getAttribute("formmethod") !== "get") return;
    event.preventDefault();
    shown = "";
    draw();
  });
  if (box.querySelector("img")) shown = asked();
  else new IntersectionObserver((seen, own) => {
    if (!seen.some((each) => each.isIntersecting)) return;
    own.disconnect();
    draw();
  }).observe(form);
}

// An input that an address names lies open, whatever it is folded into.

const named = document.querySelector(":target");
for (let each = named; each; each = each.parentElement) {
  if (each instanceof HTMLDetailsElement) each.open = true;
}
if (named instanceof HTMLElement) {
  named.scrollIntoView({ block: "center" });
  named.focus({ preventScroll: true });
}
