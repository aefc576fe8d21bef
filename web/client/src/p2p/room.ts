import { onAbort, type ListenOptions } from './emitter.ts'
import { P2PApp, type P2PAppConfig } from './p2p-app.ts'

/** A P2PApp on its way into its room. */
export interface Room extends P2PApp {
  /** This peer's id once the room is entered. Fails, and the room is closed, where the hub refuses it or the signal aborts first. */
  ready: Promise<string>
}

/** Enters a room by name or by invite link. Attach listeners at once: nothing is told before. Aborting the signal closes it. */
export function room(name: string, config: P2PAppConfig & ListenOptions = {}): Room {
  const app = new P2PApp(config) as Room
  const close = () => app.close()
  onAbort(config.signal, close)
  app.ready = app.joinRoom(name, config)
  app.ready.catch(close)
  return app
}
