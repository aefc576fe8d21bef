/** The WebSocket address of the hub that an origin or another address of it names. */
export function doorOf(address: string): string {
  const url = new URL(address)
  return `${url.protocol === 'https:' || url.protocol === 'wss:' ? 'wss' : 'ws'}://${url.host}/roost`
}
