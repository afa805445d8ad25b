/** What imports of contacts and of do-not-call numbers have in common: the file sent in parts, its format, its state. */
import type { Answer, Body } from '@/api'

export type ImportState = Answer<'/api/v2/contact-imports/{import_id}', 'get'>
export type Preview = Answer<'/api/v2/contact-imports/{import_id}/preview', 'post'>
export type PreviewRequest = Body<'/api/v2/contact-imports/{import_id}/preview', 'post'>
export type Format = Pick<Preview, 'encoding' | 'delimiter' | 'has_header'>

export interface ImportApi {
  part: (id: number, position: number, content: Blob) => Promise<ImportState>
  preview: (id: number, body: PreviewRequest) => Promise<Preview>
  get: (id: number) => Promise<ImportState>
  cancel: (id: number) => Promise<ImportState>
  rejectsUrl: (id: number) => string
}

export const PART_BYTES = 2 * 1024 * 1024
export const ENCODINGS = ['utf-8', 'utf-16', 'cp1252', 'latin-1'] as const
export const DELIMITERS = [',', ';', '\t', '|'] as const

/** The key of a delimiter in the catalogue. */
export const DELIMITER_NAMES: Record<(typeof DELIMITERS)[number], string> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'bar',
}

/** Sends the file part after part; `progress` hears the share that is sent, 0 to 1. */
export async function upload(
  file: Blob,
  send: (position: number, content: Blob) => Promise<unknown>,
  progress: (share: number) => void,
): Promise<void> {
  progress(0)
  for (let position = 0; position * PART_BYTES < file.size; position += 1) {
    const start = position * PART_BYTES
    await send(position, file.slice(start, start + PART_BYTES))
    progress(Math.min(1, (start + PART_BYTES) / file.size))
  }
}

/** Whether the worker has it, or will have it. */
export const isUnderWay = (run: Pick<ImportState, 'state'>) =>
  run.state === 'queued' || run.state === 'running'

export const toneOf = (run: Pick<ImportState, 'state'>) =>
  (
    ({
      uploading: 'neutral',
      queued: 'info',
      running: 'info',
      done: 'success',
      failed: 'danger',
      cancelled: 'neutral',
    }) as const
  )[run.state]
