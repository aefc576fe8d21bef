import type { DocumentWords } from './en.ts'

export const fr: DocumentWords = {
  document: 'Document',
  text: 'Texte',
  title: 'Titre',
  untitled: 'Document sans titre',
  people: 'Présents',
  yourName: 'Votre nom',
  somebody: 'Quelqu’un',
  alone: 'Personne d’autre n’est là.',
  undo: 'Annuler',
  redo: 'Rétablir',
  save: 'Enregistrer en texte',
  readOnly: 'Lecture seule',
  shareWrite: 'Inviter à écrire',
  shareRead: 'Inviter à lire',
  online: 'Ensemble',
  offline: 'Hors ligne, conservé dans ce navigateur',
  offlineMore: 'Ce que vous écrivez reste ici et parviendra aux autres au retour du hub.',
  unkept: 'Ce navigateur n’a plus de place pour le document. Enregistrez-le en texte.',
  forked: 'Un auteur a contredit ce qu’il avait signé. La suite de ses changements n’est pas montrée.',
  refused: 'Quelque chose a été refusé, qu’aucun auteur de ce document n’a fait ou qu’aucun document ne peut prendre.',
}
