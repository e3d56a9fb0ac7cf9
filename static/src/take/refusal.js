// Why nothing of a zip is taken, as a sentence for its owner.

export class Refusal extends Error {}
