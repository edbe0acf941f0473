/// The page's style. It names no font, picture or colour that is not on every machine.
let reportStyle = """
  :root {
    color-scheme: light dark;
    --ground: #f6f6f4; --sheet: #ffffff; --stage: #ecece9; --line: #e2e2de; --strong: #17181a;
    --text: #3b3d41; --soft: #6d7076; --accent: #3557c9; --done: #2c7d55; --failed: #b9382f;
    --damaged: #b57a14; --skipped: #9a9ca3; --failed-sheet: #fdf4f3; --failed-line: #f0d3d0;
    --chosen: var(--sheet);
    --shadow: 0 1px 2px rgb(20 22 30 / .04), 0 8px 24px -12px rgb(20 22 30 / .12);
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --ground: #131417; --sheet: #1b1d21; --stage: #0e0f11; --line: #2c2f35; --strong: #f3f4f6;
      --text: #c6c9cf; --soft: #92969e; --accent: #8ea8ff; --done: #62c293; --failed: #f0857b;
      --damaged: #e0b25c; --skipped: #6f737b; --failed-sheet: #251a1a; --failed-line: #4a2a28;
      --chosen: #34383f; --shadow: none;
    }
  }
  * { box-sizing: border-box; }
  [hidden] { display: none !important; }
  html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
  body {
    margin: 0 auto; padding: clamp(1.5rem, 5vw, 4.5rem) clamp(1rem, 4vw, 3rem) 3rem;
    max-width: 99rem; background: var(--ground); color: var(--text);
    font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
    font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
  }
  h1, h2, h3, p, dl, dd, ul, fieldset { margin: 0; padding: 0; border: 0; }
  h1, h2, h3, b { color: var(--strong); font-weight: 600; }
  h1 { font-size: clamp(1.75rem, 1.2rem + 2.2vw, 2.75rem); line-height: 1.15;
    letter-spacing: -.022em; text-wrap: balance; }
  h2 { font-size: 1.375rem; line-height: 1.3; letter-spacing: -.012em; }
  h2 span { color: var(--soft); font-weight: 400; margin-left: .25em; }
  h3 { font-size: .9375rem; line-height: 1.45; }
  section { margin-top: 3.5rem; }

  .overline { color: var(--accent); font-size: .8125rem; font-weight: 600;
    letter-spacing: .04em; margin-bottom: .5rem; }
  .when { color: var(--soft); margin-top: .625rem; }
  .settings { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: 1.5rem; }
  .settings div { display: flex; gap: .5em; padding: .25rem .75rem; font-size: .875rem;
    border: 1px solid var(--line); border-radius: 99rem; background: var(--sheet); }
  .settings dt { color: var(--soft); }
  .settings dd { color: var(--strong); }

  .summary { margin-top: 2.5rem; padding: 1.75rem 2rem; background: var(--sheet);
    border: 1px solid var(--line); border-radius: 1rem; box-shadow: var(--shadow); }
  .summary dl { display: grid; gap: 1.75rem 2rem;
    grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); }
  .summary div { display: flex; flex-direction: column; }
  .summary dt { font-size: .875rem; color: var(--soft); display: flex; align-items: center;
    gap: .5em; }
  .summary dd { font-size: 2rem; line-height: 1.25; font-weight: 600; letter-spacing: -.02em;
    color: var(--strong); white-space: nowrap; }
  .summary small { font-size: .5em; font-weight: 500; letter-spacing: 0; color: var(--soft); }
  .summary :is(.done, .damaged, .failed, .skipped) dt::before { content: ''; width: .5rem;
    height: .5rem; border-radius: 50%; background: var(--done); }
  .summary .failed dt::before { background: var(--failed); }
  .summary .damaged dt::before { background: var(--damaged); }
  .summary .skipped dt::before { background: var(--skipped); }
  .summary .failed dd { color: var(--failed); }
  .summary .none dd { color: var(--soft); font-weight: 400; }
  .bar { display: block; width: 100%; height: .375rem; margin-top: 1.75rem; border-radius: 1rem;
    background: var(--line); overflow: hidden; }
  .bar .done { fill: var(--done); }
  .bar .failed { fill: var(--failed); }
  .bar .damaged { fill: var(--damaged); }
  .bar .skipped { fill: var(--skipped); }

  .tools { position: sticky; top: 0; z-index: 3; display: flex; flex-wrap: wrap; gap: .75rem 1rem;
    align-items: center; margin: 1.75rem -.5rem -1.75rem; padding: .75rem .5rem;
    background: var(--ground); }
  fieldset { display: flex; min-width: 0; background: var(--stage); border-radius: .625rem;
    padding: .1875rem; }
  legend { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  fieldset label { cursor: pointer; }
  fieldset input { position: absolute; opacity: 0; width: 1px; height: 1px; margin: 0; }
  fieldset span { display: block; padding: .375rem .875rem; border-radius: .5rem;
    font-size: .875rem; white-space: nowrap; color: var(--soft); }
  fieldset b { font-weight: 400; color: inherit; margin-left: .25em; }
  fieldset input:checked + span { background: var(--chosen); color: var(--strong);
    box-shadow: 0 1px 3px rgb(0 0 0 / .14); }
  fieldset input:focus-visible + span { outline: 2px solid var(--accent); outline-offset: 1px; }
  #text { flex: 1 1 14rem; max-width: 24rem; min-width: 0; font: inherit; font-size: .9375rem;
    color: var(--strong); background: var(--sheet); border: 1px solid var(--line);
    border-radius: .625rem; padding: .4375rem .875rem; }
  #text::placeholder { color: var(--soft); opacity: 1; }
  #text:focus-visible { outline: 2px solid var(--accent); outline-offset: -1px; }
  #count { color: var(--soft); font-size: .875rem; }

  .failures { list-style: none; margin-top: 1.25rem; background: var(--failed-sheet);
    border: 1px solid var(--failed-line); border-radius: 1rem; overflow: hidden; }
  .failures li { display: flex; gap: .5rem 2rem; justify-content: space-between;
    align-items: baseline; padding: 1rem 1.5rem; }
  .failures li + li { border-top: 1px solid var(--failed-line); }
  .failures .code { flex: none; font-size: .8125rem; color: var(--failed); text-align: right; }
  .failures .code b { color: inherit; }
  .failures .code span { display: block; color: var(--soft); }
  .reason { color: var(--text); font-size: .9375rem; }

  .hint { color: var(--soft); font-size: .9375rem; max-width: 48rem; margin-top: .375rem; }
  .cards + .hint { margin-top: 1.5rem; }
  .cards { display: grid; gap: 1.5rem; margin-top: 1.5rem;
    /* Three columns at most: more would show less than the pixels of the pictures. */
    grid-template-columns: repeat(auto-fill,
      minmax(min(100%, max(20rem, calc((100% - 3.1rem) / 3))), 1fr)); }
  .card { display: flex; flex-direction: column; background: var(--sheet); overflow: hidden;
    border: 1px solid var(--line); border-radius: 1rem; box-shadow: var(--shadow);
    content-visibility: auto; contain-intrinsic-size: auto 30rem; }
  .card > :not(.stage) { margin-left: 1.25rem; margin-right: 1.25rem; }
  .card h3 { margin-top: 1rem; }
  .card .reason { font-size: .875rem; }
  .output { color: var(--soft); font-size: .875rem; }
  .output::before { content: '→ '; }
  .facts { margin-top: auto; padding: .75rem 0 1.125rem; font-size: .875rem; }
  .facts div { display: flex; gap: 1rem; justify-content: space-between; padding: .125rem 0; }
  .facts dt { color: var(--soft); }
  .facts dd { text-align: right; }
  .facts span, td span { white-space: nowrap; }
  .new { color: var(--strong); }
  .new i { font-style: normal; color: var(--soft); }

  .stage { position: relative; display: grid; place-items: center; aspect-ratio: 4 / 3;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr); background: var(--stage); }
  /* The height follows the width alone: without this a tall picture would add its own. */
  .stage:has(.tall) { min-height: 0; }
  .pair { --at: 50%; position: relative; display: grid; grid-template-columns: 1fr 1fr; gap: 2px;
    overflow: hidden; width: 100%; }
  .pair img { display: block; max-width: 100%; height: auto; }
  .pair img.before { order: -1; }
  .pair img.enlarged { image-rendering: pixelated; }
  :root:not([data-script]) .pair img { width: 100%; }
  .label, .zoom { position: absolute; z-index: 2; bottom: .625rem; padding: .0625rem .5rem;
    font-size: .75rem; line-height: 1.5; border-radius: 1rem; color: #fff;
    background: rgb(12 13 16 / .58); pointer-events: none; transition: opacity .15s; }
  .left { left: .625rem; }
  .right { right: .625rem; }
  .zoom { bottom: auto; top: .625rem; right: .625rem; }
  .divider, .line, .scripted, #text { display: none; }

  [data-script] .scripted { display: inline; }
  [data-script] #text { display: block; }
  [data-script] .pair { display: block; width: auto; max-width: 100%; }
  [data-script] .pair.wide, [data-script] .wide img { width: 100%; }
  [data-script] .pair.tall, [data-script] .tall img { width: auto; height: 100%; }
  [data-script] .before { position: absolute; inset: 0;
    clip-path: inset(0 calc(100% - var(--at)) 0 0); }
  [data-script] .line { display: block; position: absolute; top: 0; bottom: 0; left: var(--at);
    width: 2px; margin-left: -1px; background: #fff; pointer-events: none;
    box-shadow: 0 0 0 .5px rgb(0 0 0 / .25), 0 0 8px rgb(0 0 0 / .25); }
  .line::after { content: ''; position: absolute; top: 50%; left: 50%; width: 2.25rem;
    height: 2.25rem; margin: -1.125rem; border-radius: 50%; background: #fff;
    box-shadow: 0 1px 6px rgb(0 0 0 / .35); }
  .line::before { content: '‹ ›'; position: absolute; z-index: 1; top: 50%; left: 50%;
    transform: translate(-50%, -54%); color: #3b3d41; font: 600 1.125rem/1 system-ui, sans-serif;
    white-space: nowrap; letter-spacing: .02em; }
  /* The thumb's centre must reach both rims, so the control is wider than the pair by a thumb. */
  [data-script] .divider { display: block; position: absolute; z-index: 2; top: 0; left: -1.375rem;
    width: calc(100% + 2.75rem); height: 100%; margin: 0; opacity: 0; cursor: ew-resize;
    touch-action: pan-y; -webkit-appearance: none; appearance: none; }
  .divider::-webkit-slider-thumb { -webkit-appearance: none; width: 2.75rem; height: 100vh; }
  .divider::-moz-range-thumb { width: 2.75rem; height: 100vh; border: 0; }
  .divider:focus-visible + .line::after { outline: 3px solid var(--accent); outline-offset: 2px; }
  .hide-left ~ .left, .hide-right ~ .right { opacity: 0; }

  /* Rows are grids, and groups of them are laid out when they come into view: ten thousand rows of a
     real table take seconds after every change. */
  table { display: block; margin-top: 1.25rem; font-size: .875rem; background: var(--sheet);
    border: 1px solid var(--line); border-radius: 1rem; overflow: hidden; }
  thead, tbody { display: block; }
  tbody { content-visibility: auto; contain-intrinsic-size: auto 300rem; }
  tbody:last-child { contain-intrinsic-size: auto none; content-visibility: visible; }
  tr { display: grid; gap: 0 2rem; padding: .6875rem 1.5rem; align-items: baseline;
    grid-template-columns: minmax(0, 1fr) 14rem 11rem 6rem 5.5rem; }
  tbody tr { border-top: 1px solid var(--line); }
  th { text-align: left; font-weight: 500; color: var(--soft); padding: 0; }
  td { padding: 0; }
  td.name { color: var(--strong); }
  td .reason, td .output { font-size: .8125rem; color: var(--soft); }
  .status::before { content: ''; display: inline-block; width: .5rem; height: .5rem;
    border-radius: 50%; margin-right: .5em; background: var(--skipped); }
  [data-status=done] .status::before { background: var(--done); }
  [data-status=damaged] .status::before { background: var(--damaged); }

  .empty { margin-top: 3.5rem; padding: 3rem 1rem; text-align: center; color: var(--soft); }
  footer { margin-top: 4rem; padding-top: 1.25rem; border-top: 1px solid var(--line);
    color: var(--soft); font-size: .8125rem; }

  /* The statuses can be chosen without the script too. */
  body:has(#show-done:checked) .item:not([data-status=done]),
  body:has(#show-damaged:checked) .item:not([data-status=damaged]),
  body:has(#show-failed:checked) .item:not([data-status=failed]),
  body:has(#show-skipped:checked) .item:not([data-status=skipped]) { display: none; }
  body:has(#show-failed:checked) :is(#pictures, #others),
  body:has(:is(#show-done, #show-damaged, #show-skipped):checked) #failures { display: none; }

  @media (max-width: 44rem) {
    section { margin-top: 2.75rem; }
    .summary { padding: 1.25rem; }
    .summary dl { grid-template-columns: 1fr 1fr; gap: 1.25rem 1rem; }
    .summary dd { font-size: 1.625rem; }
    .summary .bar { margin-top: 1.25rem; }
    .tools { margin-bottom: -1.25rem; }
    fieldset { width: 100%; }
    fieldset label { flex: 1 1 auto; text-align: center; }
    fieldset span { padding: .375rem .25rem; }
    #text { flex-basis: 100%; max-width: none; }
    .failures li { flex-direction: column; padding: 1rem 1.25rem; }
    .failures .code { text-align: left; }
    .failures .code span { display: inline; }
    .failures .code span::before { content: '· '; }
  }
  @media (max-width: 60rem) {
    thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    tr.item { display: flex; flex-wrap: wrap; gap: .125rem 1rem; padding: .875rem 1.25rem; }
    td { color: var(--soft); }
    td:empty { display: none; }
    td.name { width: 100%; font-size: .9375rem; }
  }
  @media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
  @media print {
    .tools, .divider, .line { display: none !important; }
    .card, tr { break-inside: avoid; }
    .card, tbody { content-visibility: visible; }
  }
  """
