import type { DocumentWords } from './en.ts'

export const pt: DocumentWords = {
  document: 'Documento',
  text: 'Texto',
  title: 'Título',
  untitled: 'Documento sem título',
  people: 'Aqui agora',
  yourName: 'O seu nome',
  somebody: 'Alguém',
  alone: 'Não há mais ninguém.',
  undo: 'Desfazer',
  redo: 'Refazer',
  save: 'Guardar como texto',
  readOnly: 'Só leitura',
  shareWrite: 'Convidar a escrever',
  shareRead: 'Convidar a ler',
  online: 'Juntos',
  offline: 'Sem ligação, guardado neste navegador',
  offlineMore: 'O que escrever fica aqui e chega aos outros quando o hub voltar.',
  unkept: 'Este navegador não tem mais espaço para o documento. Guarde-o como texto.',
  forked: 'Um autor contradisse o que tinha assinado. O resto das suas alterações não é mostrado.',
  refused: 'Foi recusado algo que nenhum autor deste documento fez ou que nenhum documento aceita.',
}
