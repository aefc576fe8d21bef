/**
 * Sequences for terminals (ECMA-48), whole or cut off; other control characters but the tab; and what turns the direction of the text behind it around,
 * so that a line could read otherwise than it is written (Unicode's LRE to RLO, LRI to PDI).
 */
const UNSEEN = /\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~]?)|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g

/** A line as it is drawn; what is saved stays as it was sent. */
export const cleanLine = (line: string): string => line.replace(UNSEEN, '')
