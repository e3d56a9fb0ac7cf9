// The memory pane: the picture, told what the page knows.

import { element, paint } from "../dom.js";
import { mountPicture } from "../picture/mount.js";

/** @param {import("../model.js").Model} model @param {import("../model.js").Actions} actions */
export function mountMemory({ pictures }, { travel, look, holders, showSource }) {
  const host = element("memory");
  const picture = mountPicture(host, { travel, look, holders, source: showSource });
  paint(() => picture.update(pictures.value));
  return { focus: () => /** @type {HTMLElement} */ (host.querySelector(".picture [tabindex='0'], .scroll")).focus() };
}
