// The memory pane: the picture, told what the page knows. It comes over the wire with the first entry.

import { element, paint } from "../dom.js";

/** @param {import("../model.js").Model} model @param {import("../model.js").Actions} actions */
export function mountMemory({ pictures }, { travel, look, holders, showSource }) {
  const host = element("memory");
  let explain = () => {};
  let print = () => /** @type {unknown} */ ("");
  const begin = async () => {
    const { mountPicture } = await import("../picture/mount.js");
    const picture = mountPicture(host, { travel, look, holders, source: showSource });
    ({ explain, print } = picture);
    paint(() => picture.update(pictures.value));
  };
  let begun = false;
  pictures.subscribe(({ steps }) => {
    if (begun || !steps.some(({ run }) => run)) return;
    begun = true;
    begin().catch(() => (begun = false)); // without a connection; the next news tries again
  });
  return {
    focus: () => /** @type {HTMLElement} */ (host.querySelector(".picture [tabindex='0']") ?? host.querySelector(".scroll")).focus(),
    explain: () => explain(),
    print: () => print(),
  };
}
