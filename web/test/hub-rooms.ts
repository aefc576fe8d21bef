import { concat, hex, u16, type Bytes } from '../client/src/codec/bytes.ts'
import type { HubConnection } from './hub-connection.ts'

interface Seat {
  connection: HubConnection
  session16: Bytes
  role: number
  hostsOnly: boolean
}

/** Who sits in which room. */
export class HubRooms {
  private readonly rooms = new Map<string, Map<string, Seat>>()

  join(room16: Bytes, seat: Seat): void {
    const id = hex(room16)
    const seats = this.rooms.get(id) || new Map<string, Seat>()
    this.rooms.set(id, seats)
    const visible = [...seats.values()].filter((other) => !seat.hostsOnly || other.role === 1)
    seat.connection.tell(concat([0x06], room16, [0], u16(visible.length), ...visible.map(member)))
    for (const other of seats.values()) {
      if (!other.hostsOnly || seat.role === 1) other.connection.tell(concat([0x07], room16, member(seat)))
    }
    seats.set(hex(seat.connection.peer20!), seat)
  }

  /** `only`: nothing happens where the seat was taken over by a newer connection. */
  leave(room16: Bytes, peer20: Bytes, reason: number, only?: HubConnection): void {
    const seats = this.rooms.get(hex(room16))
    const seat = seats?.get(hex(peer20))
    if (!seats || !seat || (only && seat.connection !== only)) return
    seats.delete(hex(peer20))
    for (const other of seats.values()) {
      if (!other.hostsOnly || seat.role === 1) other.connection.tell(concat([0x08], room16, peer20, [reason]))
    }
  }

  has(room16: Bytes, peer20: Bytes): HubConnection | undefined {
    return this.rooms.get(hex(room16))?.get(hex(peer20))?.connection
  }

  others(room16: Bytes, peer20: Bytes): HubConnection[] {
    const seats = this.rooms.get(hex(room16)) || new Map<string, Seat>()
    return [...seats.entries()].filter(([id]) => id !== hex(peer20)).map(([, seat]) => seat.connection)
  }
}

function member({ connection, session16, role }: Seat): Bytes {
  return concat(connection.peer20!, session16, [role])
}
