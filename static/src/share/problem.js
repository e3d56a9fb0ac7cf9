// Why a link cannot be opened, as one sentence for who opened it.

export class LinkProblem extends Error {}
