export { TextStream, type HostOptions } from './stream/text-stream.ts'
export { TextReader, type ReadOptions } from './stream/text-reader.ts'
