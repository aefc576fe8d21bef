import { element, setText } from './dom.ts'
import { count, t } from './words/words.ts'

const NEAR_PX = 48

/** Keeps the newest line in view while the reader is at the bottom, and counts lines while he is not. */
export class FollowTail {
  readonly button = element('button', { class: 'follow', type: 'button', hidden: '' })
  private following = true
  private seenLines = 0
  private lines = 0

  constructor(private readonly changed: (following: boolean) => void) {
    this.button.addEventListener('click', () => this.set(true))
    addEventListener('scroll', this.scrolled, { passive: true })
    addEventListener('resize', this.resized)
  }

  stop(): void {
    removeEventListener('scroll', this.scrolled)
    removeEventListener('resize', this.resized)
  }

  get isFollowing(): boolean {
    return this.following
  }

  set(following: boolean): void {
    this.following = following
    this.seenLines = this.lines
    if (following) this.toEnd()
    this.show()
    this.changed(following)
  }

  /** New text was drawn. */
  drawn(lines: number): void {
    this.lines = lines
    if (this.following) {
      this.seenLines = lines
      this.toEnd()
    }
    this.show()
  }

  private readonly resized = (): void => {
    if (this.following) this.toEnd()
  }

  private readonly scrolled = (): void => {
    const root = document.documentElement
    const isNear = root.scrollHeight - innerHeight - scrollY < NEAR_PX
    if (isNear && !this.following) this.set(true)
    else if (!isNear && this.following && scrollY < this.lastY) this.set(false) // only a move upwards is the reader's
    this.lastY = scrollY
  }

  private lastY = 0

  private toEnd(): void {
    scrollTo(0, document.documentElement.scrollHeight)
    this.lastY = scrollY
  }

  private show(): void {
    const fresh = this.lines - this.seenLines
    this.button.hidden = this.following
    setText(this.button, `↓ ${fresh > 0 ? count('newLines', fresh) : t('follow')}`)
  }
}
