import type { LoadLinks } from '../../client/src/direct/lazy-links.ts'

/** The code of direct links: a part of its own, since text comes before the best way for it. */
export const loadLinks: LoadLinks = () => import('../../client/src/direct/session-links.ts')
