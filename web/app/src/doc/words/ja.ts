import type { DocumentWords } from './en.ts'

export const ja: DocumentWords = {
  document: 'ドキュメント',
  text: '本文',
  title: '題名',
  untitled: '無題のドキュメント',
  people: '参加中',
  yourName: 'あなたの名前',
  somebody: 'だれか',
  alone: 'ほかにはだれもいません。',
  undo: '元に戻す',
  redo: 'やり直す',
  save: 'テキストで保存',
  readOnly: '閲覧のみ',
  shareWrite: '書き込みに招待',
  shareRead: '閲覧に招待',
  online: '共同編集中',
  offline: 'オフライン（このブラウザに保存）',
  offlineMore: '書いた内容はここに残り、ハブが戻ると相手に届きます。',
  unkept: 'このブラウザには保存する空きがありません。テキストで保存してください。',
  forked: 'ある書き手の署名に矛盾がありました。その後の変更は表示しません。',
  refused: 'この文書の書き手によらないもの、または文書に入れられないものを拒否しました。',
}
