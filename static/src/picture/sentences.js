// Everything that is said about a picture, in one place: the same words in the inspector, the console and the text twin.

export { countsOf, whatHappened } from "./happened.js";
export { twinOf } from "./twin.js";
export { noteOf } from "./about_space.js";
export { toldAs, why } from "./why.js";
