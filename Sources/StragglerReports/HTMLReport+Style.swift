// How the HTML page looks: light and dark, on a wide screen and on a phone.

extension HTMLReport {
  /// Colours have a contrast of 4.5 to 1 at least against what they stand on, in both schemes (WCAG 1.4.3).
  static let styleSheet = """
    :root { color-scheme: light dark; --page: #fff; --text: #1b1f24; --faint: #57606a; --line: #d0d7de;
      --panel: #f6f8fa; --error: #b3261e; --warning: #8a4b00; --note: #0b5cad; --accent: #0b5cad;
      --error-life: #fbe3e1; --warning-life: #fdeccd; --note-life: #dfecfa; --free-life: #e6e9ec; --lane: 3.75rem; }
    @media (prefers-color-scheme: dark) { :root { --page: #0f1317; --text: #e6e9ec; --faint: #9aa5b1; --line: #39424c;
      --panel: #181e24; --error: #ff9d94; --warning: #f0b35a; --note: #84bdf7; --accent: #84bdf7;
      --error-life: #4d1e1c; --warning-life: #46320f; --note-life: #173450; --free-life: #2a323a; } }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1rem 3rem; background: var(--page); color: var(--text);
      font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
    h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
    h2 { font-size: 1.2rem; margin: 2.5rem 0 1rem; padding-top: 1rem; border-top: 1px solid var(--line); }
    h3 { font-size: 1.05rem; margin: 0 0 .25rem; }
    h4 { font-size: 1rem; margin: 1rem 0 .25rem; }
    h4 span { font-weight: normal; font-family: ui-monospace, monospace; font-size: .9rem; }
    a, summary { color: var(--accent); }
    summary { cursor: pointer; padding: .25rem 0; width: fit-content; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
    main:focus { outline: none; }
    code, pre, .stack ol { font-family: ui-monospace, monospace; font-size: .875rem; }
    pre { margin: .25rem 0 .5rem; padding: .75rem; overflow-x: auto; background: var(--panel);
      border: 1px solid var(--line); border-radius: 6px; line-height: 1.45; overflow-wrap: normal; }
    pre i { font-style: normal; color: var(--faint); }
    pre b { color: var(--error); }
    .tool { margin: 0 0 .25rem; color: var(--faint); font-weight: 600; }
    .lead { font-size: 1.1rem; margin: 0; }
    .faint, .rule, figcaption, footer { color: var(--faint); font-size: .875rem; }
    .rule { margin: 0; }
    .skip { position: absolute; left: -999rem; }
    .skip:focus { left: 1rem; top: .5rem; padding: .5rem; background: var(--page); }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .finding { margin: 1rem 0; padding: 1rem; border: 1px solid var(--line); border-left: 4px solid var(--mark);
      border-radius: 6px; }
    .finding.error, .lane.error { --mark: var(--error); --life: var(--error-life); }
    .finding.warning, .lane.warning { --mark: var(--warning); --life: var(--warning-life); }
    .finding.note, .lane.note { --mark: var(--note); --life: var(--note-life); }
    .lane.free { --mark: var(--faint); --life: var(--free-life); }
    .level { color: var(--mark); text-transform: uppercase; font-size: .8rem; letter-spacing: .04em; margin-right: .25rem; }
    .stack ol, .circle { margin: .25rem 0; padding-left: 2.5rem; }
    .stack li { color: var(--faint); padding: .1rem 0; }
    .stack li.own { color: var(--text); font-weight: 600; }
    .help { margin: .5rem 0 0; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 1rem 0; }
    dt { color: var(--faint); }
    dd { margin: 0; }
    .picture { margin: 0 0 1.5rem; }
    figcaption { margin-bottom: .75rem; }
    .phases { display: grid; grid-template-columns: repeat(var(--columns), 1fr); margin: 0 56px 0 13rem;
      color: var(--faint); font-size: .8rem; }
    .phases span { border-left: 1px solid var(--line); padding-left: .3rem; white-space: nowrap; }
    .phases .unreached { text-decoration: line-through; }
    .lanes { display: grid; grid-template-columns: 1fr 56px; }
    .lanes ol { list-style: none; margin: 0; padding: 0; min-width: 0; }
    .lane { display: grid; grid-template-columns: 13rem 1fr; align-items: center; height: var(--lane); }
    .who { min-width: 0; padding-right: .75rem; line-height: 1.25; }
    .who b, .who span, .what { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .who span { color: var(--faint); font-size: .8rem; }
    .track { height: 100%; padding: .5rem 0; min-width: 0;
      background-image: linear-gradient(90deg, var(--line) 1px, transparent 1px);
      background-size: calc(100% / var(--columns)) 100%; }
    .life { height: .9rem; width: calc(100% / var(--columns) * var(--reached)); background: var(--life);
      border: 1px solid var(--mark); border-right-width: 5px; border-radius: 4px 0 0 4px; }
    .unjoined .life, .ended .life { border-right-style: dashed; }
    .what { padding: .2rem 0 0 .4rem; font-size: .875rem; }
    .waits { width: 56px; height: calc(var(--lanes) * var(--lane)); }
    .waits path { fill: none; stroke: var(--error); stroke-width: 2; vector-effect: non-scaling-stroke; }
    .waits .head { fill: var(--error); stroke: none; }
    footer { margin-top: 2rem; border-top: 1px solid var(--line); }
    @media (max-width: 40rem) {
      :root { --lane: 5.25rem; }
      h1 { font-size: 1.3rem; }
      .phases { margin-left: 0; font-size: .65rem; }
      .phases span { padding-left: .15rem; }
      .lane { grid-template-columns: 1fr; grid-template-rows: auto 1fr; align-items: stretch; padding-top: .35rem; }
      .who b, .who span { display: inline; }
      .who { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
      .track { padding: .15rem 0; }
      .life { height: .7rem; }
      .what { white-space: normal; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2;
        line-height: 1.25; }
      .stack ol, .circle { padding-left: 1.5rem; }
      dl { grid-template-columns: 1fr; gap: 0; }
      dd { margin-bottom: .5rem; }
      .finding { padding: .75rem; }
    }
    @media print { details:not([open]) > * { display: block; } .skip { display: none; } }
    """
}
