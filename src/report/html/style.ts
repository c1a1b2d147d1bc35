/**
 * The page's colours, one set for light and one for dark. Each verdict has one accent; everything else is ink on paper.
 * A test computes the contrast of every pair that is used.
 */
export const palettes = {
  light: {
    paper: '#ffffff',
    wash: '#f5f6f8',
    ink: '#161a21',
    soft: '#48515e',
    faint: '#626c7a',
    line: '#dfe3e8',
    good: '#12683a',
    'good-wash': '#eaf6ef',
    'good-mark': '#bfe5cd',
    bad: '#ab1f17',
    'bad-wash': '#fcf0ee',
    'bad-mark': '#f8cdc7',
    doubt: '#7d5200',
    'doubt-wash': '#fdf6e6',
  },
  dark: {
    paper: '#101317',
    wash: '#181c22',
    ink: '#e9ecf0',
    soft: '#b1bac6',
    faint: '#929daa',
    line: '#2b323b',
    good: '#74d19c',
    'good-wash': '#11231a',
    'good-mark': '#1d5535',
    bad: '#ff9a8f',
    'bad-wash': '#2a1615',
    'bad-mark': '#6d2822',
    doubt: '#edbf62',
    'doubt-wash': '#271f0f',
  },
} as const;

const variables = (palette: Readonly<Record<string, string>>) =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');

