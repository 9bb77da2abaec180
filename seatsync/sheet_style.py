"""The style of the evidence sheets: light, for the screen and for one page of A4 or Letter."""

STYLE = """
:root { color-scheme: light; }
@page { margin: 14mm 13mm; }
* { box-sizing: border-box; }
body { margin: 0; background: #f3f4f6; color: #1f2937;
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 900px; margin: 24px auto; padding: 36px 40px; background: #fff;
  border: 1px solid #e5e7eb; border-radius: 8px; }
h1, p, td, th, dd, caption, footer { overflow-wrap: anywhere; }
h1 { margin: 2px 0 8px; font-size: 26px; line-height: 1.2; }
h1.long { font-size: 18px; }
h2 { margin: 0 0 4px; font-size: 14px; }
.kind { margin: 0; color: #4b5563; font-size: 12px; letter-spacing: .02em; }
.lead { margin: 0 0 16px; font-size: 16px; }
.warning { margin: 0 0 12px; padding: 8px 12px; border-left: 4px solid #b45309; background: #fffbeb; }
.facts { display: grid; grid: repeat(3, auto) / auto-flow 1fr; gap: 6px 28px; margin: 0 0 20px;
  padding: 12px 0;
  border-top: 1px solid #d1d5db; border-bottom: 1px solid #d1d5db; font-size: 13px; }
.facts div { display: grid; grid-template-columns: 112px 1fr; }
time { white-space: nowrap; }
dt { color: #4b5563; }
dd { margin: 0; }
table { width: 100%; border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
caption { padding: 0 0 6px; text-align: left; font-size: 15px; font-weight: 600; }
th, td { padding: 7px 8px; text-align: left; vertical-align: top; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
thead th { border-bottom: 2px solid #9ca3af; color: #4b5563; font-size: 12px; vertical-align: bottom; }
tbody th { font-weight: 600; }
tbody tr:first-child > *, tbody tr:not(.more) > * { border-top: 1px solid #e5e7eb; }
tfoot > tr > * { border-top: 2px solid #9ca3af; font-weight: 600; }
.number { text-align: right; white-space: nowrap; }
small { display: block; color: #4b5563; font-size: 11.5px; font-weight: 400; }
.changes th:first-child { width: 30%; min-width: 130px; }
.more td { padding-top: 0; padding-bottom: 10px; color: #374151; }
.more p { margin: 2px 0 0; }
.more b { font-weight: 600; }
code { font: 12px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.result { display: inline-block; padding: 1px 8px; border: 1px solid; border-radius: 10px; font-size: 12px;
  font-weight: 600; white-space: nowrap; }
.done { border-color: #15803d; color: #166534; }
.open { border-color: #b45309; color: #92400e; }
.bad { border-color: #b91c1c; color: #991b1b; }
.proof { margin: 20px 0 0; padding: 12px 16px; border: 1px solid #d1d5db; border-radius: 6px;
  font-size: 12.5px; }
.proof p { margin: 0; }
footer { margin: 14px 0 0; color: #4b5563; font-size: 11.5px; }
a { color: #1d4ed8; }
@media print {
  body { background: #fff; font-size: 11.5px; }
  main { max-width: none; margin: 0; padding: 0; border: 0; border-radius: 0; }
  body { line-height: 1.35; }
  h1 { font-size: 20px; }
  h1.long { font-size: 13px; }
  h2 { font-size: 11.5px; }
  .kind, small, code, thead th, .result, footer { font-size: 10px; }
  caption { font-size: 12.5px; }
  th, td { padding: 4px 7px; }
  .more td { padding-top: 0; padding-bottom: 5px; }
  .more p { margin: 1px 0 0; }
  .result { padding: 0 7px; }
  .lead { font-size: 13px; margin-bottom: 10px; }
  .facts { gap: 3px 20px; font-size: 11px; margin-bottom: 10px; padding: 6px 0; }
  .facts div { grid-template-columns: 88px 1fr; }
  .warning { margin-bottom: 8px; padding: 5px 10px; }
  table { font-size: 11px; }
  .changes tbody, .proof, footer { break-inside: avoid; }
  thead { display: table-header-group; }
  .proof { font-size: 10.5px; margin-top: 12px; padding: 8px 12px; }
  a { color: inherit; }
}
@media (max-width: 640px) {
  main { margin: 0; padding: 20px 16px; border: 0; }
  .facts { grid: auto-flow / 1fr; }
  table { display: block; overflow-x: auto; }
}
"""
