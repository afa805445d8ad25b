import { describe, expect, it } from 'vitest'

import { PART_BYTES, isUnderWay, upload } from './importing'

/** The test's browser has blobs that only a FileReader can read. */
function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const reader = new FileReader()
    reader.onload = () => {
      resolve(new Uint8Array(reader.result as ArrayBuffer))
    }
    reader.readAsArrayBuffer(blob)
  })
}

describe('upload', () => {
  it('sends every byte once, in order, and says how far it is', async () => {
    const content = new Uint8Array(PART_BYTES * 2 + 5).map((_, index) => index % 251)
    const sent: Uint8Array[] = []
    const shares: number[] = []
    await upload(
      new Blob([content]),
      async (position, part) => {
        expect(position).toBe(sent.length)
        sent.push(await bytesOf(part))
      },
      (share) => shares.push(share),
    )
    expect(sent.map((part) => part.length)).toEqual([PART_BYTES, PART_BYTES, 5])
    expect(Buffer.compare(Buffer.concat(sent), Buffer.from(content))).toBe(0)
    expect(shares[0]).toBe(0)
    expect(shares.at(-1)).toBe(1)
  })

  it('stops where a part is refused', async () => {
    const asked: number[] = []
    const refused = upload(
      new Blob([new Uint8Array(PART_BYTES * 3)]),
      (position) => {
        asked.push(position)
        return position === 1 ? Promise.reject(new Error('refused')) : Promise.resolve()
      },
      () => undefined,
    )
    await expect(refused).rejects.toThrow('refused')
    expect(asked).toEqual([0, 1])
  })
})

describe('isUnderWay', () => {
  it.each([
    ['queued', true],
    ['running', true],
    ['done', false],
    ['failed', false],
    ['cancelled', false],
    ['uploading', false],
  ] as const)('%s: %s', (state, expected) => {
    expect(isUnderWay({ state })).toBe(expected)
  })
})
