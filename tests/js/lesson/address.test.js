import assert from "node:assert/strict";
import { test } from "node:test";
import { NOWHERE, addressOf, placeOf } from "../../../static/src/lesson/address.js";

test("an address names a lesson and its step, below any prefix", () => {
  const address = { pathname: "/sandbox/lessons/the-example", hash: "#reload" };
  assert.deepEqual(placeOf(address, "/sandbox/lessons"), { lesson: "the-example", step: "reload" });
  assert.deepEqual(placeOf({ pathname: "/lessons/the-example/", hash: "" }, "/lessons"), { lesson: "the-example", step: "" });
});

test("other addresses name no lesson", () => {
  for (const pathname of ["/", "/lessons", "/lessons/", "/lessons/a/b", "/lessons/%3Cb%3E", "/other/the-example"]) {
    assert.deepEqual(placeOf({ pathname, hash: "#reload" }, "/lessons"), NOWHERE, pathname);
  }
});

test("what is no step's name is the first step", () => {
  assert.equal(placeOf({ pathname: "/lessons/x", hash: "#<img>" }, "/lessons").step, "");
});

test("a place and its address say the same", () => {
  const place = { lesson: "the-example", step: "reload" };
  const [pathname, step] = addressOf(place, "/sandbox/lessons").split("#");
  assert.deepEqual(placeOf({ pathname, hash: `#${step}` }, "/sandbox/lessons"), place);
  assert.equal(addressOf(NOWHERE, "/sandbox/lessons"), "/sandbox/");
  assert.equal(addressOf(NOWHERE, "/lessons"), "/");
});
