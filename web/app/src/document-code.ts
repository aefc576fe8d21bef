/** Whether what stands behind a link's `#` is a document's: version 1 with the flag of a document, in base64url (docs/protocol/rooms.md). */
export const isDocumentCode = (code: string): boolean => /^AQ[E-HM-P]/.test(code)
