// The lines of a job as they come; when it ends the page is asked for anew. Without this script
// the page asks for itself every two seconds.
// @ts-check

const log = /** @type {HTMLElement | null} */ (document.querySelector("pre[data-news]"));
if (log) {
  const news = new EventSource(log.dataset.news ?? "");
  let told = "";
  news.onopen = () => { told = ""; };
  news.onmessage = (message) => {
    const { lines, state } = /** @type {{ lines: string[], state: string }} */ (JSON.parse(message.data));
    told += lines.map((each) => `${each}\n`).join("");
    log.textContent = told;
    log.scrollTop = log.scrollHeight;
    if (state !== "waiting" && state !== "working") {
      news.close();
      location.reload();
    }
  };
}
