/** A file on its way to the server, and what the server sees in it. */
import { ref, watch } from 'vue'

import { asProblem } from '@/api'
import { useProblemText } from '@/kit'

import { upload, type ImportApi, type ImportState, type Preview, type PreviewRequest } from './importing'

export function useUpload(source: ImportApi, begin: (file: File) => Promise<ImportState>) {
  const { fieldText, problemText } = useProblemText()
  const file = ref<File | null>(null)
  const importId = ref(0)
  const share = ref(0)
  const isBusy = ref(false)
  const preview = ref<Preview | null>(null)
  /** Counts the looks at the file, so that what was chosen for one look is not kept for the next. */
  const lookNumber = ref(0)
  /** What is wrong with the file. */
  const error = ref<string | undefined>()
  /** Why it could not be sent. */
  const refusal = ref<string | undefined>()

  async function attempt(work: () => Promise<void>): Promise<void> {
    isBusy.value = true
    error.value = refusal.value = undefined
    try {
      await work()
    } catch (thrown) {
      const problem = asProblem(thrown)
      const told = problem.fields.find((field) => field.field === 'file')
      if (told) error.value = fieldText(told)
      else refusal.value = problemText(problem)
    } finally {
      isBusy.value = false
    }
  }

  const look = (wanted: PreviewRequest) =>
    attempt(async () => {
      preview.value = await source.preview(importId.value, wanted)
      lookNumber.value += 1
    })

  watch(file, (chosen) => {
    preview.value = null
    error.value = refusal.value = undefined
    if (!chosen) return
    void attempt(async () => {
      importId.value = (await begin(chosen)).id
      await upload(
        chosen,
        (position, content) => source.part(importId.value, position, content),
        (sent) => (share.value = sent),
      )
      preview.value = await source.preview(importId.value, {})
      lookNumber.value += 1
    })
  })

  function reset(): void {
    file.value = null
    preview.value = null
  }

  return { file, importId, share, isBusy, preview, lookNumber, error, refusal, look, reset }
}
