// The checks that run inside the foreign stack, whatever it is: they use only the W3C interface. Loaded by node and by browsers.
// eslint-disable-next-line no-unused-vars
globalThis.runChecks = async function runChecks(pc, main, options) {
  const report = [];
  const within = (what, promise, ms = 20000) => Promise.race([
    promise, new Promise((_, fail) => setTimeout(() => fail(new Error(`${what}: nothing within ${ms} ms`)), ms))]);
  // Chromium says that a channel which arrived is open a moment before it is, and silently loses what is sent then; its statistics know.
  const isOpen = async (channel) => [...(await pc.getStats()).values()].some((r) => r.type === "data-channel" && r.label === channel.label && r.state === "open");
  const opened = async (channel) => {
    if (channel.readyState !== "open") await new Promise((ok) => { channel.onopen = () => ok(); });
    while (options.asksStatistics && !(await isOpen(channel)));
  };
  const closed = (channel) => channel.readyState === "closed" ? Promise.resolve() : new Promise((ok) => { channel.onclose = () => ok(); });
  const bytesOf = async (data) => new Uint8Array(data instanceof ArrayBuffer ? data : data.buffer ? data : await data.arrayBuffer());
  const echo = (channel, data) => within(`echo of ${data.length ?? data.byteLength}`, new Promise((ok) => {
    channel.onmessage = (event) => ok(event.data);
    channel.send(data);
  }));

  await within("open", opened(main));
  main.binaryType = "arraybuffer";
  const sizes = [0, 1, 1159, 1160, 1161, 1200, 16384, 65535, 65536, 131072, 262144].filter((n) => n <= options.maxBytes && (n > 0 || options.sendsEmpty !== false));
  for (const size of sizes) {
    const bytes = new Uint8Array(size).map((_, i) => (i * 31 + size) & 255);
    const back = await bytesOf(await echo(main, bytes));
    if (back.length !== size || back.some((b, i) => b !== bytes[i])) throw new Error(`binary of ${size} came back wrong (${back.length})`);
  }
  report.push(`binary ${sizes.join(" ")}`);
  for (const text of ["", "hello", "Grüße, 世界 🐦", "x".repeat(Math.min(60000, options.maxBytes))]) {
    if (text === "" && options.sendsEmpty === false) continue;
    const back = await echo(main, text);
    if (back !== text) throw new Error(`text of ${text.length} came back wrong: ${typeof back}`);
  }
  report.push("text");
  main.onmessage = null;

  // A burst: a hundred messages in a row come back in order.
  const burst = [];
  await within("burst", new Promise((ok) => {
    main.onmessage = (event) => { burst.push(event.data); if (burst.length === 100) ok(); };
    for (let i = 0; i < 100; i++) main.send(`burst ${i} ${"y".repeat(5000)}`);
  }));
  if (burst.some((text, i) => !text.startsWith(`burst ${i} `))) throw new Error("burst out of order");
  report.push("burst");

  // A second channel from their side: partial reliability, unordered.
  const second = await within("second channel", new Promise((ok) => { pc.ondatachannel = (event) => ok(event.channel); main.send("open second"); }));
  if (second.label !== "second") throw new Error(`label ${second.label}`);
  if (options.reportsReliability !== false && (second.ordered !== false || second.maxRetransmits !== 0)) throw new Error(`reliability ${second.ordered} ${second.maxRetransmits}`);
  second.binaryType = "arraybuffer";
  await within("second open", opened(second));
  if ((await echo(second, "unordered")) !== "unordered") throw new Error("second channel");
  report.push("partial reliability");

  // A third from ours.
  const third = pc.createDataChannel("third", { ordered: false, maxPacketLifeTime: 500 });
  third.binaryType = "arraybuffer";
  await within("third open", opened(third));
  if ((await echo(third, "timed")) !== "timed") throw new Error("third channel");
  third.close();
  if (options.seesClose !== false) await within("our close", closed(third));
  report.push("our close");
  if (options.seesClose !== false) {
    const gone = closed(second);
    second.send("close");
    await within("their close", gone);
    report.push("their close");
  }
  return report;
};
