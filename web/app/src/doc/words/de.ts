import type { DocumentWords } from './en.ts'

export const de: DocumentWords = {
  document: 'Dokument',
  text: 'Text',
  title: 'Titel',
  untitled: 'Dokument ohne Titel',
  people: 'Gerade hier',
  yourName: 'Ihr Name',
  somebody: 'Jemand',
  alone: 'Sonst ist niemand hier.',
  undo: 'Rückgängig',
  redo: 'Wiederholen',
  save: 'Als Text sichern',
  readOnly: 'Nur lesen',
  shareWrite: 'Zum Schreiben einladen',
  shareRead: 'Zum Lesen einladen',
  online: 'Gemeinsam',
  offline: 'Offline, in diesem Browser aufgehoben',
  offlineMore: 'Was Sie schreiben, bleibt hier und erreicht die anderen, sobald der Hub wieder da ist.',
  unkept: 'Dieser Browser hat keinen Platz mehr für das Dokument. Sichern Sie es als Text.',
  forked: 'Ein Schreiber widersprach dem, was er unterschrieben hatte. Seine weiteren Änderungen werden nicht gezeigt.',
  refused: 'Etwas wurde abgewiesen, das kein Schreiber dieses Dokuments gemacht hat oder das in kein Dokument passt.',
}
