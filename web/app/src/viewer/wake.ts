/** Keeps the screen on while a session is live; browsers allow it over https only, and drop it when the page is hidden. */
export class ScreenOn {
  private lock: { release(): Promise<void> } | undefined
  private wanted = false

  constructor() {
    document.addEventListener('visibilitychange', this.retry)
  }

  set(wanted: boolean): void {
    if (this.wanted === wanted) return
    this.wanted = wanted
    if (wanted) this.retry()
    else this.release()
  }

  stop(): void {
    this.set(false)
    document.removeEventListener('visibilitychange', this.retry)
  }

  private readonly retry = (): void => {
    if (!this.wanted || document.hidden || !('wakeLock' in navigator)) return
    navigator.wakeLock.request('screen').then(
      (lock) => {
        this.lock = lock
        if (!this.wanted) this.release()
      },
      () => undefined, // battery saver: the screen does as it likes
    )
  }

  private release(): void {
    void this.lock?.release().catch(() => undefined)
    this.lock = undefined
  }
}
