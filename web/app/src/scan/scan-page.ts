import { button } from '../controls.ts'
import { element, setText } from '../dom.ts'
import { goTo, linkFault } from '../start/go-to.ts'
import { t } from '../words/words.ts'
import { makeReader, openCamera, type CameraFault } from '../../../client/src/qr/camera.ts'

/** Between two looks at the camera: about ten a second. */
const LOOK_EVERY_MS = 100

/** The camera, a frame to aim with, and ways out when there is no camera. */
export class ScanPage {
  readonly root: HTMLElement
  private readonly video = element('video', { playsinline: '', muted: '', 'aria-hidden': 'true' })
  private readonly said = element('p', { class: 'said', role: 'status' }, t('scanLead'))
  private readonly ways = element('div', { class: 'ways' })
  private stream: MediaStream | undefined
  private stopped = false

  constructor() {
    const file = element('input', { type: 'file', accept: 'image/*', id: 'picture', class: 'spoken' })
    file.addEventListener('change', () => file.files![0] && void this.readPicture(file.files![0]))
    this.ways.append(file, element('label', { for: 'picture', class: 'button' }, t('scanPicture')), element('a', { href: '#', class: 'button' }, t('scanBack')))
    this.root = element('main', { class: 'scan' }, element('h1', {}, t('scanTitle')), element('div', { class: 'finder' }, this.video, element('div', { class: 'aim', 'aria-hidden': 'true' })), this.said, this.ways)
  }

  async start(): Promise<void> {
    const [camera, read] = await Promise.all([openCamera(), makeReader()])
    if (typeof camera === 'string') return this.fail(camera)
    if (this.stopped) return camera.getTracks().forEach((track) => track.stop())
    this.stream = camera
    this.video.muted = true
    this.video.srcObject = camera
    this.offerTorch(camera.getVideoTracks()[0])
    await this.video.play().catch(() => undefined)
    performance.mark('roost-camera')
    while (!this.stopped) {
      const text = await read(this.video)
      if (text && this.found(text)) return
      await new Promise((next) => setTimeout(next, LOOK_EVERY_MS))
    }
  }

  stop(): void {
    this.stopped = true
    this.stream?.getTracks().forEach((track) => track.stop())
  }

  private found(text: string): boolean {
    if (this.stopped) return true
    if (!isOurs(text)) {
      setText(this.said, t('scanNotOurs', { text: text.slice(0, 80) }))
      return false
    }
    performance.mark('roost-scanned')
    navigator.vibrate?.(60)
    goTo(text)
    return true
  }

  private async readPicture(file: File): Promise<void> {
    const read = await makeReader()
    const picture = await createImageBitmap(file).catch(() => undefined)
    const text = picture && (await read(picture))
    if (text) this.found(text)
    else setText(this.said, t('scanNothing'))
  }

  private fail(fault: CameraFault): void {
    this.root.classList.add('blind')
    setText(this.said, t(({ refused: 'scanRefused', none: 'scanNoCamera', https: 'scanNeedsHttps', busy: 'scanBusy' } as const)[fault]))
  }

  private offerTorch(track: MediaStreamTrack): void {
    if (!('torch' in (track.getCapabilities?.() || {}))) return
    let isOn = false
    const torch = button(t('torch'), () => {
      isOn = !isOn
      torch.setAttribute('aria-pressed', String(isOn))
      void track.applyConstraints({ advanced: [{ torch: isOn } as MediaTrackConstraintSet] }).catch(() => undefined)
    }, { 'aria-pressed': 'false' })
    this.ways.prepend(torch)
  }
}

/** A link of Roost, or the code alone; a page somewhere that merely ends in a fragment is none. */
function isOurs(text: string): boolean {
  return (/^https?:\/\/[^/?#]+\/?#/.test(text) || !text.includes(':')) && !linkFault(text)
}
