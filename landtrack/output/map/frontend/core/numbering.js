// Identifiers as people write them: "xp36" and "XP 036" for XP-036. The desk does the same.

const LONGEST = 60;

/**
 * What an identifier must hold to be the one that was typed: the same letters and numbers one after another, whatever
 * stands between them and however many zeros before a number; null where no number was typed.
 * @param {string} typed
 */
export function pattern(typed) {
  const parts = typed.slice(0, LONGEST).toLowerCase().match(/\p{L}+|\p{Nd}+/gu) ?? [];
  if (!parts.some(isNumber)) {
    return null;
  }
  const loose = parts.map((part) => (isNumber(part) ? `0*${part.replace(/^0+(?=\p{Nd})/u, "")}` : part));
  return new RegExp(`(?<!${isNumber(parts[0] ?? "") ? "\\p{Nd}" : "[a-z]"})${loose.join("[^\\p{L}\\p{Nd}]*")}(?!\\p{Nd})`, "u");
}

/** @param {string} part */
function isNumber(part) {
  return /^\p{Nd}/u.test(part);
}
