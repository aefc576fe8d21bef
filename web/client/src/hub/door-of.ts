/** The WebSocket address of the hub that an origin or another address of it names. */
export function doorOf(address: string): string {
  if (!/^(http|ws)s?:\/\//.test(address)) throw new TypeError(`${address} lacks http:// or https://`)
  const url = new URL(address)
  return `${url.protocol === 'https:' || url.protocol === 'wss:' ? 'wss' : 'ws'}://${url.host}/roost`
}
