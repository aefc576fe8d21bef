import type { P2PApp } from '../p2p/p2p-app.ts'
import { storageError } from '../p2p/errors.ts'
import { Files } from './files.ts'
import { IndexedPartStore } from './part-store.ts'

/** The files of one application. `keeps`: what came in part may be stored. */
export function openFiles(app: P2PApp, keeps: boolean): Files {
  const { connectionManager: manager } = app
  return new Files({
    self: () => app.peerId!,
    write: (peerId, message) => manager.write(peerId, message),
    isOpen: (peerId) => manager.isOpen(peerId),
    overHub: (peerId) => manager.path(peerId) === 'hub',
    offer: (offer) => app.emit('file-offer', offer),
    progress: (progress) => app.emit('file-progress', progress),
    file: (file) => app.emit('file', file),
    storageFailed: (error) => app.emit('error', storageError(error)),
    store: keeps && typeof indexedDB === 'object' ? new IndexedPartStore() : undefined,
  })
}
