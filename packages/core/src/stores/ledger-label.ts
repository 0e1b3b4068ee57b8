/** What databases index has a longest length, and a row that cannot be written is spend that nobody sees. */
const LONGEST_LABEL = 400;

/** A name as the rows of a ledger have it: not too long, whole characters. What is looked for is to be written the same way. */
export function ledgerLabel(text: string): string {
  // As nearly all are: told without a copy.
  if (typeof text === 'string' && text.length <= LONGEST_LABEL && text.isWellFormed()) return text;
  return String(text).slice(0, LONGEST_LABEL).toWellFormed();
}
