/** Words of the document page, loaded with it only. */
export const en = {
  document: 'Document',
  text: 'Text',
  title: 'Title',
  untitled: 'Untitled document',
  people: 'Here now',
  yourName: 'Your name',
  somebody: 'Somebody',
  alone: 'Nobody else is here.',
  undo: 'Undo',
  redo: 'Redo',
  save: 'Save as text',
  readOnly: 'Read only',
  shareWrite: 'Invite to write',
  shareRead: 'Invite to read',
  scanToWrite: 'Scan to write along',
  online: 'Together',
  offline: 'Offline, kept in this browser',
  offlineMore: 'What you write is kept here and reaches the others when the hub is back.',
  withoutHub: 'The hub is away. Who is linked directly writes on with you; the others get it when the hub is back.',
  unkept: 'This browser has no room left to keep the document. Save it as text.',
  forked: 'A writer contradicted what it signed before. The rest of its changes is not shown.',
  refused: 'Something was refused that no writer of this document made, or that no document can take.',
}

export type DocumentKey = keyof typeof en
export type DocumentWords = Record<DocumentKey, string>
