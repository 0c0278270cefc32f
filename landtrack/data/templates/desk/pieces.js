// Large files, sent so that what came stays when the line breaks: the desk says how much of each is there, and the rest
// is sent from there, until all of it is there.
// @ts-check

/** @typedef {{ part: string, there: number }} Part what is there of a file; null of one that is not taken */
/** @typedef {[string, File][]} Files each with the folders that it came with */
/** @typedef {(there: number) => void} Count */

const STRANGER = 401;  // the desk was started anew: it lets in who opened its new address
const LONGEST = 16;    // seconds

/** @type {(seconds: number) => Promise<void>} */
const after = (seconds) => new Promise((go) => { setTimeout(go, seconds * 1000); });

/** @param {string} address @param {RequestInit} what @returns {Promise<Response | null>} null where it is to be asked again */
const asked = async (address, what) => {
  const answer = await fetch(address, { method: "POST", ...what }).catch(() => null);
  return answer?.status === STRANGER ? null : answer;
};

/** @param {File} file @param {number} at @returns {Promise<boolean>} */
const readable = (file, at) => file.slice(at, at + 1).arrayBuffer().then(() => true, () => false);

/**
 * Send what is missing of a file. @param {string} address @param {File} file @param {number} there
 * @param {Count} count @returns {Promise<number>} the status, 0 where the line broke
 */
const patched = (address, file, there, count) => new Promise((give) => {
  const request = new XMLHttpRequest();
  request.upload.onprogress = (event) => { count(event.loaded); };
  request.onload = () => { give(request.status); };
  request.onerror = () => { give(0); };
  request.open("PATCH", address);
  request.setRequestHeader("upload-offset", String(there));
  request.setRequestHeader("content-type", "application/offset+octet-stream");
  request.send(file.slice(there));
});

/**
 * Send what is missing of all files, one after the other.
 * @param {string} address @param {Files} files @param {(Part | null)[]} parts @param {Count} count
 * @returns {Promise<"all" | "broken" | "gone">} gone where a file cannot be read any more
 */
const sent = async (address, files, parts, count) => {
  let before = parts.reduce((sum, each, number) => sum + (each ? each.there : files[number][1].size), 0);
  for (const [number, each] of parts.entries()) {
    const file = files[number][1];
    if (!each || each.there === file.size) continue;
    if (!await readable(file, each.there)) return "gone";
    const start = before;
    const status = await patched(`${address}/${each.part}`, file, each.there, (bytes) => { count(start + bytes); });
    if (status !== 204) return "broken";
    before += file.size - each.there;
  }
  return "all";
};

/**
 * Have files taken in of which all is there.
 * @param {string} address @param {Files} files @param {(Part | null)[]} parts @param {string} title
 */
const take = (address, files, parts, title) => {
  const form = new URLSearchParams({ title });
  for (const [number, each] of parts.entries()) form.append(each ? "part" : "left", each ? each.part : files[number][0]);
  return asked(`${address}/taken`, { body: form });
};

/**
 * Try once to bring files, from where they are.
 * @param {string} address @param {Files} files @param {string} title @param {Count} count
 * @returns {Promise<Response | "broken" | "gone">} the page that follows
 */
const tried = async (address, files, title, count) => {
  const told = files.map(([name, file]) => ({ name, size: file.size, modified: file.lastModified }));
  const begun = await asked(address, { headers: { "content-type": "application/json" }, body: JSON.stringify(told) });
  if (!begun) return "broken";
  if (!begun.ok) return begun;
  const parts = /** @type {(Part | null)[]} */ (await begun.json());
  const how = await sent(address, files, parts, count);
  return how === "all" ? await take(address, files, parts, title) ?? "broken" : how;
};

/**
 * Bring files until all of them are there and taken in.
 * @param {string} address @param {Files} files @param {string} title of a new place
 * @param {{ count: Count, broken: () => void }} says how far they are
 * @returns {Promise<Response | null>} the page that follows; null where a file cannot be read any more
 */
export const bring = async (address, files, title, says) => {
  let pause = 1;
  for (;; pause = Math.min(2 * pause, LONGEST)) {
    const how = await tried(address, files, title, (there) => { says.count(there); pause = 1; });
    if (how !== "broken") return how === "gone" ? null : how;
    says.broken();
    await after(pause);
  }
};
