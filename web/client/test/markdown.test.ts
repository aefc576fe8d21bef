import { describe, expect, test } from 'vitest'
import { BlockParser, type BlockSink, type OpenBlock } from '../src/markdown/blocks.ts'
import { Highlighter } from '../src/markdown/highlight.ts'
import { readInline, safeUrl, type Inline } from '../src/markdown/inline.ts'

/** Blocks as nested brackets, which read well in a test. */
class Brackets implements BlockSink {
  text = ''
  private readonly open_: string[] = []
  open(block: OpenBlock): void {
    const name = block.type === 'heading' ? `h${block.level}` : block.type === 'list' ? (block.start === undefined ? 'ul' : `ol${block.start}`) : block.type === 'fence' ? `code:${block.language}` : block.type
    this.open_.push(name)
    this.text += `${name}(`
  }
  close(): void {
    this.open_.pop()
    this.text += ')'
  }
  inline(text: string): void {
    this.text += text
  }
  code(line: string): void {
    this.text += `${line}⏎`
  }
}

function blocks(source: string): string {
  const sink = new Brackets()
  const parser = new BlockParser(sink)
  for (const line of source.split('\n')) parser.line(line)
  parser.end()
  return sink.text
}

const inline = (source: string): string => readInline(source).map(show).join('')

function show(node: Inline): string {
  if (node.type === 'text') return node.text
  if (node.type === 'code') return `‹${node.text}›`
  if (node.type === 'break') return '⏎'
  if (node.type === 'image') return `image(${node.href}|${node.alt})`
  const inner = node.children.map(show).join('')
  return node.type === 'link' ? `link(${node.href}|${inner})` : `${node.type}(${inner})`
}

