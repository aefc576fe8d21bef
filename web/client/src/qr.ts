export { scan, type ScanOptions } from './qr/scan.ts'
export { toSvg, type SvgOptions } from './qr/to-svg.ts'
