import type { Item } from '@/api'

/** Whether Asterisk has taken over what was saved; `message` is Asterisk's own when it has not. */
export type Sync = Item<'/api/v2/sip-trunks'>['sync']
