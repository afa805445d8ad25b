export interface Column<T> {
  /** Field of the row, name of the cell's slot (`cell-<key>`) and the server's name for sorting. */
  key: (keyof T & string) | (string & {})
  label: string
  sortable?: boolean
  align?: 'start' | 'end'
  /** CSS width, for columns that should not share the rest evenly. */
  width?: string
}
