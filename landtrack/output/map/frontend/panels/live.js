// How the page stands to the desk that serves it: what was judged when, what was entered since.

import { button, element } from "../core/dom.js";
import { may } from "../core/served.js";
import * as Words from "../core/words.js";

/** @import { App, Live } from "../types.js" */

/** A moment in the time of this computer. @param {string} text */
export function moment(text) {
  const at = new Date(text);
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** What is to be said, and whether all that is seen is as it was judged. @param {Live} live @returns {[string[], boolean]} */
export function told({ news, lost, newer }) {
  if (newer) {
    return [[Words.say("map.live_newer")], false];
  }
  const said = lost ? [Words.say("map.live_lost")] : [];
  if (!news) {
    return [said, !lost];
  }
  if (news.fault) {
    return [[...said, Words.say("map.live_fault", { cause: Words.pick(news.fault) })], false];
  }
  said.push(Words.say("map.live_judged", { at: moment(news.at) }));
  if (news.count) {
    const shown = news.features.length ? "map.live_since" : "map.live_many";
    said.push(Words.say(shown, { count: Words.figure(news.count, 0), at: moment(news.last), event: news.event }));
  }
  if (news.reshaped) {
    said.push(Words.say("map.live_reshaped"));
  }
  return [said, !news.count && !lost];
}

/** Has the place judged again. @param {App} app */
async function judge(app) {
  const { served, live } = app;
  try {
    const answer = await fetch(`${served?.place}/run`, { method: "POST" });
    if (!answer.ok) {
      throw new TypeError(`${answer.status}`);
    }
    live.judging = { job: new URL(answer.url).pathname, going_on: true };
  } catch {
    app.say(Words.say("map.live_not_begun"));
  }
  app.map.fire("landtrack:live");
}

/** @param {App} app @param {() => void} renew */
function content(app, renew) {
  const { live } = app;
  const [said, whole] = told(live);
  const ways = live.newer ? button({ class: "lt-plain" }, renew, Words.say("map.live_show"))
    : [
      live.judging ? element("a", { href: live.judging.job, text: Words.say(live.judging.going_on ? "map.live_job" : "map.live_not_done") }) : "",
      " ",
      !live.judging?.going_on && !whole && !live.lost && may(app.served, "POST run") ? button({ class: "lt-plain" }, () => judge(app), Words.say("map.live_judge")) : "",
    ];
  return { said: said.join(" "), whole, ways: [ways].flat() };
}

/** What stands under the title; none where no desk serves the page. @param {App} app @param {() => void} renew */
export function status(app, renew) {
  if (!app.served) {
    return null;
  }
  const text = element("span", { role: "status" });
  const ways = element("span");
  const back = element("a", { class: "lt-to-desk", href: app.served.place, text: Words.say("map.live_desk") });
  const made = element("p", { class: "lt-live" }, back, " · ", text, " ", ways);
  const fill = () => {
    const { said, whole, ways: own } = content(app, renew);
    made.classList.toggle("lt-live-newer", !whole);
    if (text.textContent !== said) {
      text.textContent = said;
    }
    ways.replaceChildren(...own);
  };
  fill();
  app.onUi("landtrack:live", fill);
  return made;
}
