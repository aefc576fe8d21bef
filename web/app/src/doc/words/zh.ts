import type { DocumentWords } from './en.ts'

export const zh: DocumentWords = {
  document: '文档',
  text: '正文',
  title: '标题',
  untitled: '未命名文档',
  people: '在线成员',
  yourName: '您的名字',
  somebody: '某人',
  alone: '没有其他人。',
  undo: '撤销',
  redo: '重做',
  save: '另存为文本',
  readOnly: '只读',
  shareWrite: '邀请编辑',
  shareRead: '邀请阅读',
  online: '共同编辑中',
  offline: '离线，已保存在此浏览器',
  offlineMore: '您写的内容保存在这里，集线器恢复后会送达他人。',
  unkept: '此浏览器没有空间保存文档。请另存为文本。',
  forked: '某位作者与其先前签名的内容矛盾，其后的修改不再显示。',
  refused: '已拒绝并非本文档作者所写、或任何文档都无法接受的内容。',
}
