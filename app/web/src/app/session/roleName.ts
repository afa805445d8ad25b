/** What a role is called: predefined ones in the language on screen, the others as somebody named them. */
import { useI18n } from 'vue-i18n'

export function useRoleName(): (role: { slug: string; name: string } | undefined) => string {
  const { t, te } = useI18n()
  return (role) => {
    if (!role) return ''
    const known = `shell.role.${role.slug}`
    return te(known) ? t(known) : role.name
  }
}