/** The whole style sheet. It names no address: fonts are those of the reader's system. */
export const styleSheet = `
:root{color-scheme:light dark;${variables(palettes.light)};
--sans:-apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue","Liberation Sans",Arial,system-ui,sans-serif;
--mono:ui-monospace,"SF Mono",SFMono-Regular,Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root{${variables(palettes.dark)}}}
.PASS{--accent:var(--good);--accent-wash:var(--good-wash)}
.BLOCKER{--accent:var(--bad);--accent-wash:var(--bad-wash)}
.INCONCLUSIVE{--accent:var(--doubt);--accent-wash:var(--doubt-wash)}
.UNFINISHED{--accent:var(--soft);--accent-wash:var(--wash)}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 var(--sans);overflow-wrap:break-word}
h1,h2,h3,p,dl,dd,ol,ul,pre,figure,table{margin:0;padding:0}
ol,ul{list-style:none}
a{color:inherit;text-decoration-thickness:1px;text-underline-offset:.2em}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:2px}
code,pre,.mono{font-family:var(--mono);font-size:.8125rem;line-height:1.6}
pre{white-space:pre-wrap;overflow-wrap:anywhere;tab-size:2}
.skip{position:absolute;left:-999px}
.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem;z-index:1}
.quiet{color:var(--faint)}
.soft{color:var(--soft)}
.num{font-variant-numeric:tabular-nums;white-space:nowrap}
.good{color:var(--good)}.bad{color:var(--bad)}.doubt{color:var(--doubt)}
.page{max-width:70rem;margin-inline:auto;padding-inline:clamp(1.125rem,4vw,3rem)}

.top{background:var(--accent-wash);border-bottom:1px solid var(--line)}
.top .page{padding-block:1.5rem clamp(2.25rem,5vw,3.75rem)}
.about{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 2rem;font-size:.875rem;color:var(--soft)}
.about b{font-weight:600;color:var(--ink)}
.verdict{display:flex;align-items:center;gap:.625rem;margin-top:clamp(2rem,5vw,3.5rem);color:var(--accent);font-size:.875rem;font-weight:700;letter-spacing:.09em}
.verdict svg{width:1.625rem;height:1.625rem;flex:none}
h1{margin-top:.375rem;font-size:clamp(2.25rem,6vw,3.5rem);line-height:1.08;letter-spacing:-.025em;font-weight:700;text-wrap:balance}
.why{margin-top:1rem;max-width:46rem;font-size:clamp(1.0625rem,2vw,1.25rem);line-height:1.5;text-wrap:pretty}
.brief{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(16rem,100%),1fr));gap:1.5rem 2.5rem;margin-top:clamp(1.75rem,4vw,2.75rem)}
.brief dt,.facts dt{font-size:.8125rem;font-weight:600;color:var(--soft)}
.brief dd{margin-top:.25rem;font-size:.9375rem}
.brief .cause{font-weight:600;color:var(--accent)}
.brief li+li{margin-top:.375rem}

.strip{display:grid;grid-template-columns:repeat(11,auto);gap:.25rem;margin-top:clamp(1.75rem,4vw,2.5rem)}
.strip li{border-top:3px solid var(--line);padding:.5rem .25rem 0 0;font-size:.75rem;line-height:1.35;color:var(--faint);min-width:0}
.strip b{display:block;font-weight:600;color:var(--ink);hyphens:auto}
.strip .passed{border-color:var(--faint)}
.strip .failed{border-color:var(--bad)}.strip .failed b,.strip .failed .sign{color:var(--bad)}
.strip .inconclusive,.strip .unfinished{border-color:var(--doubt)}.strip .inconclusive b,.strip .unfinished b{color:var(--doubt)}
.strip .not-run b,.strip .not-applicable b{color:var(--faint);font-weight:400}
@media (max-width:60rem){.strip{grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:.75rem .5rem}}

.said{margin-top:1.25rem}
@media (min-width:48rem){.said td:nth-child(2){width:28%}#gates table{table-layout:fixed}#gates th:first-child{width:14%}#gates th:nth-child(2){width:23%}}
#gates td:nth-child(n+2){overflow-wrap:anywhere}
section{display:grid;grid-template-columns:11rem minmax(0,1fr);gap:1rem 2.5rem;padding-block:clamp(2rem,4vw,3rem);border-top:1px solid var(--line)}
.strip+.said{margin-bottom:clamp(2rem,4vw,3rem)}
section>h2{font-size:1.0625rem;line-height:1.4;font-weight:650;letter-spacing:-.005em}
section>div{font-size:.9375rem}
section>div>p{margin-top:.75rem}
section>div>details:not(.migration){margin-top:.5rem}
section>h2 span{display:block;font-size:.8125rem;font-weight:400;color:var(--faint);letter-spacing:0}
@media (max-width:60rem){section{grid-template-columns:minmax(0,1fr)}section>h2 span{display:inline;margin-left:.5rem}}

.finding{border:1px solid var(--line);border-radius:.625rem;padding:clamp(1rem,2.2vw,1.5rem) clamp(1.125rem,2.5vw,1.75rem);background:var(--paper)}
.finding+.finding{margin-top:1.25rem}
.over{display:flex;flex-wrap:wrap;gap:.125rem .75rem;font-size:.8125rem;color:var(--faint)}
.over .no{color:var(--ink);font-weight:700}
.over .security{color:var(--bad);font-weight:600}
h3{margin-top:.375rem;font-size:1.125rem;line-height:1.4;font-weight:650;letter-spacing:-.01em;text-wrap:pretty}
.finding>p{margin-top:.5rem;color:var(--soft)}
.diff{margin-top:1rem;border-radius:.375rem;background:var(--wash);overflow:hidden;font-family:var(--mono);font-size:.8125rem;line-height:1.6}
.diff div{display:grid;grid-template-columns:5.5rem minmax(0,1fr);white-space:pre-wrap;overflow-wrap:anywhere}

.diff div:first-child{padding-top:.375rem}.diff div:last-child{padding-bottom:.375rem}
.diff div>span:first-child{padding-left:.875rem;font:600 .6875rem/1.9 var(--sans);color:var(--faint);user-select:none}
.diff div>:last-child{padding-right:.875rem;text-decoration:none}
.diff .expected{background:var(--good-wash)}.diff .expected>span:first-child{color:var(--good)}
.diff .actual{background:var(--bad-wash)}.diff .actual>span:first-child{color:var(--bad)}
.diff mark{color:inherit;border-radius:2px;padding:.06em 0}
.diff .expected mark{background:var(--good-mark)}.diff .actual mark{background:var(--bad-mark)}
.diff .gap{color:var(--faint)}
.facts{display:grid;grid-template-columns:8.5rem minmax(0,1fr);gap:.625rem 1rem;margin-top:1.125rem;font-size:.9375rem}
.facts dt{padding-top:.125rem}
@media (max-width:34rem){.facts{grid-template-columns:minmax(0,1fr);gap:.125rem}.facts dd+dt{margin-top:.5rem}.diff div{grid-template-columns:minmax(0,1fr)}.diff div>span:first-child:empty{display:none}.diff div>:last-child{padding-left:.875rem}}
.facts:first-child,.scope:first-of-type h3{margin-top:0}
.sql{padding:.625rem .875rem;border-radius:.375rem;background:var(--wash)}
.code{position:relative;padding:.625rem .875rem;border-radius:.375rem;background:var(--wash)}
.code button{position:absolute;top:.375rem;right:.375rem;padding:.125rem .5rem;border:1px solid var(--line);border-radius:.25rem;background:var(--paper);color:var(--soft);font:.75rem/1.5 var(--sans);cursor:pointer}
.code button:hover{color:var(--ink);border-color:var(--faint)}
.code:has(button){padding-right:4.25rem}
.lesser{margin-top:1.5rem}
.lesser>li{padding-block:.75rem;border-top:1px solid var(--line)}
.lesser:first-child{margin-top:0}.lesser:first-child>li:first-child{border-top:0;padding-top:0}

.wide{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:.9375rem}
td code{overflow-wrap:anywhere}
@media (min-width:48rem){#sync .tables td:first-child{min-width:16rem}}
#sync .tables .explained>td{border-bottom:0;padding-bottom:0}
th{text-align:left;font-size:.8125rem;font-weight:600;color:var(--soft);vertical-align:bottom}
th,td{padding:.5625rem 1rem .5625rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th:last-child,td:last-child{padding-right:0}
tr:last-child>td{border-bottom:0}
.right{text-align:right}
td .mono{display:block;color:var(--ink)}
.state{white-space:nowrap;font-weight:600}
@media (max-width:48rem){.stack thead{position:absolute;left:-999px}.stack,.stack tbody,.stack tr,.stack td{display:block}.stack tr{padding-block:.75rem;border-bottom:1px solid var(--line)}.stack tr:last-child{border:0}.stack td{border:0;padding:.0625rem 0}.stack td .mono{display:inline;margin-right:.75rem}.stack td.right{text-align:left}.stack td[data-label]::before{content:attr(data-label) " ";color:var(--faint);font-size:.8125rem}#sync .tables .explained{border:0;padding-bottom:0}#sync .tables .explained+tr{padding-top:.25rem}}

details>summary{cursor:pointer;color:var(--soft);font-size:.9375rem;list-style:none;padding-block:.25rem}
details>summary::-webkit-details-marker{display:none}
details>summary::before{content:"";display:inline-block;width:.4rem;height:.4rem;margin-right:.625rem;border:solid var(--faint);border-width:0 1.5px 1.5px 0;transform:translateY(-.15rem) rotate(-45deg);transition:transform .15s}
details[open]>summary::before{transform:translateY(-.2rem) rotate(45deg)}
details>summary:hover{color:var(--ink)}
details>:not(summary){margin-top:.625rem}
.migration{border-bottom:1px solid var(--line)}
.migration:last-child{border:0}
.migration>summary{display:grid;grid-template-columns:auto minmax(0,1fr) 9rem 5.5rem;gap:.125rem .75rem;align-items:center;padding-block:.625rem;color:var(--ink)}
.migration>summary::before{margin-right:0}
.migration .name{font-family:var(--mono);font-size:.8125rem}
.migration .name small{display:block;font:.8125rem/1.4 var(--sans);color:var(--faint)}
.migration>:not(summary){margin:.25rem 0 1.25rem 1.25rem}
@media (max-width:40rem){.migration>summary{grid-template-columns:auto minmax(0,1fr) 4.75rem}.migration>summary .bar{display:none}.migration>:not(summary){margin-left:0}}
.bar{display:block;width:100%;height:.5rem}
.bar rect{fill:var(--faint)}.bar.failed rect{fill:var(--bad)}
.statement{margin-top:1rem}
.statement .num{white-space:normal;overflow-wrap:anywhere}
.statement .bar{width:4rem;height:.375rem;align-self:center}
.migration>div>p{font-size:.8125rem;margin-top:.25rem}
.statement>p{display:flex;flex-wrap:wrap;gap:0 1rem;font-size:.8125rem;color:var(--faint);margin-bottom:.375rem}
.lanes{margin-top:.25rem}
.lane{display:grid;grid-template-columns:13rem minmax(0,1fr);gap:0 1rem;align-items:center;border-top:1px solid var(--line);padding-block:.25rem;font-size:.8125rem}
.lane.axis{border:0;padding:0}
.lane .name{font-family:var(--mono);overflow-wrap:anywhere}
.lane .name small{display:block;font:.75rem/1.4 var(--sans);color:var(--faint)}
.lane svg{display:block;width:100%;overflow:visible}
.lane text{font:.6875rem var(--sans);fill:var(--faint)}
.lane .grid{stroke:var(--line);stroke-width:1}
.lane rect{stroke-width:1.25}
.lane .statement{fill:var(--faint);stroke:var(--faint)}
.lane .failed-statement{fill:var(--bad);stroke:var(--bad)}
.lane .blocks-all{fill:var(--ink);stroke:var(--ink)}
.lane .blocks-writing{stroke:var(--ink)}
.hatch{fill:var(--ink)}
.lane .waiting{fill:none;stroke:var(--ink);stroke-dasharray:3 2}
.lane .stall{fill:var(--bad-wash);stroke:var(--bad)}
.lanes figcaption{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin-top:.625rem;font-size:.75rem;color:var(--soft)}
.key::before{content:"";display:inline-block;width:1.25rem;height:.625rem;margin-right:.4rem;border:1px solid var(--ink);vertical-align:-.05rem}
.key.all::before{background:var(--ink)}
.key.writing::before{background:repeating-linear-gradient(135deg,var(--ink) 0 2px,transparent 2px 5px)}
.key.waiting::before{height:.25rem;border-style:dashed;vertical-align:.1rem}
.key.stall::before{border-color:var(--bad);background:var(--bad-wash)}
@media (max-width:48rem){.lane{grid-template-columns:minmax(0,1fr)}}
#recording h3,#cost h3{margin-top:1.75rem;font-size:1rem}
#recording ul,#recording ol{margin-top:.5rem}
.chain li{position:relative;padding:.25rem 0 .25rem 1.5rem}
.chain li+li::before{content:"↳";position:absolute;left:.25rem;color:var(--faint)}
#cost .facts:first-child{margin-bottom:1.25rem}
.costs th,.costs td{padding-right:.75rem}
.costs td:first-child{min-width:9rem}
.costs td .mono,.costs td code{overflow-wrap:anywhere}
.costs .total td{border-top:2px solid var(--line)}
.histogram{margin-top:1.5rem;max-width:34rem}
.histogram figcaption{font-size:.8125rem;font-weight:600;color:var(--soft)}
.histogram ul{margin-top:.375rem}
.histogram li{display:grid;grid-template-columns:9rem minmax(0,1fr) 3.5rem;gap:.75rem;align-items:center;font-size:.8125rem;padding-block:.125rem}
.batches .bar{width:6rem}
@media (max-width:48rem){.costs td.num,.batches td.num{display:inline-block;margin-right:1.25rem}.costs .total td{border-top:0}}
.hidden{position:absolute;left:-999px}
tr:target{background:var(--accent-wash)}
.stopped{border-radius:.625rem;background:var(--bad-wash);padding:clamp(1.125rem,2.5vw,1.75rem)}
.stopped.inconclusive{background:var(--doubt-wash)}
.stopped+.stopped{margin-top:1.5rem}.scope+.scope{margin-top:2.25rem}
.stopped h3{margin-top:0}
.stopped pre{margin-top:1rem}
.stopped pre mark{background:var(--bad-mark);color:inherit;border-radius:2px;padding:.1em 0}
.hash{font-family:var(--mono);font-size:.75rem;word-break:break-all;color:var(--soft)}
footer{border-top:1px solid var(--line);color:var(--faint);font-size:.8125rem}
footer .page{padding-block:1.5rem 3rem}
@media print{body{font-size:10.5pt}.top{background:none}.skip,.code button{display:none}.finding,.stopped,.statement,tr{break-inside:avoid}section{display:block;padding-block:1.25rem}section>h2{margin-bottom:.75rem;break-after:avoid}.strip{grid-template-columns:repeat(6,1fr)}
.top,.diff,.diff *,.stopped,.bar,.lane *,.key{-webkit-print-color-adjust:exact;print-color-adjust:exact}
details::details-content{content-visibility:visible;display:block;block-size:auto}}
`.trim();
