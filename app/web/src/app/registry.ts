/** Every module of the console: one `index.ts` per folder under `src/modules`. */
import type { ConsoleModule } from './module'

const found = import.meta.glob<{ default: ConsoleModule }>('../modules/*/index.ts', { eager: true })

export const modules: ConsoleModule[] = Object.values(found).map((file) => file.default)
