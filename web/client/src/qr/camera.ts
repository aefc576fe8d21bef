export type CameraFault = 'refused' | 'none' | 'https' | 'busy'

/** The camera that looks away from the user where there is one. */
export async function openCamera(): Promise<MediaStream | CameraFault> {
  if (!navigator.mediaDevices) return 'https'
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } } })
  } catch (error) {
    const { name } = error as DOMException
    if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused'
    return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'none'
  }
}

/** Reads one picture; the browser's own reader where there is one, else the page's. */
export async function makeReader(): Promise<(source: HTMLVideoElement | ImageBitmap) => Promise<string | undefined>> {
  const Detector = (globalThis as { BarcodeDetector?: BarcodeDetectorClass }).BarcodeDetector
  const formats = Detector ? await Detector.getSupportedFormats().catch(() => []) : []
  if (Detector && formats.includes('qr_code')) {
    const detector = new Detector({ formats: ['qr_code'] })
    return async (source) => (await detector.detect(source).catch(() => []))[0]?.rawValue
  }
  const { decodeQr } = await import('./decode.ts')
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  return async (source) => {
    const width = 'videoWidth' in source ? source.videoWidth : source.width
    const height = 'videoHeight' in source ? source.videoHeight : source.height
    if (!width || !height) return undefined
    const scale = Math.min(1, MAX_SIDE / Math.max(width, height))
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
    context.drawImage(source, 0, 0, canvas.width, canvas.height)
    return decodeQr(context.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height)
  }
}

/** Larger pictures are made smaller first: a code fills enough of one, and time matters more. */
const MAX_SIDE = 800

interface BarcodeDetectorClass {
  new (options: { formats: string[] }): { detect(source: HTMLVideoElement | ImageBitmap): Promise<{ rawValue: string }[]> }
  getSupportedFormats(): Promise<string[]>
}
