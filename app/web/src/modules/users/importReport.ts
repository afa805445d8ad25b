/** What is written about an import: the report to keep, and a file to start from. */
import type { ImportReport } from './api'

export type ImportRow = ImportReport['rows'][number]

export const COLUMNS = [
  'username',
  'password',
  'role',
  'first_name',
  'last_name',
  'email',
  'group',
  'language',
  'must_change_password',
] as const
export type ImportColumn = (typeof COLUMNS)[number]

const SAMPLE: Record<ImportColumn, string>[] = [
  {
    username: 'mperez',
    password: 'correct horse battery',
    role: 'agent',
    first_name: 'María',
    last_name: 'Pérez',
    email: 'mperez@example.com',
    group: 'Ventas',
    language: 'es',
    must_change_password: 'yes',
  },
  {
    username: 'jdoe',
    password: 'a fine long passphrase',
    role: 'supervisor',
    first_name: 'John',
    last_name: 'Doe',
    email: '',
    group: '',
    language: 'en',
    must_change_password: 'yes',
  },
]

/** Rows as CSV that spreadsheets take for UTF-8, with nothing in it that they would run as a formula. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return `\uFEFF${rows.map((row) => row.map(cellOf).join(',')).join('\r\n')}\r\n`
}

function cellOf(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

export function sampleCsv(): string {
  return csvOf([COLUMNS, ...SAMPLE.map((user) => COLUMNS.map((column) => user[column]))])
}

/** One line for each row of the file: `words` says in the person's language what became of it and what is wrong. */
export function reportCsv(
  rows: readonly ImportRow[],
  headings: readonly string[],
  words: { outcome: (row: ImportRow) => string; problems: (row: ImportRow) => string },
): string {
  return csvOf([
    headings,
    ...rows.map((row) => [String(row.line), row.username, words.outcome(row), words.problems(row)]),
  ])
}

/** Hands a text over as a file. */
export function download(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
