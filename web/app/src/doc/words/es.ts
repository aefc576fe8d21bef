import type { DocumentWords } from './en.ts'

export const es: DocumentWords = {
  document: 'Documento',
  text: 'Texto',
  title: 'Título',
  untitled: 'Documento sin título',
  people: 'Ahora aquí',
  yourName: 'Su nombre',
  somebody: 'Alguien',
  alone: 'No hay nadie más.',
  undo: 'Deshacer',
  redo: 'Rehacer',
  save: 'Guardar como texto',
  readOnly: 'Solo lectura',
  shareWrite: 'Invitar a escribir',
  shareRead: 'Invitar a leer',
  online: 'Juntos',
  offline: 'Sin conexión, guardado en este navegador',
  offlineMore: 'Lo que escriba queda aquí y llegará a los demás cuando vuelva el hub.',
  unkept: 'Este navegador no tiene más espacio para el documento. Guárdelo como texto.',
  forked: 'Un autor contradijo lo que había firmado. El resto de sus cambios no se muestra.',
  refused: 'Se rechazó algo que ningún autor de este documento hizo o que ningún documento admite.',
}
