/** The offline shell: all parts of the app are kept, the page itself is asked of the hub first. What sessions say never comes near it. */
declare const PARTS: string[]
declare const VERSION: string

interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void
  respondWith(response: Promise<Response>): void
  readonly request: Request
}

const worker = globalThis as unknown as { addEventListener(name: string, call: (event: WorkerEvent) => void): void; skipWaiting(): Promise<void>; location: Location }
const CACHE = `roost-${VERSION}`
/** A hub that has not answered by then is treated as away. */
const PAGE_WITHIN_MS = 3_000

worker.addEventListener('install', (event) => event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(PARTS)).then(() => worker.skipWaiting())))

worker.addEventListener('activate', (event) =>
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith('roost-') && name !== CACHE).map((name) => caches.delete(name))))),
)

worker.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request
  const { origin, pathname } = new URL(url)
  if (method !== 'GET' || origin !== worker.location.origin) return
  if (mode === 'navigate' && pathname === '/') event.respondWith(page(event.request))
  else if (PARTS.includes(pathname)) event.respondWith(part(event.request, pathname))
})

async function page(request: Request): Promise<Response> {
  const giveUp = new AbortController()
  const timer = setTimeout(() => giveUp.abort(), PAGE_WITHIN_MS)
  try {
    return await fetch(request, { signal: giveUp.signal })
  } catch {
    return (await caches.match('/', { cacheName: CACHE })) || Response.error()
  } finally {
    clearTimeout(timer)
  }
}

async function part(request: Request, pathname: string): Promise<Response> {
  return (await caches.match(pathname, { cacheName: CACHE })) || fetch(request)
}
