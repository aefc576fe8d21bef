import { RoostError, type ErrorCode } from '../p2p/roost-error.ts'
import { makeReader, openCamera, type CameraFault } from './camera.ts'

export interface ScanOptions {
  /** Where the user sees what the camera sees. Default: nowhere. */
  video?: HTMLVideoElement
  /** Which text is looked for; others are passed over. Default: any. */
  accept?: (text: string) => boolean
  signal?: AbortSignal
}

/** Between two looks at the camera: about ten a second. */
const LOOK_EVERY_MS = 100

const FAULTS: Record<CameraFault, [ErrorCode, string, string]> = {
  refused: ['camera-refused', 'The camera was refused.', 'Allow it in the browser’s address bar.'],
  none: ['camera-missing', 'No camera was found.', 'Read a picture instead, or type the link.'],
  busy: ['camera-busy', 'The camera is in use.', 'Close what else uses it.'],
  https: ['camera-needs-https', 'Browsers give the camera to https pages only.', 'Serve the page over https.'],
}

/** The text of the first QR code that the camera sees. The camera is released in every case. */
export async function scan({ video = document.createElement('video'), accept = () => true, signal }: ScanOptions = {}): Promise<string> {
  const [camera, read] = await Promise.all([openCamera(), makeReader()])
  if (typeof camera === 'string') throw new RoostError(...FAULTS[camera])
  try {
    video.muted = true
    video.setAttribute('playsinline', '') // else an iPhone shows it full screen
    video.srcObject = camera
    await video.play().catch(() => undefined)
    while (!(signal && signal.aborted)) {
      const text = await read(video)
      if (text && accept(text)) return text
      await new Promise((next) => setTimeout(next, LOOK_EVERY_MS))
    }
    throw new DOMException('The scan was aborted.', 'AbortError')
  } finally {
    camera.getTracks().forEach((track) => track.stop())
    video.srcObject = null
  }
}
