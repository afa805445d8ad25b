import type { InjectionKey, Ref } from 'vue'

/** Set by a form card; for controls that a disabled `fieldset` does not reach, because they are not native. */
export const FORM_READONLY: InjectionKey<Readonly<Ref<boolean>>> = Symbol('form-readonly')
