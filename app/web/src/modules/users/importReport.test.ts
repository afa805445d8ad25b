import { describe, expect, it } from 'vitest'

import { COLUMNS, csvOf, reportCsv, sampleCsv, type ImportRow } from './importReport'

describe('csvOf', () => {
  it('quotes what would break a line or a cell', () => {
    expect(csvOf([['a,b', 'say "hi"', 'two\nlines', 'plain']])).toBe(
      '\uFEFF"a,b","say ""hi""","two\nlines",plain\r\n',
    )
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)'])('keeps %s from being run', (formula) => {
    expect(csvOf([[formula]])).toBe(`\uFEFF'${formula}\r\n`)
  })
})

describe('sampleCsv', () => {
  it('has every column the server knows, filled for each user', () => {
    const [header, ...lines] = sampleCsv().slice(1).trimEnd().split('\r\n')
    expect(header?.split(',')).toEqual([...COLUMNS])
    for (const line of lines) expect(line.split(',')).toHaveLength(COLUMNS.length)
  })
})

describe('reportCsv', () => {
  it('says for each row what became of it', () => {
    const rows: ImportRow[] = [
      { line: 2, username: 'ana', outcome: 'created', fields: [] },
      {
        line: 3,
        username: 'ben',
        outcome: 'refused',
        fields: [{ field: 'role', code: 'unknown', message: 'No.' }],
      },
    ]
    const words = {
      outcome: (row: ImportRow) => row.outcome,
      problems: (row: ImportRow) => row.fields.map((field) => field.message).join(' '),
    }
    expect(reportCsv(rows, ['Line', 'User', 'Outcome', 'Problems'], words)).toBe(
      '\uFEFFLine,User,Outcome,Problems\r\n2,ana,created,\r\n3,ben,refused,No.\r\n',
    )
  })
})
