import { writeFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'

const WIDTH = 640
const HEIGHT = 480

/** Films a screen: a picture of the page, held a little askew on a grey table, as Chromium's fake camera takes it (y4m). */
export async function film(page: Page, screen: Buffer | undefined, path: string): Promise<void> {
  const luma = await page.evaluate(
    async ({ png, width, height }) => {
      const canvas = document.createElement('canvas')
      canvas.width = width
      canvas.height = height
      const context = canvas.getContext('2d')!
      context.fillStyle = '#777'
      context.fillRect(0, 0, width, height)
      if (png) {
        const bytes = Uint8Array.from(atob(png), (sign) => sign.charCodeAt(0))
        const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
        const scale = Math.min((width * 0.9) / picture.width, (height * 0.9) / picture.height)
        context.translate(width / 2, height / 2)
        context.rotate(0.06)
        context.drawImage(picture, (-picture.width * scale) / 2, (-picture.height * scale) / 2, picture.width * scale, picture.height * scale)
      }
      const { data } = context.getImageData(0, 0, width, height)
      let text = ''
      for (let i = 0; i < data.length; i += 4) text += String.fromCharCode(Math.round(16 + (219 / 255) * (0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2])))
      return btoa(text)
    },
    { png: screen?.toString('base64'), width: WIDTH, height: HEIGHT },
  )
  const frame = Buffer.concat([Buffer.from('FRAME\n'), Buffer.from(luma, 'base64'), Buffer.alloc((WIDTH * HEIGHT) / 2, 128)])
  await writeFile(path, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420jpeg\n`), ...Array.from({ length: 8 }, () => frame)]))
}

export const cameraArgs = (path: string): string[] => ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${path}`]
