// Debian's React is a script: what modules import of it.
export const { createElement, useCallback, useMemo, useRef, useSyncExternalStore } = window.React;
