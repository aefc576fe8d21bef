import { expect, test } from 'vitest'
import { LinkPlan } from '../src/p2p/link-plan.ts'

/** Runs a plan for a while and writes down what it wanted, with the second at which it did. */
function run(plan: LinkPlan, fromMs: number, untilMs: number): string[] {
  const said: string[] = []
  const drain = (nowMs: number): void => {
    for (let effect = plan.take(); effect; effect = plan.take()) said.push(`${nowMs / 1000} ${effect.type}`)
  }
  drain(fromMs)
  for (let wake = plan.nextWake; wake && wake.atMs <= untilMs; wake = plan.nextWake) {
    plan.tick(wake.atMs)
    drain(wake.atMs)
  }
  return said
}

test('whoever offered restarts after 1, 2 and 4 seconds, and gives up', () => {
  const plan = new LinkPlan(() => false)
  plan.handle({ type: 'start', offers: true }, 0)
  expect(run(plan, 0, 40_000)).toEqual(['5 restart', '7 restart', '11 rebuild', '16 unreachable'])
})

test('the other side waits three seconds for the offer, then makes one itself', () => {
  const plan = new LinkPlan(() => false)
  plan.handle({ type: 'start', offers: false }, 0)
  expect(run(plan, 0, 4_000)).toEqual(['3 offer'])
})

test('an open link that is lost is restarted after 1, 2 and 4 seconds', () => {
  const plan = new LinkPlan(() => false)
  plan.handle({ type: 'start', offers: true }, 0)
  plan.handle({ type: 'opened' }, 100)
  expect(plan.nextWake).toBeUndefined()
  plan.handle({ type: 'lost' }, 10_000)
  expect(run(plan, 10_000, 40_000)).toEqual(['11 restart', '13 restart', '17 rebuild', '22 unreachable'])
})

test('with a hub messages are relayed from the first failure on, and a better path is looked for every 30 seconds', () => {
  const plan = new LinkPlan(() => true)
  plan.handle({ type: 'start', offers: true }, 0)
  expect(run(plan, 0, 80_000)).toEqual(['5 relay', '5 restart', '7 restart', '11 rebuild', '46 rebuild', '76 rebuild'])
  plan.handle({ type: 'opened' }, 80_000)
  expect(plan.nextWake).toBeUndefined()
})

test('a link that was stopped wants nothing', () => {
  const plan = new LinkPlan(() => true)
  plan.handle({ type: 'start', offers: true }, 0)
  plan.handle({ type: 'stop' }, 1)
  plan.handle({ type: 'lost' }, 2)
  expect(plan.nextWake).toBeUndefined()
})
