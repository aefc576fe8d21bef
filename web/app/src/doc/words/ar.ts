import type { DocumentWords } from './en.ts'

export const ar: DocumentWords = {
  document: 'مستند',
  text: 'النص',
  title: 'العنوان',
  untitled: 'مستند بلا عنوان',
  people: 'الموجودون الآن',
  yourName: 'اسمك',
  somebody: 'شخص ما',
  alone: 'لا أحد غيرك هنا.',
  undo: 'تراجع',
  redo: 'إعادة',
  save: 'حفظ كنص',
  readOnly: 'للقراءة فقط',
  shareWrite: 'دعوة للكتابة',
  shareRead: 'دعوة للقراءة',
  online: 'معًا',
  offline: 'غير متصل، محفوظ في هذا المتصفح',
  offlineMore: 'ما تكتبه يبقى هنا ويصل إلى الآخرين حين يعود المحور.',
  unkept: 'لم يبقَ مكان في هذا المتصفح لحفظ المستند. احفظه كنص.',
  forked: 'ناقض أحد الكتّاب ما وقّعه من قبل. لا تُعرض بقية تغييراته.',
  refused: 'رُفض شيء لم يصنعه أي كاتب لهذا المستند أو لا يقبله أي مستند.',
}
