import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { launchChromium } from './chromium.ts'
import { HubDouble } from './hub-double.ts'

/** One Chromium for the file that imports this, ended behind its last test. */
export let browser: Browser
/** A hub of its own for each test. */
export let hub: HubDouble
/** What pages complained about: none of it may be left when a test ends. */
export let complaints: string[]

/** Called once at the top of a file of browser tests: `browser`, `hub` and `complaints` are there for each of its tests. */
export function withHub(): void {
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    complaints = []
    hub = await new HubDouble().start()
  })
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    await hub.stop()
    expect(complaints).toEqual([])
  })
}

/** Another hub, with another key and no memory, at the address of the one that was stopped. */
export async function newHubAt(port: number): Promise<void> {
  hub = await new HubDouble().start(port)
}

/** What a test made happen on purpose, and browsers complain about by themselves. */
export function forgive(complaint: RegExp): void {
  complaints = complaints.filter((line) => !complaint.test(line))
}
