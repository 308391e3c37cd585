/**
 * The look of every page: one column of paper, ink and a rule. Logical properties only, so that it turns with the
 * script; fonts are those the reader has. Its hash stands in the page's policy, so it is one constant.
 */
import { createHash } from 'node:crypto';

const sheet = `
:root{color-scheme:light dark;--paper:#fbfaf6;--ink:#1c1a17;--soft:#645f56;--rule:#d9d4c8;--red:#8a1f1a;--tint:#f3f0e7}
@media(prefers-color-scheme:dark){:root{--paper:#161512;--ink:#e9e5da;--soft:#a39d90;--rule:#38352e;--red:#e58d7f;--tint:#1f1d19}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:66rem;padding:0 max(1.1rem,3vw) 2.5rem;background:var(--paper);color:var(--ink);
font-size:1.0625rem;overflow-wrap:anywhere}
:where([lang=ar]){font-family:"Noto Naskh Arabic","Geeza Pro","Sakkal Majalla","Segoe UI",Charter,"Noto Serif",serif;line-height:1.9}
:where([lang=en]){font-family:Charter,"Bitstream Charter","Noto Serif","Sitka Text",Cambria,Georgia,"Noto Naskh Arabic",serif;line-height:1.6}
a{color:inherit;text-decoration-color:var(--red);text-decoration-thickness:1px;text-underline-offset:.22em}
a:hover{color:var(--red)}
:focus-visible{outline:2px solid var(--red);outline-offset:3px}
.mast{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;align-items:baseline;justify-content:space-between;padding-block:1.1rem .7rem;border-block-end:3px double var(--ink)}
.mast b{font-size:1.3rem}
.mast b a{text-decoration:none}
.front b{font-size:clamp(1.7rem,1.3rem + 2vw,2.6rem)}
nav,.meta,dt,small,footer{color:var(--soft);font-size:.9rem}
nav a+a,.meta>*+*{margin-inline-start:1rem}
h1,h2{line-height:1.22;margin:0;text-wrap:balance}
h1:lang(ar),h2:lang(ar){line-height:1.5}
h1{font-size:clamp(1.7rem,1.2rem + 2.4vw,2.7rem);font-weight:700}
h2{font-size:1.1rem}
header.head{max-width:46rem;padding-block:2rem 1.2rem}
.meta{margin:.8rem 0 0}
.body{max-width:38rem;font-size:1.15rem}
.body:lang(ar){font-size:1.25rem}
.body p{margin:0 0 1.1em}
section{margin-block-start:2.2rem;padding-block-start:.8rem;border-block-start:1px solid var(--ink);max-width:46rem}
.note{border-inline-start:3px solid var(--red);background:var(--tint);padding:.7rem 1rem;margin:.9rem 0}
figure{margin:1.3rem 0 0;padding:0}
details{border:1px solid var(--rule)}
summary{cursor:pointer;padding:.8rem 1rem;background:var(--tint);min-height:3rem}
video,img{display:block;width:100%;height:auto;max-height:80vh;object-fit:contain;background:#000}
audio{display:block;width:100%}
dl{margin:.6rem 0 0;display:grid;gap:.15rem 1.2rem}
dt{margin-block-start:.5rem}
dd{margin:0}
code,bdi.id{font:.8rem/1.5 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
bdi.id{display:inline-block;max-inline-size:32.2ch;vertical-align:text-top}
ol,ul{margin:.8rem 0 0;padding-inline-start:1.4rem}
li+li{margin-block-start:.5rem}
.news{list-style:none;padding:0;margin:0;max-width:46rem}
.news li{padding-block:1.5rem;border-block-end:1px solid var(--rule);margin:0}
.news h2{font-size:1.45rem}
.news h2 a{text-decoration:none}
.news h2 a:hover{text-decoration:underline}
.news p{margin:.5rem 0 0}
.news .meta{margin:0 0 .35rem}
footer{margin-block-start:3rem;padding-block-start:.9rem;border-block-start:3px double var(--ink)}
footer p{margin:.3rem 0}
@media(min-width:60rem){.wide{display:grid;grid-template-columns:minmax(0,1fr) 18rem;column-gap:4rem;align-items:start}
.wide aside{font-size:.95rem;padding-block-start:2.4rem}.wide aside section{margin-block:0 2.2rem}.wide aside section:first-child{padding-block-start:0;border:0}}
@media(min-width:34rem){main dl.row{grid-template-columns:8.5rem minmax(0,1fr)}dl.row dt{margin:.25rem 0 0}}
@media print{nav,summary{display:none}body{max-width:none}}
`;

export const style = sheet.replaceAll('\n', '');

const hash = createHash('sha256').update(style).digest('base64');

/** Nothing but this sheet, and the media that the reader opens. */
export const policy = `default-src 'none'; style-src 'sha256-${hash}'; img-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'`;
