/** The lazy chunk that keeps a link alive: what a connection that has just begun does not need yet. */
export { LinkPlan } from './link-plan.ts'
export { pathOf } from './peer-path.ts'
