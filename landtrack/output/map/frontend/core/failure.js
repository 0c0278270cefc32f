// What could not be had, in words for people too.

/** An error that says by a key of the text catalog what a person is told. */
export class Failure extends Error {
  /** @param {string} message @param {string} key @param {Record<string, unknown>} values @param {unknown} [cause] */
  constructor(message, key, values, cause) {
    super(message, { cause });
    this.name = new.target.name;
    this.key = key;
    this.values = values;
  }
}
