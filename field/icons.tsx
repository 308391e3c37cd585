/** The pictures of the page: drawn lines on a 24-unit square, told apart by outline alone. Never mirrored. */
const shapes = {
  camera: 'M3 8h4l2-3h6l2 3h4v11H3z M12 10a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7',
  video: 'M3 6h12v12H3z M15 10.5l6-3.5v10l-6-3.5',
  gallery: 'M6 3h15v13H6z M3 7v13h14 M9 13l3.5-4 2.5 3 2-2 3 3.500',
  words: 'M4 4h16v12H11l-5 4v-4H4z M8 8.500h8 M8 12h5',
  place: 'M12 21c-4-5-6-8-6-11a6 6 0 0 1 12 0c0 3-2 6-6 11z M12 8a2 2 0 1 0 0 4a2 2 0 1 0 0-4',
  urgent: 'M12 3 22 20H2z M12 9v5 M12 17v.2',
  send: 'M12 20V4 M5 11l7-7 7 7',
  make: 'M12 5v14 M5 12h14',
  going: 'M3 7h4v10H3z M9 7h4v10H9z M15 7h2 M15 17h2 M19 7h2v10h-2',
  erase: 'M8 3h8l5 5v8l-5 5H8l-5-5V8z M8.500 8.500l7 7 M15.500 8.500l-7 7',
  remove: 'M6 6l12 12 M18 6 6 18',
  short: 'M3 5h18v14H3z M8 5v14 M16 5v14 M3 12h5 M16 12h5',
  whole: 'M6 2.500h9l4 4v15H6z M15 2.500v4h4 M9 12h7 M9 16h7',
  here: 'M8 2.500h8v19H8z M11 18.500h2',
  taken: 'M3 12v8h18v-8 M12 3v11 M8 10l4 4 4-4',
  arrived: 'M3 12v8h18v-8 M7 8.500l4 4 8-9',
  opened: 'M2 12.500l5 5L18 6 M11 16.500l1 1L22 7',
  card: 'M6 2.500h9l4 4v15H6z M10 3v4 M13 3v4 M16 4.500v3',
  waiting: 'M6 3h12 M6 21h12 M7 3c0 5 4 6 5 9c-1 3-5 4-5 9 M17 3c0 5-4 6-5 9c1 3 5 4 5 9',
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={shapes[name]} />
    </svg>
  );
}