describe('blocks', () => {
  test.each([
    ['plain\ntext\n\nnext', 'paragraph(plain\ntext)paragraph(next)'],
    ['# One\n## Two ##\nThree\n===\n####### no', 'h1(One)h2(Two)h1(Three)paragraph(####### no)'],
    ['```ts\nconst a\n```\nafter', 'code:ts(const a⏎)paragraph(after)'],
    ['~~~\n```\n~~~', 'code:(```⏎)'],
    ['```\nnever closed\n# not a heading', 'code:(never closed⏎# not a heading⏎)'],
    ['- a\n- b\n  - c\n\n  more\n- d', 'ul(item(paragraph(a))item(paragraph(b)ul(item(paragraph(c)))paragraph(more))item(paragraph(d)))'],
    ['1. a\n2. b\n\npara', 'ol1(item(paragraph(a))item(paragraph(b)))paragraph(para)'],
    ['7) a', 'ol7(item(paragraph(a)))'],
    ['text\n- item', 'paragraph(text)ul(item(paragraph(item)))'],
    ['text\n2. not a list', 'paragraph(text\n2. not a list)'],
    ['> a\nlazy\n> b\n\nout', 'quote(paragraph(a\nlazy\nb))paragraph(out)'],
    ['> - a\n>   b', 'quote(ul(item(paragraph(a\nb))))'],
    ['- ```js\n  x\n  ```\n- y', 'ul(item(code:js(x⏎))item(paragraph(y)))'],
    ['***\n- - -', 'rule()rule()'],
    ['    code\n\n    more\ntext', 'code:(code⏎⏎more⏎)paragraph(text)'],
    ['a | b\n--|:-:\n1 | 2\\|3\n\nend', 'table(row(cell(a)cell(b))row(cell(1)cell(2|3)))paragraph(end)'],
    ['- a\n\n\n- b', 'ul(item(paragraph(a))item(paragraph(b)))'],
    ['- \n- x', 'ul(item()item(paragraph(x)))'],
    ['<script>alert(1)</script>', 'paragraph(<script>alert(1)</script>)'],
  ])('%j', (source, expected) => expect(blocks(source)).toBe(expected))

  test('what a fork reads is not known to the parser it came from', () => {
    const sink = new Brackets()
    const parser = new BlockParser(sink)
    parser.line('- one')
    const before = sink.text
    const draft = new Brackets()
    const fork = parser.fork(draft)
    fork.line('  tw')
    fork.end()
    expect(draft.text).toBe('paragraph(one\ntw)))')
    expect(sink.text).toBe(before)
    parser.line('  two')
    parser.end()
    expect(sink.text).toBe('ul(item(paragraph(one\ntwo)))')
  })

  test('nesting has an end', () => {
    const deep = blocks(`${'> '.repeat(5_000)}x`)
    expect(deep.match(/quote\(/g)!.length).toBe(16)
    expect(blocks(`${'- '.repeat(5_000)}x`).length).toBeLessThan(20_000)
  })
})

describe('inline', () => {
  test.each([
    ['a *b* **c** ***d*** ~~e~~ _f_ __g__', 'a em(b) strong(c) em(strong(d)) del(e) em(f) strong(g)'],
    ['snake_case_name and 2*3*4', 'snake_case_name and 2em(3)4'],
    ['**a *b* c**', 'strong(a em(b) c)'],
    ['*open **and* closed**', 'em(open **and) closed**'],
    ['`x < y && *z*`', '‹x < y && *z*›'],
    ['\\*no\\* \\\\', '*no* \\'],
    ['[t](https://e.org "x") [u](<https://e.org/a b>)', 'link(https://e.org/|t) u'],
    ['[a [b] c](https://e.org/(x))', 'link(https://e.org/(x)|a [b] c)'],
    ['see https://e.org/a_b_c. Or (https://e.org)', 'see link(https://e.org/a_b_c|https://e.org/a_b_c). Or (link(https://e.org/|https://e.org))'],
    ['<https://e.org> <b>', 'link(https://e.org/|https://e.org) <b>'],
    ['![cat](https://e.org/cat.png)', 'image(https://e.org/cat.png|cat)'],
    ['&amp; &lt;script&gt; &#65; &#x1F426; &nope;', '& <script> A 🐦 &nope;'],
    ['a  \nb\\\nc\nd', 'a⏎b⏎c\nd'],
  ])('%j', (source, expected) => expect(inline(source)).toBe(expected))

  test.each(['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'java\tscript:alert(1)', ' javascript:alert(1)', 'data:text/html,<script>', 'vbscript:x', 'file:///etc/passwd', '//evil.example', '/relative', 'https://user@evil.example', 'blob:https://e.org/1', '\u0000https://e.org', 'https://e.org/\u202egpj.exe'])('%j is no link', (address) => {
    expect(safeUrl(address)).toBeUndefined()
    expect(inline(`[click](${address})`)).not.toContain('link(')
  })

  test.each(['*', '_', '**', '[', '![', '`', '<', '&', '~~', '[a](', '](', '*a _', '\\', '[['])('a hundred thousand of %j take no time', (sign) => {
    const started = performance.now()
    readInline(sign.repeat(Math.floor(8_192 / sign.length)))
    blocks(sign.repeat(100_000))
    expect(performance.now() - started).toBeLessThan(1_500)
  })
})

describe('colours', () => {
  const kinds = (language: string, ...lines: string[]): string[] => {
    const highlighter = new Highlighter(language)
    return lines.map((line) => highlighter.line(line).map(({ kind, text }) => (kind ? `${kind}(${text})` : text)).join(''))
  }
  test.each([
    ['ts', ['const a = "x" // y'], ['keyword(const) a = string("x") comment(// y)']],
    ['python', ['def f(x): # y', '"""a', 'b""" + 1'], ['keyword(def) name(f)(x): comment(# y)', 'string("""a)', 'string(b""") + number(1)']],
    ['c', ['int x; /* a', 'b */ return 1;'], ['keyword(int) x; comment(/* a)', 'comment(b */) keyword(return) number(1);']],
    ['diff', ['+a', '-b', ' c'], ['added(+a)', 'removed(-b)', ' c']],
    ['SQL', ['SELECT 1'], ['keyword(SELECT) number(1)']],
    ['constructor', ['x'], ['x']],
  ])('%s', (language, lines, expected) => expect(kinds(language, ...lines)).toEqual(expected))

  test('every character stays', () => {
    const line = 'const x = `a${b}` /* c */ + "\\"" // d \u{1F426}'
    expect(new Highlighter('ts').line(line).map(({ text }) => text).join('')).toBe(line)
  })
})
