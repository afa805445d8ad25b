/**
 * The look of the console as a PrimeVue preset: petrol on cool paper, made for people who watch it for a whole shift.
 * Flat surfaces, hairlines instead of shadows, one accent; colour never carries meaning alone.
 * Contrast: text at least 4.5:1, field borders and focus rings at least 3:1, in both schemes (WCAG 2.2 AA).
 */
import { definePreset } from '@primeuix/themes'
import Aura from '@primeuix/themes/aura'

const petrol = {
  50: '#edf6f6',
  100: '#d3e9ea',
  200: '#a9d3d6',
  300: '#77b7bc',
  400: '#46959c',
  500: '#267a82',
  600: '#17646c',
  700: '#135259',
  800: '#104249',
  900: '#0d363c',
  950: '#072126',
}

const paper = {
  0: '#ffffff',
  50: '#f5f8f8',
  100: '#ebf0f0',
  200: '#dbe2e3',
  300: '#c2cccf',
  400: '#859498',
  500: '#5f6f74',
  600: '#4a585d',
  700: '#354145',
  800: '#242e32',
  900: '#192225',
  950: '#11181a',
}

const focusRing = { width: '2px', style: 'solid', color: '{primary.500}', offset: '2px' }

/** A filled button of one colour. */
function solid(background: string, color: string) {
  return { background, borderColor: background, color, hoverColor: color, activeColor: color }
}

export const preset = definePreset(Aura, {
  primitive: {
    borderRadius: { none: '0', xs: '3px', sm: '4px', md: '7px', lg: '10px', xl: '14px' },
  },
  semantic: {
    primary: petrol,
    focusRing,
    transitionDuration: '0.12s',
    disabledOpacity: '0.55',
    formField: {
      paddingX: '0.7rem',
      paddingY: '0.5rem',
      focusRing: { width: '2px', style: 'solid', color: '{primary.500}', offset: '0' },
    },
    colorScheme: {
      light: {
        surface: paper,
        primary: {
          color: '{primary.600}',
          contrastColor: '#ffffff',
          hoverColor: '{primary.700}',
          activeColor: '{primary.800}',
        },
        highlight: {
          background: '{primary.50}',
          focusBackground: '{primary.100}',
          color: '{primary.800}',
          focusColor: '{primary.900}',
        },
        text: { color: '#1b2629', hoverColor: '#0d1517', mutedColor: '#56656a', hoverMutedColor: '#3e4b4f' },
        content: { borderColor: '{surface.200}' },
        formField: {
          borderColor: '{surface.400}',
          hoverBorderColor: '{surface.500}',
          focusBorderColor: '{primary.600}',
          placeholderColor: '#66757a',
          color: '#1b2629',
          invalidBorderColor: '#c0362c',
          invalidPlaceholderColor: '#66757a',
          shadow: 'none',
        },
      },
      dark: {
        surface: {
          0: '#ffffff',
          50: '#eef2f2',
          100: '#dde4e5',
          200: '#bfcacc',
          300: '#9dabae',
          400: '#7d8c90',
          500: '#5d6b6f',
          600: '#465357',
          700: '#323d41',
          800: '#232c2f',
          900: '#1a2224',
          950: '#12181a',
        },
        primary: {
          color: '{primary.300}',
          contrastColor: '#06191c',
          hoverColor: '{primary.200}',
          activeColor: '{primary.100}',
        },
        highlight: {
          background: 'color-mix(in srgb, {primary.300}, transparent 84%)',
          focusBackground: 'color-mix(in srgb, {primary.300}, transparent 74%)',
          color: '#d3e9ea',
          focusColor: '#edf6f6',
        },
        text: { color: '#e3eaeb', hoverColor: '#ffffff', mutedColor: '#9fadb1', hoverMutedColor: '#c5d0d2' },
        content: { background: '{surface.900}', borderColor: '{surface.700}' },
        formField: {
          background: '{surface.950}',
          borderColor: '{surface.400}',
          hoverBorderColor: '{surface.300}',
          focusBorderColor: '{primary.300}',
          placeholderColor: '#8f9ea2',
          color: '#e3eaeb',
          invalidBorderColor: '#f0857a',
          invalidPlaceholderColor: '#8f9ea2',
          shadow: 'none',
        },
      },
    },
  },
  components: {
    toggleswitch: {
      colorScheme: {
        light: { root: { background: '{surface.400}', hoverBackground: '{surface.500}' } },
        dark: { root: { background: '{surface.500}', hoverBackground: '{surface.400}' } },
      },
    },
    button: {
      root: {
        label: { fontWeight: '500' },
        paddingX: '0.95rem',
        sm: { fontSize: '0.9rem', paddingX: '0.6rem' },
      },
      colorScheme: {
        light: {
          root: {
            danger: {
              ...solid('#b3332a', '#ffffff'),
              hoverBackground: '#982a22',
              activeBackground: '#80231c',
            },
          },
          outlined: {
            danger: { borderColor: '#dba9a4', color: '#a02a21', hoverBackground: '#fdf1f0' },
            secondary: {
              borderColor: '{surface.300}',
              color: '{surface.700}',
              hoverBackground: '{surface.50}',
            },
          },
          text: {
            danger: { color: '#a02a21', hoverBackground: '#fdf1f0' },
            secondary: { color: '{surface.600}', hoverBackground: '{surface.100}' },
          },
        },
        dark: {
          root: {
            danger: {
              ...solid('#f0857a', '#2b0906'),
              hoverBackground: '#f5a097',
              activeBackground: '#f8b9b2',
            },
          },
          outlined: {
            danger: { borderColor: '#7c3b35', color: '#f7a8a0', hoverBackground: '#3a1f1d' },
            secondary: {
              borderColor: '{surface.600}',
              color: '{surface.100}',
              hoverBackground: '{surface.800}',
            },
          },
          text: {
            danger: { color: '#f7a8a0', hoverBackground: '#3a1f1d' },
            secondary: { color: '{surface.200}', hoverBackground: '{surface.800}' },
          },
        },
      },
    },
  },
})
