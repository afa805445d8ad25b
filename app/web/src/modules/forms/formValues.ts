/** What the designer of a form holds, and how it becomes the server's body. */
import type { AgentForm, FormBody } from './api'

export type FieldType = AgentForm['fields'][number]['type']
export const FIELD_TYPES: readonly FieldType[] = [
  'text',
  'text-area',
  'date',
  'list',
  'number',
  'dynamic-list',
]

/** A field as the agent meets it. */
export type AnswerField = AgentForm['fields'][number]

/** A field in the designer; `id` is only for keeping its row while it moves. */
export interface FieldValues extends AnswerField {
  id: number
}

export interface FormValues {
  name: string
  description: string
  is_hidden: boolean
  fields: FieldValues[]
}

let lastId = 0

export function newField(): FieldValues {
  return {
    id: ++lastId,
    name: '',
    type: 'text',
    is_required: false,
    options: [],
    number_kind: null,
    digits: null,
    external_site_id: null,
  }
}

export function valuesOf(form: AgentForm | null): FormValues {
  return {
    name: form?.name ?? '',
    description: form?.description ?? '',
    is_hidden: form?.is_hidden ?? false,
    fields: (form?.fields ?? []).map((field) => ({ ...field, id: ++lastId })),
  }
}

/** The field with nothing in it that its type has no use for. */
export function tidied(field: FieldValues): FieldValues {
  const kind = field.type === 'number' ? (field.number_kind ?? 'integer') : null
  return {
    ...field,
    name: field.name.trim(),
    options: field.type === 'list' ? field.options : [],
    number_kind: kind,
    digits: kind === 'decimal' ? (field.digits ?? 2) : null,
    external_site_id: field.type === 'dynamic-list' ? field.external_site_id : null,
  }
}

export function bodyOf(values: FormValues): FormBody {
  return {
    ...values,
    name: values.name.trim(),
    description: values.description.trim(),
    fields: values.fields.map((field) => {
      const { id: _id, ...body } = tidied(field)
      return body
    }),
  }
}

/** One value a line, without blanks and repetitions. */
export function linesOf(text: string): string[] {
  return [...new Set(text.split('\n').map((line) => line.trim()))].filter(Boolean)
}

/** What was typed as a number, the way the server takes it: people in many countries type a comma. */
export function plainNumber(text: string): string {
  return /^\s*[+-]?\d+,\d+\s*$/.test(text) ? text.trim().replace(',', '.') : text
}
