/** Rules that make a namespace with a "lan" and a "wan" a NAT of some kind for one host inside. Outside ports are the inside ports, but for the symmetric kind. */
export function rulesOf(kind, inside) {
  // Dropping strangers in "self" matters: a packet that ended at the NAT itself would take its port, and the host's next packet would get another one.
  const letIn = { full: "udp dport @mapped", address: "ip saddr . udp dport @sent" }[kind];
  return `table ip nat {
    set mapped { type inet_service; flags dynamic,timeout; timeout 120s; }
    set sent { type ipv4_addr . inet_service; flags dynamic,timeout; timeout 120s; }
    chain across {
      type filter hook forward priority filter; policy drop;
      iifname "lan" udp sport != 0 add @sent { ip daddr . udp sport } add @mapped { udp sport } accept
      ct state established,related accept
      ct status dnat accept
    }
    chain inward {
      type nat hook prerouting priority dstnat;
      ${letIn ? `iifname "wan" ${letIn} dnat to ${inside}` : ""}
    }
    chain outward {
      type nat hook postrouting priority srcnat;
      oifname "wan" masquerade ${kind === "symmetric" ? "fully-random" : ""}
    }
    chain self { type filter hook input priority filter; policy drop; iifname "lan" accept; }
  }`;
}
