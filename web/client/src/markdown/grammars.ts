import type { Kind } from './highlight.ts'

/** As much of a language as its colours need. */
export interface Grammar {
  keywords: Set<string>
  anyCase: boolean
  lineComment: string[]
  /** What may go over several lines: begin, end, colour. The longest begin first. */
  long: [string, string, Kind][]
  quotes: string
  isDiff?: boolean
}

const BLOCK: [string, string, Kind][] = [['/*', '*/', 'comment']]
const words = (text: string): Set<string> => new Set(text.split(' '))
const make = (keywords: string, lineComment: string[], long: Grammar['long'], quotes: string, anyCase = false): Grammar => ({ keywords: words(keywords), lineComment, long, quotes, anyCase })

const C_LIKE = 'if else for while do switch case default break continue return goto sizeof static const void struct enum union typedef unsigned signed int long short char float double bool true false'
const GRAMMARS: Record<string, () => Grammar> = {
  js: () => make('const let var function return if else for while do switch case default break continue new class extends super this import export from as async await yield try catch finally throw typeof instanceof in of delete void null undefined true false interface type enum implements private public protected readonly static declare namespace abstract keyof satisfies get set', ['//'], [...BLOCK, ['`', '`', 'string']], '"\''),
  json: () => make('true false null', ['//'], BLOCK, '"'),
  python: () => make('def class return if elif else for while break continue import from as with try except finally raise lambda yield async await pass in is not and or None True False global nonlocal del assert match case self', ['#'], [['"""', '"""', 'string'], ["'''", "'''", 'string']], '"\''),
  csharp: () => make(`${C_LIKE} public private protected internal sealed abstract class record interface namespace using var new this base async await yield foreach in out ref is as null try catch finally throw lock override virtual readonly get set init string object decimal where when with required params event delegate file`, ['//'], [['"""', '"""', 'string'], ...BLOCK], '"\''),
  c: () => make(`${C_LIKE} extern inline volatile auto register class public private protected template typename namespace using virtual override new delete this nullptr try catch throw constexpr noexcept operator final explicit friend #include #define #if #endif #ifdef`, ['//'], BLOCK, '"\''),
  java: () => make(`${C_LIKE} public private protected final class interface extends implements package import new this super null try catch finally throw throws abstract synchronized instanceof var record sealed boolean byte fun val when object data override suspend lateinit in is as companion`, ['//'], [['"""', '"""', 'string'], ...BLOCK], '"\''),
  go: () => make('func package import var const type struct interface map chan go defer return if else for range switch case default break continue select fallthrough nil true false make new append len cap string int error bool byte rune', ['//'], [...BLOCK, ['`', '`', 'string']], '"\''),
  rust: () => make('fn let mut pub struct enum impl trait use mod crate self Self super match if else for while loop break continue return async await move ref where as in const static unsafe dyn type true false Some None Ok Err Box Vec String', ['//'], BLOCK, '"'),
  bash: () => make('if then else elif fi for in do done while until case esac function return export local readonly set unset echo cd exit source alias sudo printf read shift trap exec eval test', ['#'], [], '"\''),
  sql: () => make('select from where insert into values update set delete create table alter drop index view join left right inner outer full on as and or not null is in like between group by order having limit offset union all distinct case when then else end primary key foreign references default unique with returning begin commit rollback exists', ['--'], BLOCK, '"\'', true),
  html: () => make('', [], [['<!--', '-->', 'comment']], '"\''),
  css: () => make('important media supports keyframes import font-face root hover focus not is where', [], BLOCK, '"\''),
  yaml: () => make('true false null yes no on off', ['#'], [], '"\''),
  ruby: () => make('def class module end if elsif else unless case when while until for in do return yield begin rescue ensure raise require include extend attr_accessor nil true false self puts and or not then lambda proc function echo foreach public private protected static new namespace use fn match array', ['#', '//'], BLOCK, '"\''),
  swift: () => make('func let var class struct enum protocol extension import return if else guard for while in switch case default break continue self super init deinit nil true false throws throw try catch async await public private internal fileprivate static override some any where', ['//'], [['"""', '"""', 'string'], ...BLOCK], '"'),
  graphql: () => make('query mutation subscription fragment on type input enum interface union scalar schema directive extend implements true false null', ['#'], [['"""', '"""', 'string']], '"'),
  diff: () => ({ ...make('', [], [], ''), isDiff: true }),
}

const ALIASES: Record<string, string> = {
  javascript: 'js', jsx: 'js', ts: 'js', tsx: 'js', typescript: 'js', mjs: 'js', json5: 'json', jsonc: 'json', py: 'python', cs: 'csharp', 'c#': 'csharp', cpp: 'c', 'c++': 'c', h: 'c', hpp: 'c',
  kotlin: 'java', kt: 'java', scala: 'java', golang: 'go', rs: 'rust', sh: 'bash', shell: 'bash', zsh: 'bash', console: 'bash', dockerfile: 'bash', makefile: 'bash', postgres: 'sql', mysql: 'sql',
  xml: 'html', svg: 'html', vue: 'html', scss: 'css', less: 'css', yml: 'yaml', toml: 'yaml', ini: 'yaml', rb: 'ruby', php: 'ruby', gql: 'graphql', patch: 'diff',
}

export function grammarOf(language: string): Grammar | undefined {
  const name = language.toLowerCase()
  const canonical = Object.prototype.hasOwnProperty.call(ALIASES, name) ? ALIASES[name] : name
  return Object.prototype.hasOwnProperty.call(GRAMMARS, canonical) ? GRAMMARS[canonical]() : undefined
}
